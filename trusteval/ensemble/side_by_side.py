"""What a vote gains in several runs, each figure over the same benchmarks in all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trusteval.ensemble.contest import CHAIN, DENSE, VOTE, Contest, Lead, contest, entrants_of
from trusteval.ensemble.lead_tables import BEST
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.scope import Finding, Scope
from trusteval.types import Unavailable

RIVALS = (DENSE, BEST, CHAIN)
"""Who could answer in place of a vote."""
_NO_VOTE = Unavailable("the run has no such vote there")


@dataclass(frozen=True, slots=True)
class SideBySide:
    """How far a vote is ahead of a rival in a dimension, run by run.

    `over` are the benchmarks that all figures are means of, `without` those of the dimension that
    some run has no figure of. `best_of` names by run the members that the best one is of, where
    that is not all of them.
    """

    ensemble: str
    dimension: str
    rival: str
    leads: tuple[Lead, ...]
    over: tuple[str, ...]
    without: tuple[str, ...]
    best_of: tuple[tuple[str, ...], ...]


def side_by_side(ensemble: str, runs: Sequence[Panels]) -> Iterator[SideBySide]:
    """Yield a vote's gains over every rival, by dimension and over all of them.

    Of runs that hold the vote only benchmarks that all of them have are compared.
    """
    contests = [
        {one.benchmark: contest(one, entrants_of(one)) for one in run.of(ensemble)} for run in runs
    ]
    holding = [of_run for of_run in contests if of_run]
    shared = [name for name in holding[0] if all(name in of_run for of_run in holding)]
    dimensions: dict[str, list[str]] = {}
    for name in shared:
        dimensions.setdefault(holding[0][name].dimension.replace("_", " "), []).append(name)
    if len(dimensions) > 1:
        dimensions["all dimensions"] = shared
    for dimension, benchmarks in dimensions.items():
        for rival in RIVALS:
            parts = [[of_run[name] for name in benchmarks] if of_run else [] for of_run in contests]
            yield _compared(ensemble, dimension, rival, parts)


def _compared(
    ensemble: str, dimension: str, rival: str, runs: Sequence[Sequence[Contest]]
) -> SideBySide:
    having = [{one.benchmark for one in run if _has(one, rival)} for run in runs]
    asked = next([one.benchmark for one in run] for run in runs if run)
    with_any = [names for names in having if names]
    over = [name for name in asked if with_any and all(name in names for names in with_any)]
    found = [_finding(run, rival, over=over) for run in runs]
    return SideBySide(
        ensemble,
        dimension,
        rival,
        tuple(one.lead for one in found),
        tuple(over),
        tuple(name for name in asked if name not in over),
        tuple(map(_some_members, found, runs)),
    )


def _some_members(found: Finding, run: Sequence[Contest]) -> tuple[str, ...]:
    is_some = bool(found.members) and len(found.members) < len(run[0].members)
    return found.members if is_some else ()


def _finding(run: Sequence[Contest], rival: str, *, over: Sequence[str]) -> Finding:
    """Find a run's lead over some benchmarks; where it has none of its own, why."""
    if not run:
        return Finding(_NO_VOTE)
    kept = tuple(one for one in run if one.benchmark in over)
    whole = Scope(tuple(run))
    has_some = any(_has(one, rival) for one in run)
    if has_some and not kept:
        return Finding(Unavailable("no benchmark has it in every run"))
    scope = Scope(kept) if has_some else whole
    return scope.best() if rival == BEST else scope.lead(VOTE, rival)


def _has(one: Contest, rival: str) -> bool:
    alone = Scope((one,))
    found = alone.best() if rival == BEST else alone.lead(VOTE, rival)
    return not isinstance(found.lead, Unavailable)
