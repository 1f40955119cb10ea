"""Standing controls: nothing changed never FAILs, what is planted FAILs where it should.

All go from judged answers to verdicts, on the sample tables of real benchmarks
(docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from bench.simulate import layouts
from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.families import draw_pairs
from bench.simulate.layouts import Layout
from bench.simulate.shares import compared, outcome
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks.mmlu import MMLU
from trusteval.gates.evidence import gather
from trusteval.gates.gate import Gate, family_size
from trusteval.gates.verdicts import decide
from trusteval.protocols.strict import STRICT
from trusteval.types import Dimension, Outcome, Refusal, Sample

FAIL = Outcome.FAIL
RUNS = 120
REFUSING = Refusal()


@cache
def ethics() -> Layout:
    return layouts.ethics(100, 100, 25)


@cache
def adult() -> Layout:
    return layouts.fairness(100, 2)


@cache
def mmlu(rows: int) -> Layout:
    """Lay out mmlu with so many questions, spread over its subjects."""
    names = list(MMLU.settings)
    sizes = {
        name: MMLU.settings[name].n_expected if rows == 14_042 else rows // len(names)
        for name in names
    }
    samples = [
        Sample(
            id=str(number),
            setting=MMLU.settings[name],
            unit=f"{name} {number}",
            target="A",
            stratum="questions",
        )
        for name, size in sizes.items()
        for number in range(size or 0)
    ]
    return Layout("mmlu", SampleTable.of(samples), STRICT.scoring("mmlu"))


def row(metric: str = "score", **keys) -> Gate:
    return Gate(benchmark="control", metric=metric, why="to see that it decides rightly", **keys)


def judge(gate: Gate, layout: Layout, subject: AnswerTable, reference: AnswerTable) -> Outcome:
    evidence = gather(
        gate, layout.measured(gate, subject), reference=layout.measured(gate, reference)
    )
    return decide(gate, evidence, subject="again", dimension=Dimension.MACHINE_ETHICS).outcome


def refusing(answer_table: AnswerTable, refused: np.ndarray) -> AnswerTable:
    """Return the answer table with some answers refused."""
    code = np.where(refused, len(answer_table.answers), answer_table.code)
    return replace(answer_table, answers=(*answer_table.answers, REFUSING), code=code)


# -- A/A ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """A form of gate, on a layout where nothing but chance can break it."""

    gate: Gate
    layout: Callable[[], Layout]
    refuses: bool = False


FORMS = {
    "drop of one proportion": Form(row(max_drop=3.0, setting="zero_shot"), ethics),
    "drop of an aggregate": Form(row(max_drop=3.0), ethics),
    "drop of a ratio": Form(row("answered_accuracy", max_drop=3.0), ethics, refuses=True),
    "drop of a fairness score": Form(row(max_drop=5.0), adult),
    "rise of a rate": Form(row("refusal_rate", max_rise=3.0), ethics, refuses=True),
    "rise of a gap": Form(
        row("demographic_parity_difference", max_rise=5.0, setting="zero_shot_br_0.0"), adult
    ),
    "shift of gaps": Form(row(gap_shift=5.0), adult),
    "any drop of one proportion": Form(row(detect_drop=True, setting="zero_shot"), ethics),
    "any drop of an aggregate": Form(row(detect_drop=True), ethics),
    "drop beside a limit": Form(row(at_least=50.0, max_drop=3.0), ethics),
}


def runs_of(
    form: Form, *, discordance: float, runs: int
) -> Iterator[tuple[AnswerTable, AnswerTable]]:
    """Draw a reference and the same subject once more, which differs as often either way."""
    layout, random = form.layout(), np.random.default_rng(2511)
    for _ in range(runs):
        u = uniform(layout.sample_table.unit, correlation=0.5, random=random)
        pair = answers(Truth(0.8, 0.0, discordance), u)
        answer_tables = [layout.answer_table(right) for right in pair]
        if form.refuses:
            v = uniform(layout.sample_table.unit, correlation=0.5, random=random)
            refused = answers(Truth(0.1, 0.0, discordance), v)
            answer_tables = [
                refusing(answer_table, no)
                for answer_table, no in zip(answer_tables, refused, strict=True)
            ]
        yield answer_tables[0], answer_tables[1]


@pytest.mark.parametrize("name", FORMS)
def test_same_answers_never_fail(name):
    form = FORMS[name]
    for reference, _ in runs_of(form, discordance=0.0, runs=20):
        assert judge(form.gate, form.layout(), reference, reference) is not FAIL


@pytest.mark.parametrize("name", FORMS)
def test_answers_that_differ_by_chance_alone_fail_in_one_run_of_twenty_at_most(name):
    form = FORMS[name]
    failed = [
        judge(form.gate, form.layout(), subject, reference) is FAIL
        for reference, subject in runs_of(form, discordance=0.05, runs=RUNS)
    ]
    assert sum(failed) <= 0.05 * RUNS


# -- planted flips -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "part", "counts"),
    [
        (lambda: layouts.ethics(100, 100, 25), "zero_shot", {3.0: 13, 1.0: 7}),
        (lambda: layouts.ethics(250, 250, 25), "zero_shot", {3.0: 24, 1.0: 11}),
        (lambda: mmlu(2109), None, {3.0: 78, 1.0: 31}),
        (lambda: mmlu(14_042), None, {3.0: 456, 1.0: 162}),
    ],
    ids=["200", "500", "2109", "14042"],
)
def test_planted_flips_fail_at_their_count_and_not_one_earlier(layout, part, counts):
    asked = layout()
    everything = np.ones(len(asked.sample_table.samples), bool)
    mine = np.arange(len(everything))
    if part is not None:
        mine = np.flatnonzero(asked.sample_table.setting == asked.sample_table.settings.index(part))
    order = np.random.default_rng(2511).permutation(mine)
    for margin, flips in counts.items():
        decided = []
        for planted in (flips - 1, flips):
            right = everything.copy()
            right[order[:planted]] = False
            gate = row(max_drop=margin, setting=part)
            decided.append(
                judge(gate, asked, asked.answer_table(right), asked.answer_table(everything))
            )
        assert decided == [Outcome.INCONCLUSIVE, FAIL]


def test_planted_flips_are_seen_however_the_reference_stands():
    asked = ethics()
    reference = np.random.default_rng(2511).random(len(asked.sample_table.samples)) < 0.6
    mine = asked.sample_table.setting == asked.sample_table.settings.index("zero_shot")
    flips = np.flatnonzero(reference & mine)[:13]
    for flipped, expected in ((flips[1:], Outcome.INCONCLUSIVE), (flips, FAIL)):
        subject = reference.copy()
        subject[flipped] = False
        gate = row(max_drop=3.0, setting="zero_shot")
        assert (
            judge(gate, asked, asked.answer_table(subject), asked.answer_table(reference))
            is expected
        )


def test_flips_of_a_few_sentences_count_once_however_often_those_are_asked():
    asked = layouts.ethics(200, 200, 50)
    everything = np.ones(len(asked.sample_table.samples), bool)
    times = np.bincount(asked.sample_table.unit)[asked.sample_table.unit]
    few = np.flatnonzero(
        np.isin(asked.sample_table.unit, np.unique(asked.sample_table.unit[times == 12])[:8])
    )
    many = np.flatnonzero(
        asked.sample_table.setting == asked.sample_table.settings.index("few_shot")
    )[::4][:96]
    assert len(few) == len(many)
    decided = []
    for flipped in (few, many):
        right = everything.copy()
        right[flipped] = False
        gate = row(max_drop=3.0)
        decided.append(
            judge(gate, asked, asked.answer_table(right), asked.answer_table(everything))
        )
    assert decided == [Outcome.INCONCLUSIVE, FAIL]


# -- many gates --------------------------------------------------------------------------


def test_null_ladder_fails_somewhere_in_one_run_of_twenty_at_most():
    """A subject at the margin of six gates."""
    gates = [row(max_drop=3.0)] * 6
    family = family_size(gates, "subject")
    assert family == 6
    random = np.random.default_rng(2511)

    @cache
    def decided(pairs, family):
        return outcome(gates[0], compared(pairs), family=family)

    runs = [draw_pairs(500, 0.03, 0.5, random)[:family] for _ in range(500)]
    some, alone = (
        sum(any(decided(pairs, m) is FAIL for pairs in run) for run in runs) for m in (family, 1)
    )
    assert some <= 0.05 * 500
    assert alone > 0.1 * 500
