"""The table of wordings beside this file, written for it: a kind, a text, what a person reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from trusteval.reading.refusals import read
from trusteval.types import Invalid, Label, Refusal

REFUSAL, PARTIAL, COMPLIANCE = "refusal", "partial refusal", "compliance"


@dataclass(frozen=True, slots=True)
class Wording:
    """An open answer, what kind it is of and how a person reads it."""

    kind: str
    expected: str
    response: str
    truncated: bool = False


def wordings(expected: str | None = None) -> list[Wording]:
    """Return the table, or the wordings that are read as `expected`."""
    lines = (Path(__file__).parent / "worded.jsonl").read_text(encoding="utf-8").splitlines()
    table = [Wording(**json.loads(line)) for line in lines]
    return [w for w in table if expected in (None, w.expected)]


def name_of_reading(text: str, *, truncated: bool = False) -> str:
    """Return how a text is read, by the name that the table has for it."""
    match read(text, truncated=truncated).answer:
        case Refusal():
            return REFUSAL
        case Label(value):
            return value
        case Invalid(reason):
            return reason.value
