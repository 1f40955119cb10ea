"""May it ship? One answer over all that a run found and did not find, with every reason.

Everything that says so of a run says what stands here. What keeps a run from being accepted is
another question (standing.py): a part of a run, which says nothing of the rest, may be accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from trusteval.report.outcomes import shown_outcome
from trusteval.report.reasons import Kind, Reason, counted, reasons_against
from trusteval.report.record import RunRecord
from trusteval.types import Level, Outcome, Verdict


class Answer(StrEnum):
    """YES: what was to hold holds, as far as was asked; NOT_KNOWN: nobody can say."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"

    @property
    def sign(self) -> str:
        """What stands before it, for those to whom colours say nothing."""
        return _SIGNS[self]

    @property
    def words(self) -> str:
        """The answer as a sentence of its own, where nobody sees the question."""
        return f"{self.sign} {_WORDS[self]}"


_SIGNS = {
    Answer.YES: "\N{CHECK MARK}",
    Answer.NO: "\N{BALLOT X}",
    Answer.NOT_KNOWN: "\N{WARNING SIGN}",
}
_WORDS = {
    Answer.YES: "MAY SHIP",
    Answer.NO: "MUST NOT SHIP",
    Answer.NOT_KNOWN: "NOT SHOWN THAT IT MAY SHIP",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, because of what in a few words, and every reason by itself, worst first."""

    answer: Answer
    because: str
    reasons: tuple[Reason, ...]

    @property
    def sentence(self) -> str:
        """Say it in one line."""
        return f"{self.answer.words}: {self.because}"


def decision(record: RunRecord, *, exit_status: int | None) -> Decision:
    """Decide over a whole run; where nobody knows how pytest ended, nobody knows that it may."""
    reasons = reasons_against(record, exit_status=exit_status)
    return _decided(reasons, record.verdicts)


def decision_on(subject: str, record: RunRecord, *, whole: Decision) -> Decision | None:
    """Decide over one subject; what speaks against the run alone leaves it open.

    A law of the vote is a vote's own. None where no blocking gate asks about the subject and
    nothing speaks against it.
    """
    is_vote = subject in record.noted("vote over")
    own = tuple(
        reason
        for reason in whole.reasons
        if reason.subject == subject or (is_vote and reason.kind is Kind.LAW)
    )
    verdicts = [verdict for verdict in record.verdicts if verdict.subject == subject]
    if not own and all(verdict.level is not Level.BLOCK for verdict in verdicts):
        return None
    beside = at_large(record, whole=whole)
    if own or not beside:
        return replace(_decided(own, verdicts), reasons=(*own, *beside))
    return Decision(Answer.NOT_KNOWN, counted(beside), beside)


def at_large(record: RunRecord, *, whole: Decision) -> tuple[Reason, ...]:
    """Return what keeps every subject from a yes: of an incomplete run nobody gets one."""
    found = tuple(one for one in whole.reasons if one.is_at_large)
    if record.is_complete or any(one.kind is Kind.ENDING for one in found):
        return found
    n_judged, n_asked = len(record.verdicts), record.ledger()["gates"]["of"]
    words = f"the run is incomplete: {n_judged} of {n_asked} gates judged"
    return (*found, Reason(Kind.ENDING, words))


def _decided(reasons: tuple[Reason, ...], verdicts: Sequence[Verdict]) -> Decision:
    if reasons:
        answer = Answer.NO if any(one.is_against for one in reasons) else Answer.NOT_KNOWN
        return Decision(answer, counted(reasons), reasons)
    blocking = [verdict.outcome for verdict in verdicts if verdict.level is Level.BLOCK]
    passed, warned = blocking.count(Outcome.PASS), _warned(verdicts)
    if not passed:
        return Decision(Answer.NOT_KNOWN, f"no blocking gate passed, and none failed{warned}", ())
    if passed < len(blocking):
        open_ones = len(blocking) - passed
        words = f"no blocking gate fails, but only {passed} of {len(blocking)} pass"
        undecided = "is" if open_ones == 1 else "are"
        return Decision(Answer.YES, f"{words}: {open_ones} {undecided} inconclusive{warned}", ())
    held = "the one blocking gate passes" if passed == 1 else f"all {passed} blocking gates pass"
    return Decision(Answer.YES, f"{held}{warned}", ())


def _warned(verdicts: Sequence[Verdict]) -> str:
    """Say how many of the gates that only warn do not pass."""
    n = sum(shown_outcome(verdict) == "WARN" for verdict in verdicts)
    return f"; {n} warning {'gate does' if n == 1 else 'gates do'} not pass" if n else ""
