"""How far every vote is ahead of whom it is laid beside: by dimension, benchmark and setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trusteval.ensemble.contest import CHAIN, CHOSEN, DENSE, MEAN, VOTE, Contest, Lead
from trusteval.ensemble.scope import Finding, Scope
from trusteval.ensemble.wording import lead_cell
from trusteval.stats.holm import holm
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

BEST = "its best member"
_LEAD = (
    Column("vote against"),
    Column("lead", Kind.CHANGE),
    Column("items", Kind.COUNT),
    Column("p ahead", Kind.P),
    Column("p behind", Kind.P),
)
_OF_DIMENSIONS = (Column("ensemble"), Column("dimension"), *_LEAD)
_OF_BENCHMARKS = (Column("ensemble"), Column("benchmark"), *_LEAD)
_OF_SETTINGS = (Column("ensemble"), Column("benchmark"), Column("setting"), *_LEAD[:3])
_NOTES = (
    f"{BEST}: whichever that is, so that to be ahead of it is to be ahead of all members, and to "
    "be behind it is to be behind any of them (Bonferroni); (2 of 3): of members that have a score",
    f"{CHOSEN}: the member that scores best on half of the items answers the other half; its "
    "interval is that of these answers, no evidence about the best member, which a half may miss",
)


def dimension_leads(scopes: Mapping[str, Scope]) -> Table:
    """Show each vote's lead over everybody, dimension by dimension, and over all of them."""
    rows = [row for scope in scopes.values() for row in _rows(scope)]
    return Table(
        "dimension_leads",
        "The vote against every alternative, by dimension: points, paired",
        _OF_DIMENSIONS,
        tuple(rows),
        (
            "a dimension is the mean of its benchmarks, all dimensions the mean of the dimensions; "
            "errors of different benchmarks are taken to be independent, so that a bound is as far "
            "off as the root of the sum of squares of theirs has it; (5 of 6): of as many "
            "benchmarks as have it",
            "p: one-sided, adjusted by Holm over the dimensions; over all of them unadjusted",
            *_NOTES,
        ),
    )


def benchmark_leads(scopes: Mapping[str, Scope]) -> Table:
    """Show each vote's lead benchmark by benchmark.

    Of a dimension of one benchmark the rows are in a document only: its leads are the dimension's.
    """
    told, untold = list[tuple[Cell, ...]](), list[tuple[Cell, ...]]()
    for scope in scopes.values():
        for dimension in scope.dimensions.values():
            rows = told if len(dimension.contests) > 1 else untold
            for one in dimension.contests:
                rows += _alone(Scope((one,)), named=one.benchmark)
    return Table(
        "benchmark_leads",
        "The vote against every alternative, by benchmark: points, paired",
        _OF_BENCHMARKS,
        tuple(told),
        ("p: one-sided, unadjusted", "a dimension of one benchmark has its leads above"),
        tuple(untold),
    )


def _rows(scope: Scope) -> Iterator[tuple[Cell, ...]]:
    dimensions = scope.dimensions
    found = {its: [_found(one, its) for one in dimensions.values()] for its in _rivals(scope)}
    ahead = {its: holm([_p_ahead(one) for one in family]) for its, family in found.items()}
    behind = {its: holm([_p_behind(one) for one in family]) for its, family in found.items()}
    for place, (name, dimension) in enumerate(dimensions.items()):
        for its, family in found.items():
            p = ahead[its][place], behind[its][place]
            yield _row(dimension, name.replace("_", " "), its, found=family[place], p=p)
    if len(dimensions) > 1:
        yield from _alone(scope, named=f"all {len(dimensions)} dimensions")


def _alone(scope: Scope, *, named: str) -> Iterator[tuple[Cell, ...]]:
    for its in _rivals(scope):
        found = _found(scope, its)
        yield _row(scope, named, its, found=found, p=(_p_ahead(found), _p_behind(found)))


def _rivals(scope: Scope) -> tuple[str, ...]:
    return (DENSE, *scope.members, MEAN, BEST, CHOSEN, CHAIN)


def _found(scope: Scope, its: str) -> Finding:
    return scope.best() if its == BEST else scope.lead(VOTE, its)


def _row(
    scope: Scope, named: str, its: str, *, found: Finding, p: tuple[float, float]
) -> tuple[Cell, ...]:
    if isinstance(found.lead, Unavailable):
        return (scope.ensemble, named, its, *[found.lead] * 4)
    if found.members and len(found.members) < len(scope.members):
        its = f"{its} ({len(found.members)} of {len(scope.members)})"
    elif len(found.contests) < len(scope.contests):
        its = f"{its} ({len(found.contests)} of {len(scope.contests)})"
    return (scope.ensemble, named, its, lead_cell(found.lead), found.items, *p)


def _p_ahead(found: Finding) -> float:
    """Return the p of being ahead; what brings no evidence has 1, and belongs to the family."""
    return 1.0 if isinstance(found.lead, Unavailable) else found.lead.p_above(0.0)


def _p_behind(found: Finding) -> float:
    return 1.0 if isinstance(found.lead, Unavailable) else found.lead.p_below(0.0)


def setting_leads(settings: Sequence[tuple[str, Contest]]) -> Table:
    """Show leads over all but the chain setting by setting.

    Those that show nothing over the dense model or the best member are in a document only.
    """
    told, untold = list[tuple[Cell, ...]](), list[tuple[Cell, ...]]()
    for name, one in settings:
        scope = Scope((one,))
        for its in (DENSE, *scope.members, MEAN, BEST):
            lead = _found(scope, its).lead
            shows = its in (DENSE, BEST) and _shows(lead)
            row = (one.ensemble, one.benchmark, name, its, lead_cell(lead), one.items)
            (told if shows else untold).append(row)
    note = (
        f"shown where the interval over {DENSE} or {BEST} is all on one side of 0, {len(told)} of "
        f"{2 * len(settings)}; unadjusted: by chance alone up to a tenth are"
    )
    return Table(
        "setting_leads",
        "The vote by setting, where it differs: points, paired",
        _OF_SETTINGS,
        tuple(told),
        (note,),
        tuple(untold),
    )


def _shows(lead: Lead) -> bool:
    return not isinstance(lead, Unavailable) and not lead.low <= 0 <= lead.high
