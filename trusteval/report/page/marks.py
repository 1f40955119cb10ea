"""What a verdict looks like on the page: a sign and a colour beside its word, never one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.report.decision import Answer
from trusteval.report.outcomes import SIGNS


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with its sign; `role` is the name of its colour in the page's look."""

    word: str
    sign: str
    role: str


_ROLES: Mapping[str, str] = {
    **{"PASS": "pass", "WARN": "warn"},
    **dict.fromkeys(("INCONCLUSIVE", "SUSPECT", "UNDECIDABLE", "NOT RUN"), "open"),
    **dict.fromkeys(("BROKEN", "ERROR", "FAIL"), "fail"),
    **{Answer.YES: "pass", Answer.NO: "fail", Answer.NOT_KNOWN: "open"},
}
_SIGNS: Mapping[str, str] = {**SIGNS, **{answer: answer.sign for answer in Answer}}
NO_GATE = Mark("no gate", "\N{EN DASH}", "muted")
"""Of what no gate asks."""


def mark_of(word: str) -> Mark:
    """Return how a verdict, or the answer to whether it may ship, is shown; "-" is no gate."""
    return Mark(str(word), _SIGNS[word], _ROLES[word]) if word in _ROLES else NO_GATE
