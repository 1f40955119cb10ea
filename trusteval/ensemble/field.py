"""The field of rivals: every rule that could answer in a vote's place, and whom it asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from trusteval.answers.fallback import fall_back
from trusteval.answers.oracle import oracle
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.best_member import answers_of, members_chosen
from trusteval.ensemble.contest import CHAIN, CHOSEN, DENSE, SEED
from trusteval.ensemble.expense import Asks, Unit, affordable, asks_of_vote
from trusteval.ensemble.learned import by_accuracy, by_dawid_skene, by_joint_table, by_surprise
from trusteval.ensemble.mean_probability import by_mean_probability
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.poll import Decided, Poll
from trusteval.ensemble.samples import SampledRival, sampled_rivals
from trusteval.types import Unavailable

ACCURACY = "weights by accuracy"
SURPRISE = "weights by agreement"
DAWID_SKENE = "Dawid and Skene"
TABLE = "the joint table"
PROBABILITY = "mean probability"
DRAWS = "draws of one variant"
ORACLE = "the oracle"

_NOT_RUN = Unavailable("not run here: trusteval ensemble runs it")


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """What a rule answers in a vote's place, and what that asks for.

    `decided` is why there are no answers where there are none. `labels` is the number of labelled
    items that each decision was learned from.
    """

    name: str
    decided: Decided | Unavailable
    asks: Asks
    labels: int = 0

    @property
    def answers(self) -> AnswerTable | Unavailable:
        found = self.decided
        return found if isinstance(found, Unavailable) else found.answers


def rivals_of(panel: Panel, *, dawid_skene: bool = True) -> tuple[Rival, ...]:
    """Return all rivals of a panel's vote, those that cannot answer here too.

    Without `dawid_skene` that one is not run.
    """
    poll = Poll.of(panel, seed=SEED)
    everyone, half = asks_of_vote(panel), len(panel.rows) // 2
    return (
        *_asking_one(panel, poll),
        Rival(ACCURACY, by_accuracy(poll), everyone, half),
        Rival(SURPRISE, by_surprise(poll), everyone),
        Rival(DAWID_SKENE, by_dawid_skene(poll) if dawid_skene else _NOT_RUN, everyone),
        Rival(TABLE, by_joint_table(poll), everyone, half),
        Rival(PROBABILITY, by_mean_probability(poll), everyone),
        *_sampled(panel),
        Rival(ORACLE, Decided(oracle(panel.cast)), everyone, len(panel.rows)),
    )


def rivals_at_other_cost(panel: Panel) -> tuple[Rival, ...]:
    """Return the rivals that do not ask every member about every item, as the vote does.

    Draws are among them where the run holds some.
    """
    draws = _sampled(panel) if sampled_rivals(panel) else ()
    return (*_asking_one(panel, Poll.of(panel, seed=SEED)), *draws)


def _asking_one(panel: Panel, poll: Poll) -> tuple[Rival, ...]:
    return _dense(panel), _chosen(panel), _chain(panel, poll)


def _dense(panel: Panel) -> Rival:
    if panel.dense is None:
        return Rival(DENSE, Unavailable("the dense model did not answer it"), {})
    return Rival(DENSE, Decided(panel.singles[panel.dense]), {panel.dense: 1.0})


def _chosen(panel: Panel) -> Rival:
    chosen = members_chosen(panel, seed=SEED)
    if isinstance(chosen, Unavailable):
        return Rival(CHOSEN, chosen, {})
    shares = np.bincount(chosen[panel.rows], minlength=len(panel.names)) / len(panel.rows)
    asks = {name: share for name, share in zip(panel.names, shares.tolist(), strict=True) if share}
    return Rival(CHOSEN, Decided(answers_of(panel, chosen)), asks, len(panel.rows) // 2)


def _chain(panel: Panel, poll: Poll) -> Rival:
    """A member is asked where no higher precision gave an answer that may vote."""
    silent = np.cumprod(poll.votes < 0, axis=1).mean(axis=0).tolist()
    asks = dict(zip(panel.names, [1.0, *silent], strict=False))
    return Rival(CHAIN, Decided(fall_back(panel.members, panel.cast)), asks)


def _sampled(panel: Panel) -> Iterator[Rival]:
    """Yield votes over as many draws as members, and over as many as the vote's cost pays for."""
    found = sampled_rivals(panel)
    if not found:
        why = "the run holds no draws: record variants named NAME~TEMPERATURE#NUMBER, dense~0.7#1-3"
        yield Rival(DRAWS, Unavailable(why), {})
    for one in found:
        names = [draw.name for draw in one.draws]
        yield _over(one, len(panel.names), named="as many as members")
        for unit in (Unit.TOKENS, Unit.SECONDS):
            k = affordable(panel, names, unit)
            yield _over(one, k, named=f"{unit} as the vote")


def _over(rival: SampledRival, k: int | Unavailable, *, named: str) -> Rival:
    name = f"draws of {rival.name}: {named}"
    if isinstance(k, Unavailable):
        return Rival(name, k, {})
    if k > len(rival.draws):
        missing = k - len(rival.draws)
        return Rival(name, Unavailable(f"{k} draws of {rival.name} are due, {missing} missing"), {})
    voted = rival.vote(k)
    if isinstance(voted, Unavailable):
        return Rival(name, voted, {})
    return Rival(name, Decided(voted), {draw.name: 1.0 for draw in rival.draws[:k]})
