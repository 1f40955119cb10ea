"""What verdicts are called where people read them, and which of several is the worst."""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.report.score_line import ScoreLine
from trusteval.report.unjudged import Unjudged
from trusteval.types import Level, Outcome, Verdict

SEVERITY = (
    *("-", "PASS", "WARN", "INCONCLUSIVE", "SUSPECT", "UNDECIDABLE"),
    *("NOT RUN", "BROKEN", "ERROR", "FAIL"),
)
"""What a row's worst verdict is called, mildest first."""

SIGNS = {
    **{"PASS": "✓", "WARN": "▲", "INCONCLUSIVE": "?", "SUSPECT": "!", "UNDECIDABLE": "∅"},
    **{"NOT RUN": "\N{EN DASH}", "BROKEN": "⊘", "ERROR": "⚠", "FAIL": "✗"},
}
"""What stands before a verdict's word, for those to whom colours say nothing."""


def signed(word: str) -> str:
    """Return a verdict's word behind its sign."""
    return f"{SIGNS[word]} {word}" if word in SIGNS else word


def shown_outcome(verdict: Verdict) -> str:
    """Return the outcome, or WARN for a warning row that did not pass."""
    if verdict.level is Level.WARN and verdict.outcome is not Outcome.PASS:
        return "WARN"
    return verdict.word


def verdict_of(
    line: ScoreLine, verdicts: Sequence[Verdict], unjudged: Sequence[Unjudged] = ()
) -> str:
    """Return the worst verdict of a subject on a benchmark; "-" if no gate asks.

    A gate that was not judged outranks those that passed.
    """
    about = [
        shown_outcome(verdict)
        for verdict in verdicts
        if verdict.subject == line.subject and verdict.benchmark == line.benchmark
    ]
    about += [
        one.cause.value
        for one in unjudged
        if one.subject == line.subject and one.benchmark == line.benchmark
    ]
    return max(about, key=SEVERITY.index, default="-")
