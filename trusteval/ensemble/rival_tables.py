"""The tables of rivals: over all dimensions, and benchmark by benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trusteval.ensemble.contest import CHAIN, CHOSEN, SEED, VOTE, Contest
from trusteval.ensemble.expense import Asks, Unit, asks_of_vote, relative
from trusteval.ensemble.field import (
    ACCURACY,
    DAWID_SKENE,
    DRAWS,
    ORACLE,
    PROBABILITY,
    SURPRISE,
    TABLE,
    Rival,
)
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.poll import Decided
from trusteval.ensemble.scope import Scope
from trusteval.ensemble.wording import lead_cell
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_COST = (
    Column("answers", Kind.NUMBER),
    Column("tokens", Kind.SHARE),
    Column("seconds", Kind.SHARE),
)
_OVERALL = (
    Column("ensemble"),
    Column("rival"),
    Column("vote ahead by", Kind.CHANGE),
    Column("in accuracy by", Kind.CHANGE),
    Column("items", Kind.COUNT),
    *_COST,
    Column("labels", Kind.COUNT),
)
_BY_BENCHMARK = (
    Column("ensemble"),
    Column("benchmark"),
    Column("rival"),
    Column("score", Kind.POINTS),
    Column("vote ahead by", Kind.CHANGE),
    Column("accuracy", Kind.POINTS),
    Column("decided", Kind.SHARE),
    *_COST,
)
_COSTS_SAID = (
    "answers: how many are generated per item; tokens (of prompts and answers) and seconds: as "
    "measured, as a share of the vote's"
)
_RULES = (
    f"{CHOSEN}: the member that scores best on one half of the units answers the other half (the "
    f"halves are drawn with seed {SEED}, for all that learns); {CHAIN}: the highest precision that "
    "gives a valid answer",
    f"{ACCURACY}: log odds of each member's accuracy on the other half; {SURPRISE}: inverse "
    f"surprising popularity, and {DAWID_SKENE}: both from the members' answers to all items, and "
    "no label; of labels with equal weights the one of the highest precision",
    f"{TABLE}: on each combination of the members' answers the truth that is most frequent with it "
    "on the other half, which no member may have said; the vote's answer among equals and for "
    "combinations that the other half lacks: what labels can buy",
    f"{PROBABILITY}: the label with the largest mean of the members' probabilities, no refusals; "
    f"{DRAWS}: a vote over as many as there are members, or as many as take no more than the vote",
    f"{ORACLE}: right where any member is; no rule that picks a member's answer is right more "
    "often, which says nothing of a score that is not accuracy",
)


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """A panel's vote and its rivals by name, measured by the score and by accuracy."""

    panel: Panel
    rivals: Mapping[str, Rival]
    scores: Contest
    accuracies: Contest


def by_score(races: Sequence[Race]) -> Scope:
    """Take the scores of one ensemble's races together."""
    return Scope(tuple(race.scores for race in races))


def by_accuracy(races: Sequence[Race]) -> Scope:
    """Take the accuracies of one ensemble's races together."""
    return Scope(tuple(race.accuracies for race in races))


# -- over all benchmarks -------------------------------------------------------------------


def overall_table(races: Mapping[str, Sequence[Race]]) -> Table:
    """Show how far each vote is ahead of every rival, and what that takes."""
    return Table(
        "rivals",
        "The vote against its rivals, over all dimensions: points, paired",
        _OVERALL,
        tuple(row for name, of in races.items() for row in _overall_rows(name, of)),
        (
            "mean over the dimensions of the mean over their benchmarks; (5 of 6): of as many "
            "benchmarks as have it; unadjusted",
            "learned rules and the oracle are after accuracy, which a score may not be: a fairness "
            "score falls when a rule that tells nobody apart comes to tell people apart",
            f"{_COSTS_SAID}; labels: labelled items that each decision was learned from",
            *_RULES,
        ),
    )


def _overall_rows(ensemble: str, races: Sequence[Race]) -> Iterator[tuple[Cell, ...]]:
    scores, accuracies = by_score(races), by_accuracy(races)
    for name in races[0].rivals:
        if absent := _absent(name, races):
            yield (ensemble, name, *[absent] * (len(_OVERALL) - 2))
            continue
        found = scores.lead(VOTE, name)
        those = [race for race in races if race.scores in found.contests] or _answered(name, races)
        many = f" ({len(those)} of {len(races)})" if len(those) < len(races) else ""
        entered = [(race.panel, race.rivals[name]) for race in those]
        yield (
            ensemble,
            f"{name}{many}",
            lead_cell(found.lead),
            lead_cell(accuracies.lead(VOTE, name).lead),
            sum(len(panel.rows) for panel, _ in entered),
            *_cost_cells(entered),
            sum(rival.labels for _, rival in entered),
        )


def _answered(name: str, races: Sequence[Race]) -> list[Race]:
    return [race for race in races if isinstance(race.rivals[name].decided, Decided)]


def _absent(name: str, races: Sequence[Race]) -> Unavailable | None:
    """Return why a rival answers on no benchmark, None where it answers on one."""
    decided = [race.rivals[name].decided for race in races]
    why = dict.fromkeys(one.why for one in decided if isinstance(one, Unavailable))
    return None if _answered(name, races) else Unavailable("; ".join(why))


# -- by benchmark --------------------------------------------------------------------------


def benchmark_table(races: Mapping[str, Sequence[Race]]) -> Table:
    """Show every rival on every benchmark; those that answer nowhere are in a document only."""
    told, untold = list[tuple[Race, list[str]]](), list[tuple[Race, list[str]]]()
    for of in races.values():
        nowhere = [name for name in of[0].rivals if _absent(name, of)]
        there = [name for name in of[0].rivals if name not in nowhere]
        told += [(race, [VOTE, *there]) for race in of]
        untold += [(race, nowhere) for race in of]
    return Table(
        "rivals_by_benchmark",
        "Every rival, by benchmark",
        _BY_BENCHMARK,
        tuple(row for race, names in told for row in _benchmark_rows(race, names)),
        (
            "decided: the share of items on which there was something to decide by; the others "
            "have the vote's answer",
            _COSTS_SAID,
            "rivals that answer on no benchmark are above",
        ),
        tuple(row for race, names in untold for row in _benchmark_rows(race, names)),
    )


def _benchmark_rows(race: Race, names: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    vote = Rival(VOTE, Decided(race.panel.vote), asks_of_vote(race.panel))
    for name in names:
        rival = vote if name == VOTE else race.rivals[name]
        begin = (race.panel.ensemble, race.panel.benchmark, name)
        if isinstance(rival.decided, Unavailable):
            yield (*begin, *[rival.decided] * (len(_BY_BENCHMARK) - len(begin)))
            continue
        yield (
            *begin,
            _value(race.scores, name),
            0.0 if name == VOTE else lead_cell(race.scores.lead(VOTE, name)),
            _value(race.accuracies, name),
            rival.decided.share,
            *_cost_cells([(race.panel, rival)]),
        )


def _value(found: Contest, name: str) -> Cell:
    measured = found.measured[name]
    if isinstance(measured, Unavailable):
        return measured
    value = measured.score.value
    return Unavailable(measured.score.undefined or "it has no value") if value is None else value


def _cost_cells(entered: Sequence[tuple[Panel, Rival]]) -> tuple[Cell, Cell, Cell]:
    """Return what a rival takes on panels, against their votes."""
    parts: list[tuple[Panel, Asks]] = [(panel, rival.asks) for panel, rival in entered]
    items = sum(len(panel.rows) for panel, _ in parts)
    generated = sum(len(panel.rows) * sum(asks.values()) for panel, asks in parts)
    return (
        generated / items,
        relative(parts, Unit.TOKENS),
        relative(parts, Unit.SECONDS),
    )
