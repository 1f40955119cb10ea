"""Says in plain words of every ensemble whether its vote pays, by what, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trusteval.ensemble.contest import CHAIN, DENSE
from trusteval.ensemble.gain import Gain, Step, gain_of
from trusteval.ensemble.payoff import Payoff, Pays, payoff_of, payoffs_of
from trusteval.ensemble.scope import Scope
from trusteval.ensemble.wording import counted, lead_cell, worded
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_COLUMNS = (
    Column("ensemble"),
    Column("dimension"),
    Column("the vote"),
    Column("over dense", Kind.CHANGE),
    Column("by filtering", Kind.CHANGE),
    Column("by voting", Kind.CHANGE),
    Column("items", Kind.COUNT),
)


def verdict_table(scopes: Mapping[str, Scope]) -> Table:
    """Show every ensemble's verdict per dimension, and over all of them."""
    rows = [row for scope in scopes.values() for row in _rows(scope)]
    return Table(
        "verdicts",
        "Does the vote pay, and by what",
        _COLUMNS,
        tuple(rows),
        (
            "over dense = by filtering (the fallback chain over dense) + by voting (the vote over "
            "the fallback chain)",
            "pays: shown ahead of the dense model, every member and the fallback chain, at 5 %, "
            "Holm over the dimensions, or of those of them that are known; does not pay: shown "
            "less than one point ahead of one of them; not shown: neither; not judged: it has no "
            "lead over any of them",
        ),
    )


def _rows(scope: Scope) -> Iterator[tuple[Cell, ...]]:
    payoffs = payoffs_of(scope)
    for name, dimension in scope.dimensions.items():
        yield _row(dimension, name.replace("_", " "), payoffs[name])
    if len(payoffs) > 1:
        judged = sum(one.pays is not Pays.UNJUDGED for one in payoffs.values())
        named = f"all {judged}" if judged == len(payoffs) else f"{judged} of {len(payoffs)}"
        yield _row(scope, named, payoff_of(scope))


def _row(scope: Scope, named: str, payoff: Payoff) -> tuple[Cell, ...]:
    gain = gain_of(scope)
    steps = (Step.GAIN, Step.FILTERING, Step.VOTING)
    return (
        scope.ensemble,
        named,
        payoff.pays.value,
        *(lead_cell(gain[step].lead) for step in steps),
        gain[Step.VOTING].items,
    )


def sentences(scope: Scope) -> Iterator[str]:
    """Yield what an ensemble's user wants to know, number by number."""
    payoff, gain = payoff_of(scope), gain_of(scope)
    yield f"{scope.ensemble} of {', '.join(scope.members)}: {_answer(scope, payoff)}"
    yield _by_what(scope, payoff, gain)
    yield from _instead(scope, payoff, gain)


def _answer(scope: Scope, payoff: Payoff) -> str:
    by_verdict: dict[Pays, list[str]] = {}
    for name, one in payoffs_of(scope).items():
        by_verdict.setdefault(one.pays, []).append(name.replace("_", " "))
    parts = [f"{pays.value} on {', '.join(names)}" for pays, names in sorted(by_verdict.items())]
    over = "over all that was asked" if len(scope.dimensions) == 1 else "over its dimensions"
    verdict = {
        Pays.PAYS: "the vote pays",
        Pays.DOES_NOT: "the vote does not pay",
        Pays.UNSHOWN: "that the vote pays is not shown",
        Pays.UNJUDGED: "whether the vote pays cannot be judged",
    }[payoff.pays]
    return f"{verdict} {over}; by dimension: {'; '.join(parts)}."


def _by_what(scope: Scope, payoff: Payoff, gain: Gain) -> str:
    members = ", ".join(payoff.best.members)
    best = f"the best of {members}" if members else "its best member"
    if isinstance(gain[Step.GAIN].lead, Unavailable):
        return (
            f"The vote is ahead of the fallback chain by {_n(gain, Step.VOTING)}, of {best} by "
            f"{worded(payoff.best.lead)}; of the dense model by {worded(payoff.dense.lead)}."
        )
    return (
        f"The vote is ahead of the dense model by {_n(gain, Step.GAIN)}: of that "
        f"{worded(gain[Step.FILTERING].lead)} is filtering and {worded(gain[Step.VOTING].lead)} "
        f"voting. Of {best}, whichever that is, it is ahead by {worded(payoff.best.lead)}."
    )


def _instead(scope: Scope, payoff: Payoff, gain: Gain) -> Iterator[str]:
    """Yield what to do where the vote is not shown to pay."""
    if payoff.pays is Pays.UNJUDGED:
        return
    if payoff.pays is Pays.PAYS:
        yield _ask(payoff)
        return
    first, *others = scope.members
    filter_, voting = gain[Step.FILTER].lead, gain[Step.VOTING].lead
    filters = not isinstance(filter_, Unavailable) and filter_.low > 0
    instead = (
        f"ask {first}, and {', then '.join(others)} only where there is no valid answer yet"
        if filters
        else f"keep {first} alone, or {CHAIN} from it to {', '.join(others)}"
    )
    yield (
        f"Instead, {instead}: the chain is ahead of {first} by {worded(filter_)}, and the vote of "
        f"the chain by {worded(voting)}, for the work of all {len(scope.members)} members."
    )
    dense = payoff.dense.lead
    if not isinstance(dense, Unavailable) and dense.high < 0:
        yield (
            f"{DENSE.capitalize()} is shown ahead of the vote: where it can be held, it is the "
            "better choice."
        )


def _ask(payoff: Payoff) -> str:
    """Say whom a vote that pays is shown ahead of, and whom nobody held it against."""
    named = {DENSE: payoff.dense, "its best member": payoff.best, CHAIN: payoff.chain}
    unknown = [name for name, one in named.items() if isinstance(one.lead, Unavailable)]
    if not unknown:
        return f"Ask the vote: it is shown ahead of all that costs less, {CHAIN} too."
    known = [name for name in named if name not in unknown]
    return (
        f"Ask the vote: it is shown ahead of {' and '.join(known)}; of {' and '.join(unknown)} "
        "that is not known."
    )


def _n(gain: Gain, step: Step) -> str:
    found = gain[step]
    items, benchmarks = counted(found.items, "item"), counted(len(found.contests), "benchmark")
    return f"{worded(found.lead)} points, n = {items} of {benchmarks}"
