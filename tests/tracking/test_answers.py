"""Answers on disk: they come back as they were, and what is not as it was written is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answered_runs import (
    RIGHT,
    WRONG,
    N,
    as_schema_1,
    edit,
    rewrite,
    run_of,
    samples,
    with_wrong,
)
from trusteval.answers.grounds import Grounds
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import TrackingError
from trusteval.gate.properties.strategies import invalids, refusals
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.answered_run import AnsweredRun, answered_run, joined
from trusteval.tracking.answers_file import read_answers, write_document
from trusteval.tracking.baseline import Baseline, read_baseline, write_baseline
from trusteval.tracking.items import aligned
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import (
    Answer,
    FinishReason,
    Label,
    LabelLogs,
    Reading,
    Response,
    Sample,
    Unavailable,
    Variant,
)

ETHICS = BENCHMARKS["ethics"]
answers = st.one_of(
    refusals,
    invalids,
    st.builds(Label, st.sampled_from(["wrong", "not wrong"]), contradictory=st.booleans()),
)


texts = st.text(st.characters(), max_size=8)
responses = st.builds(
    Response,
    texts,
    st.sampled_from(FinishReason),
    n_prompt_tokens=st.just(0),
    n_new_tokens=st.just(0),
)
label_logs = st.lists(
    st.builds(
        LabelLogs,
        st.just(("wrong", "not wrong")),
        st.tuples(*[st.none() | st.floats(-99, 0)] * 2),
        unknown=st.sampled_from(["", "the server does not tell"]),
    )
    | st.none()
)
readings = st.builds(Reading, answers, rule=st.sampled_from(["one", "other"]), span=texts)
MEMBERS = (Variant("dense", "dense", 16), Variant("mine", "gptq", 4, seed=2))


@st.composite
def runs(draw: st.DrawFn) -> AnsweredRun:
    """Draw a run of up to three subjects that were asked the same of ethics."""
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(["zero_shot", "few_shot"]), st.integers(0, 99).map(str)),
            unique=True,
            max_size=12,
        )
    )
    rows = [
        Sample(
            id=id_,
            setting=ETHICS.setting(name),
            unit=draw(st.sampled_from(["a long text", "another"])),
            target=draw(st.sampled_from(["wrong", "not wrong"])),
            stratum=draw(st.sampled_from(["", "x"])),
            group=draw(st.sampled_from(["Female", "Male", None])),
            options=tuple(draw(st.lists(texts, max_size=3))),
            fields={"text": draw(st.text("aé ", min_size=1).map(str.strip).filter(bool))},
        )
        for name, id_ in keys
    ]
    sample_table = SampleTable.of(rows)
    subjects = draw(st.lists(st.sampled_from(["dense", "gptq-4:g64@1", "vote"]), unique=True))
    told, replies, reasons = (
        st.lists(one, min_size=len(rows), max_size=len(rows))
        for one in (answers, responses, readings)
    )
    asked = [(subject, "ethics") for subject in subjects if subject != "vote"]
    return AnsweredRun(
        facts=RunFacts(protocol="strict"),
        data={"ethics": DataFacts(sha256="d")} if subjects else {},
        identities={(subject, "ethics"): {"weights": subject} for subject in subjects},
        answer_tables={
            (subject, "ethics"): AnswerTable.of(sample_table, draw(told))
            for subject in sorted(subjects)
        },
        said={key: ResponseTable.of(draw(replies)) for key in asked},
        grounds={key: Grounds.of(draw(reasons)) for key in asked},
        members={("vote", "ethics"): MEMBERS} if "vote" in subjects else {},
        probabilities={
            key: LabelProbabilities.of(
                rows, (draw(label_logs) + [None] * len(rows))[: len(rows)], missing="not asked"
            )
            for key in asked
            if draw(st.booleans())
        },
    )


def plain(run: AnsweredRun) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """Return all that has to survive, by subject and benchmark."""
    return {
        key: [
            (
                *(row.sample.setting.name, row.sample.id, row.sample.target, row.sample.group),
                *(row.sample.stratum, row.answer, getattr(row.answer, "contradictory", None)),
                *(" ".join(" ".join(row.sample.fields.values()).split()), row.sample.options),
                run.said[key].at(number) if key in run.said else None,
            )
            for number, row in enumerate(answer_table)
        ]
        for key, answer_table in run.answer_tables.items()
    }


@given(runs())
def test_run_comes_back_from_its_document(run: AnsweredRun) -> None:
    document = json.loads(json.dumps(run.to_document(with_texts=True)))
    again = answered_run(document)
    assert plain(again) == plain(run)
    for name in ("facts", "data", "identities", "members"):
        assert getattr(again, name) == getattr(run, name)
    assert (again.said.keys(), again.grounds.keys()) == (run.said.keys(), run.grounds.keys())
    assert again.to_document(with_texts=True) == document
    assert again.probabilities.keys() == run.probabilities.keys()
    for key, told in run.probabilities.items():
        kept = again.probabilities[key]
        assert (kept.labels, kept.unknown) == (told.labels, told.unknown)
        np.testing.assert_allclose(kept.log, told.log, atol=1e-5)
    for key, answer_table in run.answer_tables.items():
        assert again.answer_tables[key].sample_table.unit.tolist() == _numbered(
            answer_table.sample_table.unit.tolist()
        )


def _numbered(codes: list[int]) -> list[int]:
    """Number units by their first occurrence, as a document does; up to ten sort as numbers."""
    known: dict[int, int] = {}
    return [known.setdefault(code, len(known)) for code in codes]


@given(runs(), st.randoms(use_true_random=False))
def test_answers_follow_their_items_into_any_order(run: AnsweredRun, random) -> None:
    for answer_table in run.answer_tables.values():
        rows = list(answer_table.sample_table.samples)
        random.shuffle(rows)
        lined_up = aligned(answer_table, SampleTable.of(rows))
        assert isinstance(lined_up, AnswerTable)
        assert [row.sample for row in lined_up] == rows
        said = {id(row.sample): row.answer for row in answer_table}
        assert [row.answer for row in lined_up] == [said[id(sample)] for sample in rows]
        back = aligned(lined_up, answer_table.sample_table)
        assert isinstance(back, AnswerTable)
        assert list(back) == list(answer_table)
        assert np.array_equal(back.correct, answer_table.correct)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (range(N - 2), "other items: 2 only before, the first astronomy/58"),
        (range(N + 1), "other items: 1 only now, the first astronomy/60"),
        (
            range(1, N + 1),
            "other items: 1 only before, the first astronomy/0; 1 only now, the first astronomy/60",
        ),
    ],
)
def test_other_items_are_named(now: range, said: str) -> None:
    answer_table = run_of({"dense": with_wrong()}).answer_tables["dense", "mmlu"]
    assert aligned(answer_table, SampleTable.of(samples(now))) == Unavailable(said)


def test_parts_of_several_workers_are_one_run_in_any_order() -> None:
    parts = [run_of({name: with_wrong(i)}) for i, name in enumerate(["dense", "gptq-4"])]
    one, other = (joined(some).to_document(with_texts=True) for some in (parts, parts[::-1]))
    assert one == other
    assert sorted(one["subjects"]) == ["dense", "gptq-4"]


# -- files ---------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "baselines" / "mine.json.gz"
    write_baseline(path, Baseline(run_of({"dense": with_wrong(1, 2)})))
    return path


def test_same_run_gives_the_same_bytes_and_leaves_no_half_file(path: Path) -> None:
    before = path.read_bytes()
    write_baseline(path, read_baseline(path))
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.iterdir()] == ["mine.json.gz"]


def test_baseline_holds_no_benchmark_text_and_a_run_does(path: Path, tmp_path: Path) -> None:
    assert not any(
        s.fields
        for s in read_baseline(path).answers.answer_tables["dense", "mmlu"].sample_table.samples
    )
    write_document(tmp_path / "run", run_of({"dense": with_wrong()}).to_document(with_texts=True))
    (first, *_) = read_answers(tmp_path / "run").answer_tables["dense", "mmlu"].sample_table.samples
    assert dict(first.fields) == {"text": "Which planet is number 0?"}


def test_baseline_keeps_what_was_said_and_a_run_why_it_was_read_so_too(
    path: Path, tmp_path: Path
) -> None:
    run = run_of({"dense": with_wrong(1, 2)})
    write_document(tmp_path / "run", run.to_document(with_texts=True))
    for found, keeps_more in (
        (read_baseline(path).answers, False),
        (read_answers(tmp_path / "run"), True),
    ):
        said = found.said["dense", "mmlu"]
        assert said.texts == ("A", "B")
        assert (said.code.tolist()[:4], said.cut.any()) == ([0, 1, 1, 0], False)
        assert (("dense", "mmlu") in found.grounds) is keeps_more
        assert (
            bool(found.answer_tables["dense", "mmlu"].sample_table.samples[0].options) is keeps_more
        )


def test_file_of_the_first_schema_is_read_without_responses(tmp_path: Path) -> None:
    document = run_of({"dense": with_wrong(1, 2)}).to_document(with_texts=True)
    path = tmp_path / "old.json.gz"
    write_document(path, as_schema_1(document))
    run = read_answers(path)
    assert (dict(run.said), dict(run.grounds), dict(run.members)) == ({}, {}, {})
    assert int(run.answer_tables["dense", "mmlu"].correct.sum()) == N - 2


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def change_an_answer(path: Path) -> None:
    edit(path, lambda document: document["subjects"]["dense"]["mmlu"]["code"].sort())


def drop_the_digest(path: Path) -> None:
    edit(path, lambda document: document.pop("digest"))


DAMAGES = {
    "truncated": (truncate, "truncated gzip file"),
    "not gzip": (lambda path: path.write_text("{}", encoding="utf-8"), "truncated or no gzip file"),
    "empty": (lambda path: path.write_bytes(b""), "a truncated gzip file"),
    "edited by hand": (change_an_answer, "is not as it was written: its digest does not match"),
    "without digest": (drop_the_digest, "is not as it was written"),
    "another schema": (
        lambda path: edit(path, lambda document: document.update(schema=4)),
        "has schema 4, this version reads 1, 2, 3",
    ),
    "another kind": (
        lambda path: edit(path, lambda document: document.update(kind="notes")),
        "holds no answers of trusteval",
    ),
    "an answer of no kind": (
        lambda path: rewrite(
            path, lambda d: d["subjects"]["dense"]["mmlu"].update(answers=[["maybe"]])
        ),
        "holds no baseline of this version",
    ),
    "a response to no item": (
        lambda path: rewrite(
            path, lambda d: d["subjects"]["dense"]["mmlu"]["responses"]["code"].append(0)
        ),
        "holds no baseline of this version: ValueError('expected 60 numbers under",
    ),
    "a response without text": (
        lambda path: rewrite(
            path, lambda d: d["subjects"]["dense"]["mmlu"]["responses"]["texts"].clear()
        ),
        "holds no baseline of this version: ValueError('expected 60 numbers under 0, got 60')",
    ),
    "a benchmark of another version": (
        lambda path: rewrite(path, lambda d: d["benchmarks"].update(new=d["benchmarks"]["mmlu"])),
        "holds no baseline of this version: KeyError('new')",
    ),
    "gone": (Path.unlink, "does not exist"),
}


@pytest.mark.parametrize(("damage", "said"), DAMAGES.values(), ids=DAMAGES)
def test_file_that_is_not_as_written_is_refused_in_one_line(path: Path, damage, said: str) -> None:
    damage(path)
    with pytest.raises(TrackingError) as refused:
        read_baseline(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_place_that_cannot_be_written_is_one_line_and_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for place in (tmp_path / "file" / "deep" / "x.json.gz", tmp_path / "file" / "x.json.gz"):
        with pytest.raises(TrackingError, match=r"cannot write .*x\.json\.gz: "):
            write_document(place, {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(TrackingError, match=r"cannot write .*folder: Is a directory"):
        write_document(tmp_path / "folder", {})
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["file", "folder"]


def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    run = run_of({"dense": with_wrong()})
    said = ResponseTable.of([Response("\udfffwrong", FinishReason.LENGTH, 0, 0)] * N)
    whole = replace(run, said={("dense", "mmlu"): said}).to_document(with_texts=True)
    write_document(tmp_path / "run", whole)
    again = read_answers(tmp_path / "run").said["dense", "mmlu"]
    assert (again.texts, again.cut.all()) == (("\udfffwrong",), True)


def test_answers_are_told_apart_by_what_they_are() -> None:
    said: list[Answer] = [Label("A"), Label("A", contradictory=True), *[RIGHT, WRONG] * 29]
    again = answered_run(run_of({"dense": said}).to_document(with_texts=False))
    assert [
        getattr(row.answer, "contradictory", None) for row in again.answer_tables["dense", "mmlu"]
    ][:3] == [False, True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"log": [[-1.0], [-2.0]]},
        {"log": [[-1.0] * N]},
        {"log": [[-1.0] * N, [0.5] * N]},
        {"log": [[-1.0] * N, [-1.0] * (N - 1)]},
        {"log": [[-1.0] * N, ["x"] * N]},
        {"log": [[-1.0] * N, [True] * N]},
        {"labels": ["A", "A"]},
        {"unknown": None},
    ],
)
def test_probabilities_of_another_shape_are_refused(
    tmp_path: Path, change: dict[str, object]
) -> None:
    run = run_of({"dense": [RIGHT] * N})
    told = LabelProbabilities(("A", "B"), np.full((N, 2), -1.5))
    path = tmp_path / "answers.json.gz"
    write_document(
        path, replace(run, probabilities={("dense", "mmlu"): told}).to_document(with_texts=False)
    )
    assert read_answers(path).probabilities["dense", "mmlu"].log.tolist() == told.log.tolist()

    def damage(document: dict[str, Any]) -> None:
        document["subjects"]["dense"]["mmlu"]["probabilities"] |= change

    rewrite(path, damage)
    with pytest.raises(TrackingError, match="holds no answers of this version"):
        read_answers(path)
