"""Whether what a run judged may ship, in one word and with the reasons: red wins over unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.report.record import RunRecord
from trusteval.report.standing import standing
from trusteval.types import Level, Outcome

_WORSE = 1
"""pytest's exit status where tests failed."""


class Shipping(StrEnum):
    """YES: nothing is worse; NO: something is; UNKNOWN: not all that was asked was judged."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_SENTENCES = {
    Shipping.YES: "✓ MAY SHIP: every gate was judged, and none keeps it from shipping",
    Shipping.NO: "✗ MUST NOT SHIP",
    Shipping.UNKNOWN: "⚠ NOT SHOWN THAT IT MAY SHIP",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """May it ship, and what keeps it from that, one sentence each; none where nothing does.

    `undecided` counts the verdicts that are neither PASS nor FAIL and did not stop the run.
    """

    shipping: Shipping
    reasons: tuple[str, ...]
    undecided: str

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        more = f" ({self.undecided} beside)" if self.undecided else ""
        return f"{_SENTENCES[self.shipping]}{more}"


def decide_shipping(record: RunRecord, *, exit_status: int | None) -> Decision:
    """Decide by what was judged and by how the run ended: where that is None, nobody knows."""
    status = exit_status or 0
    found = standing(record, failed=(), exit_status=status)
    if status == _WORSE and not found.worse:
        # What is undecided fails a run where that is asked, and only then.
        failed = {
            (verdict.gate, verdict.subject)
            for verdict in record.verdicts
            if verdict.outcome is Outcome.INCONCLUSIVE and verdict.level is Level.BLOCK
        }
        found = standing(record, failed=failed, exit_status=status)
    missing = [] if record.is_complete or found.worse else ["not every gate was judged"]
    unknown = ["how pytest ended is not known"] if exit_status is None else []
    reasons = (*found.worse, *(found.unmeasured or missing), *unknown)
    if found.worse or status == _WORSE:
        shipping = Shipping.NO
    else:
        shipping = Shipping.UNKNOWN if reasons else Shipping.YES
    return Decision(shipping, reasons, _undecided(record) if shipping is Shipping.YES else "")


def _undecided(record: RunRecord) -> str:
    words = [shown_outcome(verdict) for verdict in record.verdicts]
    counted = [f"{words.count(word)} {word}" for word in SEVERITY if word in words]
    return ", ".join(one for one in counted if not one.endswith(" PASS"))
