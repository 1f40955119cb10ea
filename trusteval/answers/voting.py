"""Decides an ensemble's answer: admit, then unweighted majority, ties to the highest precision.

Implements arXiv 2511.22483, section IV-B. Filtering belongs to the vote, never to scoring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from trusteval.errors import VoteError
from trusteval.types import (
    Answer,
    Ballot,
    Decision,
    Invalid,
    Label,
    Refusal,
    RefusalPolicy,
    Setting,
    Variant,
)

Rule = Callable[[Sequence[Ballot], RefusalPolicy], Answer]
"""What the members' ballots to one sample come to, under its setting's refusal policy."""


def precedence(variant: Variant) -> tuple[float, str, int, int, str]:
    """Sort key of the total order of members: highest precision first.

    Bits descending, then method, calibration seed, draw (greedy before all) and name ascending.
    """
    draw = 0 if variant.draw is None else variant.draw.number
    return (-variant.bits, variant.method, variant.seed, draw, variant.name)


def ranked(ballots: Iterable[Ballot]) -> tuple[Ballot, ...]:
    """Return ballots in the order of their members, highest precision first.

    Raises VoteError if there is no ballot or one variant holds two.
    """
    in_order = tuple(sorted(ballots, key=lambda ballot: precedence(ballot.variant)))
    _refuse_unlawful(in_order)
    return in_order


def admit(ballots: Iterable[Ballot], *, policy: RefusalPolicy) -> tuple[Ballot, ...]:
    """Keep the ballots that may vote: labels, and under KEEP refusals too."""
    return tuple(ballot for ballot in ballots if is_admissible(ballot.answer, policy))


def vote(ballots: Sequence[Ballot], *, policy: RefusalPolicy) -> Decision:
    """Elect the answer most admitted members gave; independent of the ballots' order.

    Raises VoteError if there is no ballot or one variant holds two.
    """
    in_order = ranked(ballots)
    admitted = admit(in_order, policy=policy)
    dropped = tuple(ballot for ballot in in_order if not is_admissible(ballot.answer, policy))
    if not admitted:
        return Decision(nobody_admitted(in_order), (), None, dropped)
    tally = _tally(admitted)
    most = tally[0][1]
    leaders = [answer for answer, votes in tally if votes == most]
    decisive = next(ballot for ballot in admitted if ballot.answer in leaders)
    return Decision(
        answer=decisive.answer,
        tally=tally,
        tie_broken_by=decisive.variant.name if len(leaders) > 1 else None,
        dropped=dropped,
    )


def decide(ballots: Sequence[Ballot], *, setting: Setting) -> Decision:
    """Elect under a setting's own rule: whether to decline first, where several answers do.

    Raises VoteError as `vote` does.
    """
    policy = setting.refusal_policy
    how = _how_to_decline(ballots, setting)
    if not how:
        return vote(ballots, policy=policy)
    whether = vote(_joined(ballots, how), policy=policy)
    elected = vote(how, policy=policy) if whether.answer == Refusal() else whether
    in_order = ranked(ballots)
    dropped = tuple(ballot for ballot in in_order if not is_admissible(ballot.answer, policy))
    return Decision(
        answer=elected.answer,
        tally=_tally(admit(in_order, policy=policy)),
        tie_broken_by=whether.tie_broken_by or elected.tie_broken_by,
        dropped=dropped,
    )


def decide_in_turn(rule: Rule, ballots: Sequence[Ballot], *, setting: Setting) -> Answer:
    """Let any rule decide whether to decline, then how, as `decide` does."""
    policy = setting.refusal_policy
    how = _how_to_decline(ballots, setting)
    if not how:
        return rule(ballots, policy)
    whether = rule(_joined(ballots, how), policy)
    return rule(how, policy) if whether == Refusal() else whether


def _how_to_decline(ballots: Sequence[Ballot], setting: Setting) -> tuple[Ballot, ...]:
    """Return the ballots that decline, none where a setting does not count them together.

    It does where refusals are kept and a label declines too, as a partial refusal does.
    """
    return tuple(ballot for ballot in ballots if declines_together(ballot.answer, setting=setting))


def declines_together(answer: Answer, *, setting: Setting) -> bool:
    """Whether an answer is counted together first with all others that decline."""
    if setting.refusal_policy is not RefusalPolicy.KEEP or not setting.declining:
        return False
    match answer:
        case Label(value):
            return value in setting.declining
        case Refusal():
            return True
        case Invalid():
            return False


def _joined(ballots: Sequence[Ballot], declining: Collection[Ballot]) -> list[Ballot]:
    return [replace(b, answer=Refusal()) if b in declining else b for b in ballots]


def _tally(admitted: Sequence[Ballot]) -> tuple[tuple[Label | Refusal, int], ...]:
    """Count admitted ballots; equal counts stay in order of precedence."""
    # Counter keeps first occurrences.
    counts = Counter(ballot.answer for ballot in admitted).most_common()
    return tuple((a, votes) for a, votes in counts if isinstance(a, Label | Refusal))


def nobody_admitted(in_order: Sequence[Ballot]) -> Answer:
    """Return the non-answer that most members gave, of ballots that are ranked and all dropped."""
    # most_common is stable, so kinds of non-answers that tie go to the highest precision.
    return Counter(ballot.answer for ballot in in_order).most_common(1)[0][0]


def is_admissible(answer: Answer, policy: RefusalPolicy) -> bool:
    """Whether an answer may vote: a label, and under KEEP a refusal."""
    match answer:
        case Label():
            return True
        case Refusal():
            return policy is RefusalPolicy.KEEP
        case Invalid():
            return False


def _refuse_unlawful(in_order: Sequence[Ballot]) -> None:
    if not in_order:
        raise VoteError("a vote needs at least one ballot, got none")
    names = Counter(ballot.variant.name for ballot in in_order)
    twice = sorted(name for name, votes in names.items() if votes > 1)
    if twice:
        raise VoteError(f"every member votes once; more than one ballot from {', '.join(twice)}")
