"""What a vote gains over those who could answer in its place: the model beside it, its best
member, and the fallback chain, which filters as the vote does and does not vote.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from trusteval.answers.fallback import fall_back
from trusteval.ensemble.panel import Panel
from trusteval.stats.estimate import Complement, Estimate
from trusteval.stats.members import BehindBest
from trusteval.types import Unavailable

Gain = Estimate | Unavailable
"""The vote's score minus another's on the same items, a fraction; or why there is none."""


class Rival(StrEnum):
    """Who could answer in place of the vote."""

    DENSE = "dense"
    BEST_MEMBER = "best member"
    CHAIN = "chain"


def gain_over(rival: Rival, panel: Panel) -> Gain:
    """Estimate the vote minus a rival.

    Over the best member the interval holds whichever member that is: to be ahead of the best is to
    be ahead of all of them.
    """
    return _GAINS[rival](panel)


def _over_dense(panel: Panel) -> Gain:
    if panel.dense is None:
        return Unavailable("no dense model answered the same items (--dense NAME)")
    return _lead(panel, panel.dense)


def _over_best(panel: Panel) -> Gain:
    behind: dict[str, Estimate] = {}
    for name in panel.names:
        lead = _lead(panel, name)
        if isinstance(lead, Unavailable):
            return lead
        behind[name] = Complement(lead, whole=0.0)
    return Complement(BehindBest(behind), whole=0.0)


def _over_chain(panel: Panel) -> Gain:
    lead = panel.lead(panel.vote, fall_back(panel.members, panel.cast))
    return Unavailable(_NO_ESTIMATE) if lead is None else lead


_GAINS: Mapping[Rival, Callable[[Panel], Gain]] = {
    Rival.DENSE: _over_dense,
    Rival.BEST_MEMBER: _over_best,
    Rival.CHAIN: _over_chain,
}
_NO_ESTIMATE = "the score has no paired estimate"


def _lead(panel: Panel, name: str) -> Gain:
    lead = panel.lead(panel.vote, panel.singles[name])
    if lead is not None:
        return lead
    of_both = {panel.ensemble: panel.vote, name: panel.singles[name]}
    scores = {who: panel.measure(answers).score for who, answers in of_both.items()}
    reasons = [f"{who}: {score.undefined}" for who, score in scores.items() if score.undefined]
    return Unavailable("; ".join(reasons) or _NO_ESTIMATE)
