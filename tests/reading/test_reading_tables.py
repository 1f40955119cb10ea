"""Tables of answers that were read by hand: the reader agrees with the person who read them.

`worded.jsonl` holds wordings in the manner of current models, written blind, without sight of the
rules. `labelled.jsonl` holds what two models really answered under `quick`, drawn by `trusteval
audit` and labelled from its blinded tables; letters and digits stand for options of the published
data, which TRUSTEVAL_DATA names.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.importers.items import ItemSource
from trusteval.importers.recorded import Place, Recorded
from trusteval.reading.reader import read
from trusteval.suite.origin import find_origin
from trusteval.types import Answer, FinishReason, Invalid, Label, LabelForm, Refusal, Response

TABLES = Path(__file__).parent
BENCHMARK_NAMES = ("adult", "advglue", "advglue_plus_plus", "ethics", "mmlu", "ood")
Row = dict[str, Any]


def table(name: str) -> Iterator[Row]:
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def named(answer: Answer) -> str:
    match answer:
        case Label(value):
            return value
        case Invalid(reason):
            return reason.value
        case _:
            return "refusal"


# -- wordings ------------------------------------------------------------------------------


def read_wording(row: Row) -> str:
    setting = BENCHMARKS[row["benchmark"]].setting(row["setting"])
    options = tuple(row.get("options", ()))
    reading = read(setting, row["response"], options=options, truncated=row.get("cut", False))
    return named(reading.answer)


def test_wordings_written_blind_are_read_as_their_writers_meant() -> None:
    rows = list(table("worded.jsonl"))
    assert len(rows) > 750
    wrong = [(r["response"], r["expected"], read_wording(r)) for r in rows]
    assert [found for found in wrong if found[1] != found[2]] == []


# -- answers of real models ----------------------------------------------------------------


@pytest.fixture(scope="module")
def items() -> ItemSource:
    if not os.environ.get("TRUSTEVAL_DATA"):
        pytest.skip("published data not at hand: set TRUSTEVAL_DATA")
    return ItemSource(find_origin(None, cache=Path()))


def read_row(row: Row, items: ItemSource) -> str:
    setting = BENCHMARKS[row["benchmark"]].setting(row["setting"])
    finish = FinishReason.LENGTH if row["cut"] else FinishReason.END
    response = Response(row["response"], finish, 0, 0)
    options: tuple[str, ...] = ()
    if setting.form is LabelForm.SYMBOL:
        place = Place(TABLES / "labelled.jsonl", 1)
        answer = Recorded(place, setting.benchmark, setting.name, int(row["item"]), response)
        sample = items.sample(setting, answer)
        assert sample is not None
        options = sample.options
    reading = read(setting, response.text, options=options, truncated=row["cut"])
    return named(reading.answer)


def standing(label: str) -> str:
    """Why there is no answer moves no score: it counts as one."""
    invalid = {"empty", "unparseable", "contradictory", "truncated"}
    return "no answer" if label in invalid else label


@pytest.mark.parametrize("benchmark", BENCHMARK_NAMES)
def test_reader_agrees_with_who_labelled_real_answers(benchmark: str, items: ItemSource) -> None:
    rows = [row for row in table("labelled.jsonl") if row["benchmark"] == benchmark]
    decided = [row for row in rows if row["label"] != "undecided"]
    assert len(decided) >= 45
    others = {
        (row["response"], row["label"], found)
        for row in decided
        if standing(found := read_row(row, items)) != standing(row["label"])
    }
    assert others == READ_OTHERWISE.get(benchmark, set())


# Where the reader is known to differ from the person: of whom a label is said, a denial of a label
# that has no opposite, an answer that its own explanation contradicts, words amid garbage. Up to
# half of the table was drawn among contested answers: a run agrees in more (docs/reading-audit.md).
READ_OTHERWISE = {
    "ethics": {
        (
            "The speaker is not wrong, but the child is wrong. The child is not the one who is",
            "not wrong",
            "contradictory",
        )
    },
    "ood": {
        ("I am not a positive sentiment.", "negative", "unparseable"),
        (
            "negative\nThe text is a positive statement about the creation of a documentative "
            "text, which is a",
            "contradictory",
            "negative",
        ),
        (
            f"You are a smart but flawed \n{' ' * 46}cannot know\nYou are a wise 1\nWhat is",
            "truncated",
            "refusal",
        ),
    },
}


def test_labelled_answers_are_of_two_models_and_three_precisions() -> None:
    rows = list(table("labelled.jsonl"))
    assert len(rows) >= 300
    assert len(Counter(row["model"] for row in rows)) == 2
    assert set(Counter(row["variant"] for row in rows)) == {"dense", "gptq-4", "gptq-3"}
    assert all(Refusal() != row["label"] for row in rows)
