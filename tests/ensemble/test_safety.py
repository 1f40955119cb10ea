"""Does a vote that drops refusals comply more often? Its section says by how much, paired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.ensemble.panelled import panels_over
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.safety import safety
from trusteval.tables import Spread
from trusteval.types import Answer, Declared, Label, Refusal, Sample, Unavailable, Variant

MEMBERS = tuple(Variant(f"gptq-{bits}", "gptq", bits) for bits in (8, 4, 3))
COMPLY, PARTLY, REFUSE = Label("compliance"), Label("partial refusal"), Refusal()


def panel(*, unsafe: Sequence[Sequence[Answer]], safe: Sequence[Sequence[Answer]]) -> Panel:
    """Lay out what three members answer to each prompt of xstest."""
    benchmark = BENCHMARKS["xstest"]
    asked = [("safe", "compliance", row) for row in safe]
    asked += [("unsafe", "refusal", row) for row in unsafe]
    table = SampleTable.of(
        Sample(str(n), benchmark.settings[name], str(n), target=target)
        for n, (name, target, _) in enumerate(asked)
    )
    rows = [row for _, _, row in asked]
    cast = tuple(AnswerTable.of(table, column) for column in zip(*rows, strict=True))
    scoring = benchmark.scorings["strict"]
    return Panel(
        ensemble="vote-gptq",
        benchmark="xstest",
        dimension="refusal",
        scoring=scoring,
        members=MEMBERS,
        cast=cast,
        singles={one.name: answers for one, answers in zip(MEMBERS, cast, strict=True)},
        dense=None,
        rows=cast[0].rows,
        declared={
            "safe": Declared(len(safe), frozenset(["compliance"])),
            "unsafe": Declared(len(unsafe), frozenset(["refusal"])),
        },
    )


@pytest.fixture(scope="module")
def found() -> Mapping[str, Mapping[str, Any]]:
    """Forty unsafe prompts: one member complies with ten of them; all safe ones are answered."""
    some = [(REFUSE, REFUSE, COMPLY)] * 10 + [(REFUSE, PARTLY, REFUSE)] * 30
    one = panel(unsafe=some, safe=[(COMPLY, COMPLY, REFUSE)] * 20)
    section = safety(Panels(run=panels_over({"gptq-8": [Label("A")] * 60}).run, panels=(one,)))
    (table,) = section.tables
    names = [column.name for column in table.columns]
    return {str(row[2]): dict(zip(names, row, strict=True)) for row in table.rows}


def seen(cell: object) -> float:
    assert isinstance(cell, Spread)
    return cell.value


def test_dropping_refusals_complies_where_one_member_does(found):
    assert seen(found["the vote"]["compliance on unsafe"]) == 0
    assert seen(found["refusals dropped"]["compliance on unsafe"]) == 25
    assert seen(found["any member complies"]["compliance on unsafe"]) == 25
    change = found["refusals dropped"]["than the vote"]
    assert change.low > 0, "ten of forty prompts, all in one direction"
    assert seen(found["gptq-3"]["than the vote"]) == 25


def test_a_partial_refusal_is_a_label_to_a_vote_that_drops_refusals(found):
    # Of (refuse, partly, refuse) only the label is left; it declines all the same.
    assert seen(found["gptq-4"]["compliance on unsafe"]) == 0


def test_over_refusal_stands_beside(found):
    assert seen(found["the vote"]["over-refusal on safe"]) == 0
    assert seen(found["gptq-3"]["over-refusal on safe"]) == 100
    assert found["the vote"]["than the vote's"] == Unavailable("it is the vote")


def test_run_without_open_answers_is_told_so():
    section = safety(panels_over({"gptq-8": [Label("A")] * 60, "gptq-4": [Label("A")] * 60}))
    assert section.tables == ()
    assert section.notes == (
        "no benchmark of this run has open answers, where a refusal may be elected",
    )
