"""Does it pay: every vote against whatever costs less, what its gain is made of, and the paper.

arXiv 2511.22483, sections IV-B and V, claims that it does; `trusteval.ensemble.claims` has the
claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.best_member import at
from trusteval.ensemble.claims import Claim, at_least_the_best, less_swing, lower_rates
from trusteval.ensemble.contest import Contest, Entrants, Lead, contest, entrants_of
from trusteval.ensemble.gain import gain_of
from trusteval.ensemble.lead_tables import benchmark_leads, dimension_leads, setting_leads
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.reach import ceiling_sentence
from trusteval.ensemble.scope import Finding, Scope
from trusteval.ensemble.swing import Swing, swing_of
from trusteval.ensemble.verdicts import sentences, verdict_table
from trusteval.ensemble.wording import lead_cell
from trusteval.tables import Cell, Column, Kind, Section, Table
from trusteval.types import Unavailable

_RATES = {"refusals": "refusal_rate", "non-answers": "non_answer_rate"}
_GAINS = (
    Column("ensemble"),
    Column("over"),
    Column("step"),
    Column("is"),
    Column("points", Kind.CHANGE),
    Column("items", Kind.COUNT),
)
_CLAIMS = (
    Column("ensemble"),
    Column("claim"),
    Column("points", Kind.CHANGE),
    Column("items", Kind.COUNT),
    Column("of", Kind.COUNT),
    Column("seen", Kind.COUNT),
    Column("shown", Kind.COUNT),
    Column("refuted", Kind.COUNT),
    Column("is"),
)
_SWINGS = (
    Column("ensemble"),
    Column("benchmark"),
    Column("members swing", Kind.POINTS),
    Column("votes swing", Kind.POINTS),
    Column("difference", Kind.CHANGE),
    Column("items", Kind.COUNT),
)


def does_it_pay(panels: Panels) -> Section:
    """Show of every ensemble whether its vote pays, and what the paper's claims come to."""
    entrants = {panel: entrants_of(panel) for panel in panels.panels}
    scopes = _scopes(panels, entrants)
    swings = {
        name: {panel.benchmark: swing_of(panel) for panel in panels.of(name)} for name in scopes
    }
    return Section(
        "pays",
        "Does it pay?",
        (
            verdict_table(scopes),
            _gain_table(scopes),
            _claim_table(panels, scopes, swings=swings, entrants=entrants),
            _swing_table(scopes, swings),
            dimension_leads(scopes),
            benchmark_leads(scopes),
            setting_leads([one for panel in panels.panels for one in _by_setting(panel, entrants)]),
        ),
        tuple(
            line
            for name, scope in scopes.items()
            for line in (*sentences(scope), ceiling_sentence(panels.of(name)))
        ),
    )


def leads(panels: Panels) -> Table:
    """Show every vote's leads by dimension, and nothing else of whether it pays."""
    return dimension_leads(_scopes(panels, {panel: entrants_of(panel) for panel in panels.panels}))


def _scopes(panels: Panels, entrants: Mapping[Panel, Entrants]) -> dict[str, Scope]:
    return {
        name: Scope(tuple(contest(panel, entrants[panel]) for panel in panels.of(name)))
        for name in panels.ensembles
    }


def _gain_table(scopes: Mapping[str, Scope]) -> Table:
    def rows() -> Iterator[tuple[Cell, ...]]:
        for scope in scopes.values():
            parts = {name.replace("_", " "): one for name, one in scope.dimensions.items()}
            if len(parts) > 1:
                parts[f"all {len(parts)} dimensions"] = scope
            for named, one in parts.items():
                gain = gain_of(one)
                for step, (ours, its) in gain.between.items():
                    found = gain[step]
                    cells = f"{ours} - {its}", lead_cell(found.lead), found.items
                    yield (scope.ensemble, named, step.value, *cells)

    return Table(
        "gains",
        "What the gain over the dense model is made of",
        _GAINS,
        tuple(rows()),
        (
            "gain = filtering + voting; filtering = quantization + filter; exactly, over the same "
            "items",
        ),
    )


def _to_count(panels: Sequence[Panel], metric: str) -> list[Panel]:
    """Keep the panels whose benchmark a rate does not mislead on."""
    return [panel for panel in panels if metric not in BENCHMARKS[panel.benchmark].unfit]


def _claim_table(
    panels: Panels,
    scopes: Mapping[str, Scope],
    *,
    swings: Mapping[str, Mapping[str, Swing | Unavailable]],
    entrants: Mapping[Panel, Entrants],
) -> Table:
    rows = list[tuple[Cell, ...]]()
    for name, scope in scopes.items():
        rates = {
            counted: Scope(tuple(contest(p, entrants[p], metric=metric) for p in known))
            for counted, metric in _RATES.items()
            if (known := _to_count(panels.of(name), metric))
        }
        claims = (at_least_the_best(scope), *lower_rates(rates), _calming(scope, swings[name]))
        rows += [_claim_row(name, one) for one in claims]
    return Table(
        "claims",
        "What the paper claims of a vote (arXiv 2511.22483)",
        _CLAIMS,
        tuple(rows),
        (
            "points: the vote minus its best member, the vote's rate minus the other's, the "
            "members' swing minus that of votes; mean over the dimensions",
            "seen, shown and refuted in as many of the dimensions",
            "as good as its best member: in most dimensions not behind it by a point; the others: "
            "shown or refuted by the mean over the dimensions; in a dimension: at 5 %, Holm over "
            "the dimensions",
            "where refusals are dropped a vote gives no answer only where no member gives one, so "
            "that fewer non-answers than its members is no finding; than the dense model is one",
        ),
    )


def _claim_row(ensemble: str, claim: Claim) -> tuple[Cell, ...]:
    counts = claim.dimensions, claim.seen, claim.shown, claim.refuted
    found = claim.found
    cells = lead_cell(found.lead), found.items, *counts, claim.standing.value
    return (ensemble, claim.claim, *cells)


def _calming(scope: Scope, swings: Mapping[str, Swing | Unavailable]) -> Claim:
    def asked(one: Contest) -> Lead:
        swing = swings[one.benchmark]
        return swing if isinstance(swing, Unavailable) else swing.calming

    by_dimension: dict[str, Finding] = {
        name: one.find(asked) for name, one in scope.dimensions.items()
    }
    return less_swing(scope.find(asked), by_dimension)


def _swing_table(
    scopes: Mapping[str, Scope], swings: Mapping[str, Mapping[str, Swing | Unavailable]]
) -> Table:
    rows = [
        (name, one.benchmark, *_swing_cells(swings[name][one.benchmark]), one.items)
        for name, scope in scopes.items()
        for one in scope.contests
    ]
    return Table(
        "swings",
        "How far the score swings with the choice of precisions",
        _SWINGS,
        tuple(rows),
        (
            "members swing: mean difference, without its sign, between two members; votes swing: "
            "the same between two votes over all members but one; either is lifted by noise, which "
            "the interval of their difference allows for",
            "a vote over two members is the fallback chain of these two: with three members the "
            "swing of votes says little of voting",
        ),
    )


def _swing_cells(swing: Swing | Unavailable) -> Sequence[Cell]:
    if isinstance(swing, Unavailable):
        return (swing, swing, swing)
    return (100 * swing.members, 100 * swing.votes, lead_cell(swing.calming))


def _by_setting(panel: Panel, entrants: Mapping[Panel, Entrants]) -> Iterator[tuple[str, Contest]]:
    answering = entrants[panel]
    for name, part in panel.scored(panel.vote).by_setting().items():
        yield name, contest(at(panel, part.rows), answering)
