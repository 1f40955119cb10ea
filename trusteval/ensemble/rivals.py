"""Rivals under equal cost: what else could be done with the members' answers, or with their cost.

Every rival answers the vote's items, is scored as the vote is, and laid beside it in pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trusteval.ensemble.contest import VOTE, Lead, contest
from trusteval.ensemble.field import ORACLE, Rival, rivals_of
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.rival_tables import (
    Race,
    benchmark_table,
    by_accuracy,
    by_score,
    overall_table,
)
from trusteval.ensemble.scope import Scope
from trusteval.ensemble.weights import weight_table
from trusteval.stats.estimate import ALPHA
from trusteval.tables import Section
from trusteval.types import Unavailable

_AHEAD, _BEHIND = "it is shown ahead of", "it is shown behind"
_OPEN, _UNCOMPARED = "nothing is shown against", "not compared with"


def rivals(panels: Panels, *, dawid_skene: bool = True) -> Section:
    """Show what every rival of a vote comes to, and at what cost."""
    races = {name: _races(panels.of(name), dawid_skene=dawid_skene) for name in panels.ensembles}
    return Section(
        "rivals",
        "Rivals under equal cost",
        (overall_table(races), benchmark_table(races), weight_table(panels)),
        tuple(line for name, of in races.items() for line in _sentences(name, of)),
    )


def _races(panels: Sequence[Panel], *, dawid_skene: bool) -> list[Race]:
    """Measure an ensemble's rivals; what is a rival on one benchmark has a row on all."""
    fields = [
        {rival.name: rival for rival in rivals_of(panel, dawid_skene=dawid_skene)}
        for panel in panels
    ]
    names = dict.fromkeys(name for field in fields for name in field)
    in_order = sorted(names, key=lambda name: name == ORACLE)
    absent = Unavailable("the run holds no such draws of it")
    return [
        _race(panel, {name: field.get(name, Rival(name, absent, {})) for name in in_order})
        for panel, field in zip(panels, fields, strict=True)
    ]


def _race(panel: Panel, field: Mapping[str, Rival]) -> Race:
    entrants = {VOTE: panel.vote, **{name: rival.answers for name, rival in field.items()}}
    accuracies = contest(panel, entrants, metric="accuracy")
    return Race(panel, field, contest(panel, entrants), accuracies)


def _sentences(ensemble: str, races: Sequence[Race]) -> Iterator[str]:
    for metric, scope in (("score", by_score(races)), ("accuracy", by_accuracy(races))):
        yield f"{ensemble} by {metric}, over all dimensions and at 5 % each: {_said(scope)}"


def _said(scope: Scope) -> str:
    """Say in words whom a vote beats over all that a scope holds; the oracle is no rival."""
    names = [name for name in scope.contests[0].measured if name not in (VOTE, ORACLE)]
    sides = {name: _side(scope.lead(VOTE, name).lead) for name in names}
    return "; ".join(
        f"{side} {', '.join(of)}"
        for side in (_AHEAD, _BEHIND, _OPEN, _UNCOMPARED)
        if (of := [name for name in names if sides[name] == side])
    )


def _side(lead: Lead) -> str:
    if isinstance(lead, Unavailable):
        return _UNCOMPARED
    if lead.p_above(0.0) <= ALPHA:
        return _AHEAD
    return _BEHIND if lead.p_below(0.0) <= ALPHA else _OPEN
