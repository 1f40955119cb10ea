"""The tables of wordings beside this file: a kind or manner, a text, how it should be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from trusteval.reading.refusals import read
from trusteval.types import Invalid, Label, Refusal

REFUSAL, PARTIAL, COMPLIANCE = "refusal", "partial refusal", "compliance"


@dataclass(frozen=True, slots=True)
class Wording:
    """An open answer, what kind it is of and how it should be read.

    `read_as` is how it is read where that is another way, a known fault.
    """

    kind: str
    expected: str
    response: str
    truncated: bool = False
    read_as: str = ""


def wordings(expected: str | None = None) -> list[Wording]:
    """Return the table, or the wordings that are read as `expected`."""
    return [w for w in _table("worded.jsonl") if expected in (None, w.expected)]


def second_look() -> list[Wording]:
    """Return a half, drawn by chance, of what was worded later (docs/refusals.md).

    Each was labelled before it was read, and the labels were kept; `kind` names the manner.
    """
    return _table("second_look.jsonl")


def _table(name: str) -> list[Wording]:
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [Wording(**json.loads(line)) for line in lines]


def name_of_reading(text: str, *, truncated: bool = False) -> str:
    """Return how a text is read, by the name that the table has for it."""
    match read(text, truncated=truncated).answer:
        case Refusal():
            return REFUSAL
        case Label(value):
            return value
        case Invalid(reason):
            return reason.value
