"""Where a reason against shipping is told in full, and how it is marked."""

from __future__ import annotations

from trusteval.report.decision import Answer
from trusteval.report.outcomes import SEVERITY
from trusteval.report.page.anchors import anchor
from trusteval.report.page.marks import Mark, mark_of
from trusteval.report.reasons import Kind, Reason

_PLACES = {Kind.LAW: "laws", Kind.TRIES: "warnings"}


def place_of(reason: Reason) -> str:
    """Return the id of the place that tells more."""
    if reason.gate is not None and reason.subject is not None:
        return anchor("gate", reason.gate, reason.subject)
    return _PLACES.get(reason.kind, "not-judged")


def mark_of_reason(reason: Reason) -> Mark:
    """Return the mark of the verdict that it is, or of what it makes of the question."""
    is_verdict = reason.kind.value in SEVERITY
    answer = Answer.NO if reason.is_against else Answer.NOT_KNOWN
    return mark_of(reason.kind.value if is_verdict else answer)
