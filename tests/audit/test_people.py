"""Labels of people found again in a run: of the same text by the same subject, and no other."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, run_of, write_run
from tests.labelled_sheets import Labeller, as_read, label_sheet
from trusteval.audit.people import read_people
from trusteval.cli import main
from trusteval.errors import DataError, UsageError

DENSE = [RIGHT] * 50 + [WRONG] * 10
BROKEN = [RIGHT] * 20 + [WRONG] * 10 + [REFUSED] * 20 + [INVALID] * 10
RUN = run_of({"dense": DENSE, "gptq-3": BROKEN})
(KEY,) = [key for key in RUN.said if key[0] == "dense"]


def sheet(place: Path, *, n: int = 500, seed: int = 0, labeller: Labeller = as_read) -> Path:
    folder = write_run(place / f"run-{seed}", RUN)
    drawn = place / f"sheet-{seed}"
    asked = ["audit", folder, "--n", n, "--seed", seed, "--out", drawn]
    assert main(list(map(str, asked))) == 0
    return label_sheet(drawn, labeller)


def found_in(answers: Sequence[object], paths: Sequence[Path]) -> object:
    run = run_of({"dense": answers})  # type: ignore[dict-item]
    return read_people(paths).found(*KEY, read=run.answer_tables[KEY], said=run.said[KEY])


def test_labels_of_the_same_texts_are_found_with_what_they_stand_for(tmp_path: Path) -> None:
    labels = read_people([sheet(tmp_path, n=30)])
    found = labels.found(*KEY, read=RUN.answer_tables[KEY], said=RUN.said[KEY])
    assert found is not None
    assert 0 < len(found.answers) == labels.n_given(*KEY) < 30
    of_all = [RUN.answer_tables[KEY][row].answer for row in found.answers.rows.tolist()]
    assert [one.answer for one in found.answers] == of_all
    assert (found.weights > 1).all()


def test_label_of_another_text_is_not_used(tmp_path: Path) -> None:
    path = sheet(tmp_path)
    found = found_in([*DENSE[:50], *[RIGHT] * 10], [path])
    assert found is not None
    assert len(found.answers) == 50  # type: ignore[attr-defined]
    assert read_people([path]).n_given(*KEY) == 60
    assert found_in([INVALID] * 60, [path]) is None


def test_label_of_another_subject_is_not_used(tmp_path: Path) -> None:
    path = sheet(tmp_path)
    run = run_of({"awq-4": DENSE})
    ((who, what),) = run.said
    found = read_people([path]).found(
        who, what, read=run.answer_tables[who, what], said=run.said[who, what]
    )
    assert found is None


def test_text_that_nobody_could_decide_has_no_label(tmp_path: Path) -> None:
    def doubting(answer, shown) -> str:
        return "undecided" if shown["item"] in ("1", "2") else as_read(answer, shown)

    assert read_people([sheet(tmp_path, labeller=doubting)]).n_given(*KEY) == 58


def test_sheets_are_taken_together_and_must_agree(tmp_path: Path) -> None:
    def otherwise(answer, shown) -> str:
        return "refusal"

    one, same = sheet(tmp_path), sheet(tmp_path, seed=1)
    assert read_people([one, same]).n_given(*KEY) == 60
    with pytest.raises(DataError, match="is labelled otherwise in another table: settle on one"):
        read_people([one, sheet(tmp_path, seed=2, labeller=otherwise)])


def test_sheet_without_labels_or_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no label: fill in its column label"):
        read_people([sheet(tmp_path, labeller=lambda answer, shown: "")])
    alone = tmp_path / "alone.csv"
    shutil.copy(sheet(tmp_path, seed=1), alone)
    with pytest.raises(UsageError, match="the key lies beside the table"):
        read_people([alone])
