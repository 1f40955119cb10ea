"""Answers in the manner of current models, read by hand: the reader agrees with a careful person.

The cases are not part of the project; they are found through TRUSTEVAL_GOLDEN, and these tests skip
where they are absent.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.reading.reader import read
from trusteval.types import Invalid, Label

CASES = Path(os.environ.get("TRUSTEVAL_GOLDEN", "")) / "reading" / "cases.jsonl"
pytestmark = pytest.mark.skipif(
    not (os.environ.get("TRUSTEVAL_GOLDEN") and CASES.exists()),
    reason="answers read by hand not at hand: set TRUSTEVAL_GOLDEN",
)
LEAST = 95.0


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [{**case, "read": read_case(case)} for case in map(json.loads, lines)]


def read_case(case: dict[str, Any]) -> str:
    answer = read(
        BENCHMARKS[case["benchmark"]].setting(case["setting"]),
        case["response"],
        options=tuple(case.get("options", ())),
        truncated=case["finish_reason"] == "length",
    ).answer
    match answer:
        case Label(value):
            return value
        case Invalid(reason):
            return reason.value
        case _:
            return "refusal"


def test_reader_agrees_with_a_careful_person(cases: list[dict[str, Any]]) -> None:
    wrong = [case for case in cases if case["read"] != case["expected"]]
    shown = Counter((case["kind"], case["response"], case["read"]) for case in wrong)
    assert 100 * (1 - len(wrong) / len(cases)) >= LEAST, shown


def test_every_control_is_read_as_it_says(cases: list[dict[str, Any]]) -> None:
    controls = [c for c in cases if c["kind"] == "control" or c["why"].startswith("control")]
    assert len(controls) > 40
    assert [c["response"] for c in controls if c["read"] != c["expected"]] == []
