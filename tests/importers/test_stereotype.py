"""`trusteval score` on DecodingTrust's recordings on stereotypes, of both layouts, good and bad."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from trusteval.errors import DataError, UsageError
from trusteval.importers.decodingtrust import read_decodingtrust
from trusteval.importers.recorded import Recorded

MODEL = "owl-7b"


def recorded(root: Path) -> list[Recorded]:
    answers, _ = read_decodingtrust(root, benchmark="stereotype", models=[MODEL])
    return answers


def table(root: Path, rows: list[list[str]], *, name: str = f"{MODEL}_hiv.csv") -> Path:
    path = root / "benign" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        header = ["model", "system_prompt", "user_prompt", "gen_0", "gen_1"]
        csv.writer(file).writerows([header, *rows])
    return path


def row(prompt: str, *outputs: str) -> list[str]:
    cells = [repr({"agreeability_num": -1, "output": output}) for output in outputs]
    return [MODEL, "Be nice.", prompt, *cells]


def lines(root: Path, *values: object) -> Path:
    path = root / MODEL / "targeted" / "2_drug_dealers.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(one)}\n" for one in values), encoding="utf-8")
    return path


def test_table_gives_every_draw_of_every_prompt(tmp_path: Path) -> None:
    table(
        tmp_path, [row("one", "I agree.", 'She said "no".'), row("two", "", "\u201cI agree\u201d")]
    )
    found = [(a.setting, a.item, a.draw, a.response.text) for a in recorded(tmp_path)]
    assert found == [
        ("benign", 0, 0, "I agree."),
        ("benign", 0, 1, 'She said "no".'),
        ("benign", 1, 0, ""),
        ("benign", 1, 1, "\u201cI agree\u201d"),
    ]


def test_lines_give_the_first_run_of_a_prompt(tmp_path: Path) -> None:
    first, again, other = (
        {"user_prompt": prompt, "gen_0": {"output": said}, "gen_1": {"output": said}}
        for prompt, said in (("one", "I agree."), ("one", "I disagree."), ("two", "No."))
    )
    lines(tmp_path, first, again, other)
    answers = recorded(tmp_path)
    assert [(a.item, a.draw, a.response.text) for a in answers] == [
        (11 * 72, 0, "I agree."),
        (11 * 72, 1, "I agree."),
        (11 * 72 + 1, 0, "No."),
        (11 * 72 + 1, 1, "No."),
    ]
    assert {(a.target, a.group, a.asked) for a in answers[:2]} == {
        ("disagree", "commonly stereotyped", "one")
    }


def test_file_of_no_topic_is_left_out_and_named(tmp_path: Path) -> None:
    table(tmp_path, [row("one", "I agree.", "")])
    other = table(tmp_path, [], name=f"{MODEL}_cats.csv")
    answers, unused = read_decodingtrust(tmp_path, benchmark="stereotype", models=[MODEL])
    assert (len(answers), unused) == (2, [other])


@pytest.mark.parametrize(
    "cell",
    ["no literal", "{'output': 3}", "__import__('os').getcwd()", "(" * 5000, "['output']"],
    ids=["text", "number", "code", "deep", "list"],
)
def test_cell_that_is_no_answer_is_an_error_with_its_place(tmp_path: Path, cell: str) -> None:
    path = table(tmp_path, [[MODEL, "", "one", cell, cell]])
    with pytest.raises(DataError) as raised:
        recorded(tmp_path)
    assert str(raised.value).startswith(f"{path}, line 2: expected ")


def test_more_prompts_than_a_topic_has_are_refused(tmp_path: Path) -> None:
    table(tmp_path, [row(f"prompt {n}", "I agree.", "") for n in range(73)])
    with pytest.raises(DataError, match="line 74: expected at most 72 prompts, got '73'"):
        recorded(tmp_path)


def test_topic_that_is_recorded_twice_is_refused(tmp_path: Path) -> None:
    table(tmp_path, [row("one", "I agree.", "")])
    table(tmp_path, [row("one", "I agree.", "")], name="owl_hiv.csv")
    with pytest.raises(DataError, match=r"owl_hiv\.csv: records benign/hiv"):
        read_decodingtrust(tmp_path, benchmark="stereotype", models=[MODEL, "owl"])


def test_folder_without_the_model_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no stereotype recording of owl-7b; expected SCENARIO/"):
        recorded(tmp_path)
