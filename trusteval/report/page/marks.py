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
    **{"PASS": "pass", "WARN": "warn", "INCONCLUSIVE": "open", "SUSPECT": "open"},
    **{"UNDECIDABLE": "open", "NOT RUN": "open", "BROKEN": "fail", "ERROR": "fail", "FAIL": "fail"},
}
_ANSWERS: Mapping[str, Mark] = {
    Answer.YES: Mark("yes", SIGNS["PASS"], "pass"),
    Answer.NO: Mark("no", SIGNS["FAIL"], "fail"),
    Answer.NOT_KNOWN: Mark("not known", "?", "open"),
}
_MARKS = {**{word: Mark(word, SIGNS[word], role) for word, role in _ROLES.items()}, **_ANSWERS}
NO_GATE = Mark("no gate", "\N{EN DASH}", "muted")
"""Of what no gate asks."""


def mark_of(word: str) -> Mark:
    """Return how a verdict, or the answer to whether it may ship, is shown; "-" is no gate."""
    return _MARKS.get(word, NO_GATE)
