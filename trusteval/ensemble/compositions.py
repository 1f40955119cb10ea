"""What members should differ in: votes of other bits, of other seeds and of other methods."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from trusteval.answers.table import AnswerTable
from trusteval.answers.voting import precedence
from trusteval.ensemble.contest import MEAN, VOTE, contest
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.scope import Scope
from trusteval.ensemble.who import score_cell
from trusteval.ensemble.wording import lead_cell
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Variant

BITS: Final = "bits"
SEEDS: Final = "seeds"
METHODS: Final = "methods"
ALL: Final = "all of it"
_COLUMNS = (
    Column("benchmark"),
    Column("differ in"),
    Column("members"),
    Column("score", Kind.POINTS),
    Column("over its mean member", Kind.CHANGE),
    Column("over its best member", Kind.CHANGE),
    Column("items", Kind.COUNT),
)
_NAMED_SEED = re.compile(r"@([0-9]{1,9})$")
Voters = Mapping[Variant, AnswerTable]


def composition_table(panels: Panels) -> Table:
    """Show votes of members that differ in one thing only, of all who vote in the run."""
    rows, seen = list[tuple[Cell, ...]](), set[str]()
    for benchmark in dict.fromkeys(panel.benchmark for panel in panels.panels):
        of_benchmark = [panel for panel in panels.panels if panel.benchmark == benchmark]
        for kind, voters in _groups(_voters(of_benchmark)):
            seen.add(kind)
            rows.append(_row(of_benchmark[0], kind, voters))
    lacking = [kind for kind in (BITS, SEEDS, METHODS) if kind not in seen]
    notes = [f"no two voters of this run differ in {kind} only: not compared" for kind in lacking]
    return Table(
        "compositions",
        "What the members differ in: points, paired",
        _COLUMNS,
        tuple(rows),
        (*notes, "a vote of two is the fallback chain of the two"),
    )


def _voters(panels: list[Panel]) -> dict[Variant, AnswerTable]:
    """Return all who vote on a benchmark; who answered it in another order stays out.

    So do draws at a temperature, which are alike in bits, seed and method.
    """
    table = panels[0].sample_table
    return {
        member: cast
        for panel in panels
        for member, cast in zip(panel.members, panel.cast, strict=True)
        if cast.sample_table is table and member.draw is None
    }


def _groups(voters: Voters) -> Iterator[tuple[str, Voters]]:
    """Yield voters that are alike in all but one thing."""
    alike: dict[tuple[str, Hashable], dict[Variant, AnswerTable]] = {}
    for one, cast in voters.items():
        seed = _seed(one)
        for kind, rest in (
            (BITS, (one.method, seed)),
            (SEEDS, (one.method, one.bits)),
            (METHODS, (one.bits, seed)),
        ):
            alike.setdefault((kind, rest), {})[one] = cast
    for (kind, _), several in alike.items():
        if len(several) > 1:
            yield kind, several
    if len({one.method for one in voters}) > 1 and len(voters) > 2:
        yield ALL, voters


def _seed(variant: Variant) -> int:
    """Return the seed that a variant was built with; of a checkpoint, what its name says."""
    told = _NAMED_SEED.search(variant.name)
    return variant.seed or (int(told[1]) if told else 0)


def _row(panel: Panel, kind: str, voters: Voters) -> tuple[Cell, ...]:
    members = tuple(sorted(voters, key=precedence))
    own = replace(panel, members=members, cast=tuple(voters[one] for one in members))
    scope = Scope(
        (contest(own, {VOTE: own.vote, **{name: own.singles[name] for name in own.names}}),)
    )
    score = score_cell(own.measure(own.vote))
    return (
        panel.benchmark,
        kind,
        " ".join(own.names),
        score.value if isinstance(score, Spread) else score,
        lead_cell(scope.lead(VOTE, MEAN).lead),
        lead_cell(scope.best().lead),
        len(own.rows),
    )
