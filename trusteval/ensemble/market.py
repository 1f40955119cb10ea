"""The market: all that a user could run in a vote's place, what each scores and what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trusteval.answers.table import AnswerTable
from trusteval.ensemble.contest import Contest, Lead, contest
from trusteval.ensemble.expense import Asks, Unit, price
from trusteval.ensemble.field import rivals_at_other_cost
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.ways import Way
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What could be run; `way` is how, where it is the vote."""

    name: str
    answers: AnswerTable | Unavailable
    asks: Asks
    way: Way | None = None

    @property
    def is_at_once(self) -> bool:
        """Whether it takes a device for every member."""
        return self.way is not None and self.way.is_at_once


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """A panel's choices by name, and their scores."""

    panel: Panel
    choices: Mapping[str, Choice]
    contest: Contest

    def offered(self, unit: Unit) -> list[Choice]:
        """Return the choices that differ in a unit: at once takes less of nothing but time."""
        return [c for c in self.choices.values() if unit is Unit.SECONDS or not c.is_at_once]

    def cost(self, name: str, unit: Unit) -> float | Unavailable:
        """Return what a choice takes per item."""
        choice = self.choices[name]
        if isinstance(choice.answers, Unavailable):
            return choice.answers
        if choice.way is not None and unit is Unit.SECONDS:
            return choice.way.seconds(self.panel)
        return price(self.panel, choice.asks, unit)


def markets_of(ways: Mapping[Panel, Sequence[Way]]) -> list[Market]:
    """Return the markets that votes of one ensemble are in, by the ways in which they are held.

    What is a choice on one benchmark is one on all.
    """
    choices = {
        panel: {choice.name: choice for choice in _choices(panel, of)} for panel, of in ways.items()
    }
    names = dict.fromkeys(name for of in choices.values() for name in of)
    absent = Unavailable("the run holds no such draws of it")
    return [
        _market(panel, [of.get(name, Choice(name, absent, {})) for name in names])
        for panel, of in choices.items()
    ]


def _market(panel: Panel, choices: Sequence[Choice]) -> Market:
    entrants = {choice.name: choice.answers for choice in choices}
    return Market(panel, {one.name: one for one in choices}, contest(panel, entrants))


def _choices(panel: Panel, ways: Sequence[Way]) -> Iterator[Choice]:
    for name in panel.names:
        yield Choice(name, panel.singles[name], {name: 1.0})
    for rival in rivals_at_other_cost(panel):
        yield Choice(rival.name, rival.answers, rival.asks)
    for way in ways:
        yield Choice(way.name, panel.vote, way.asks, way)


def score_of(contest: Contest, name: str) -> Lead:
    """Return a choice's score with its interval, as a fraction; or why there is none."""
    measured = contest.measured[name]
    if isinstance(measured, Unavailable):
        return measured
    if measured.score.value is None:
        return Unavailable(measured.score.undefined or "it has no value")
    if measured.estimate is None:
        return Unavailable("the protocol's own form of the score has no estimate")
    return measured.estimate
