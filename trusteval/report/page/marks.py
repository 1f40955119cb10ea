"""What a verdict looks like on the page: a sign and a colour beside its word, never one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with its sign; `role` is the name of its colour in the page's look."""

    word: str
    sign: str
    role: str


_MARKS: Mapping[str, Mark] = {
    mark.word: mark
    for mark in (
        Mark("PASS", "\N{CHECK MARK}", "pass"),
        Mark("WARN", "\N{BLACK UP-POINTING TRIANGLE}", "warn"),
        Mark("INCONCLUSIVE", "?", "open"),
        Mark("SUSPECT", "!", "open"),
        Mark("UNDECIDABLE", "\N{EMPTY SET}", "open"),
        Mark("NOT RUN", "\N{EN DASH}", "open"),
        Mark("BROKEN", "\N{CROSSING LANES}", "fail"),
        Mark("ERROR", "\N{WARNING SIGN}", "fail"),
        Mark("FAIL", "\N{BALLOT X}", "fail"),
        Mark("yes", "\N{CHECK MARK}", "pass"),
        Mark("no", "\N{BALLOT X}", "fail"),
        Mark("not known", "?", "open"),
    )
}
NO_GATE = Mark("no gate", "\N{EN DASH}", "muted")
"""Of what no gate asks."""


def mark_of(word: str) -> Mark:
    """Return how a verdict, or the answer to whether it may ship, is shown; "-" is no gate."""
    return _MARKS.get(word, NO_GATE)
