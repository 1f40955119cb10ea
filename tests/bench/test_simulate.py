"""The simulation of gates: its shortcuts change nothing, and its model is as stated."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.simulate import layouts, sections
from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.layout import Layout
from bench.simulate.nights import Builds
from bench.simulate.proportions import row_of_drops
from bench.simulate.record import Record
from bench.simulate.sections import OF_ONE_PROPORTION, PROMISED, TABLES, expected_of
from bench.simulate.shares import FAMILY, Shares
from bench.simulate.shipped import score_row, shipped
from bench.simulate.tables import rewritten
from bench.simulate.weighed import Replies, Weighed, shares
from trusteval.benchmarks import BENCHMARKS
from trusteval.gates.evidence import gather
from trusteval.gates.gate import Gate
from trusteval.stats.counted import chance_of_fail, chance_of_pass
from trusteval.stats.losses import Losses
from trusteval.stats.paired import Pairs

ROOT = Path(__file__).parents[2]


def test_model_has_the_rates_and_the_correlation_it_states():
    units = np.repeat(np.arange(200_000), 2)
    random = np.random.default_rng(1)
    u = uniform(units, correlation=0.5, random=random)
    reference, subject = answers(Truth(0.8, 0.03, 0.10), u)
    change = reference.astype(float) - subject
    assert reference.mean() == pytest.approx(0.8, abs=0.005)
    assert change.mean() == pytest.approx(0.03, abs=0.002)
    assert np.abs(change).mean() == pytest.approx(0.10, abs=0.002)
    for values in (reference, subject, change):
        assert np.corrcoef(values[::2], values[1::2])[0, 1] == pytest.approx(0.5, abs=0.02)


def test_discordance_is_no_smaller_than_the_drop():
    truth = Truth(0.8, 0.06, 0.02)
    assert (truth.lost, truth.gained) == pytest.approx((0.06, 0.0))


def test_enumeration_through_the_gate_agrees_with_the_one_of_the_formulas():
    found = row_of_drops(200, 0.10, 3.0)
    at_limit = {"margin": 0.03, "discordance": 0.10, "n": 200, "drop": 0.03}
    beyond = {**at_limit, "drop": 0.06}
    assert found.at_limit.passed == pytest.approx(100 * chance_of_pass(**at_limit), abs=1e-4)
    assert found.at_limit.broken == pytest.approx(100 * chance_of_fail(**at_limit), abs=1e-4)
    assert found.worse.failed == pytest.approx(
        100 * chance_of_fail(**beyond, level=0.05 / FAMILY), abs=1e-4
    )


# -- layouts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "units"),
    [
        (layouts.advglue, {2: 130, 4: 39, 1: 24, 6: 20, 8: 5, 12: 2, 10: 1, 18: 2}),
        (layouts.mmlu, {1: 13_715, 2: 148, 3: 1, 4: 2, 6: 2, 8: 1}),
        (layouts.ethics, {2: 1709, 12: 400}),
        (layouts.ood, {2: 263, 14: 855, 22: 872}),
    ],
)
def test_layout_has_the_published_rows_and_as_many_of_every_unit(layout, units):
    sample_table = layout().sample_table
    known = BENCHMARKS[sample_table.samples[0].setting.benchmark].settings
    asked = Counter(sample.setting.name for sample in sample_table.samples)
    assert asked == {name: known[name].n_expected for name in asked}
    assert Counter(np.bincount(sample_table.unit).tolist()) == units


@pytest.mark.parametrize("benchmark", ["advglue", "ethics", "ood", "mmlu"])
def test_quick_layout_is_drawn_by_the_profile(benchmark):
    layout = layouts.quick(benchmark)
    assert layout.declared.keys() == set(layout.sample_table.settings)
    weight = np.bincount(layout.sample_table.unit, shares(score_row(benchmark, "quick"), layout))
    assert weight.sum() == pytest.approx(1)
    assert layout.name.startswith(f"{benchmark} quick, {len(layout.sample_table.samples):,} rows")


# -- evidence ------------------------------------------------------------------------------

GATES = [
    Gate("simulated", "score", "because", max_drop=3.0, at_least=50.0),
    Gate("simulated", "non_answer_rate", "because", at_most=20.0, max_rise=3.0),
]


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.metric)
@pytest.mark.parametrize(
    "layout",
    [
        lambda: layouts.ethics(40, 60, 10),
        lambda: layouts.ood(30, 20, 30),
        layouts.advglue,
        *(lambda name=name: layouts.quick(name) for name in ("advglue", "ethics", "mmlu")),
    ],
    ids=["ethics", "ood", "advglue", "advglue quick", "ethics quick", "mmlu quick"],
)
def test_weighed_evidence_is_what_a_gate_gathers(layout, gate):
    asked: Layout = layout()
    random = np.random.default_rng(2)
    weighed = Weighed(gate, asked)
    u, v = (uniform(asked.sample_table.unit, correlation=0.5, random=random) for _ in range(2))
    reference, subject = (
        Replies(right & ~refused, refused)
        for right, refused in zip(
            answers(Truth(0.7, 0.05, 0.10), u), answers(Truth(0.1, -0.05, 0.10), v), strict=True
        )
    )
    found = weighed.evidence(subject, reference)  # which compares the two itself
    gathered = gather(
        gate,
        asked.measured(gate, asked.answer_table(subject.right, refused=subject.refused)),
        reference=asked.measured(
            gate, asked.answer_table(reference.right, refused=reference.refused)
        ),
    )
    assert found.score.value == pytest.approx(gathered.score.value)
    assert found.comparison is not None
    assert gathered.comparison is not None
    ours, its = found.comparison.worse, gathered.comparison.worse
    assert isinstance(ours, Losses | Pairs)
    assert type(ours) is type(its)
    assert its is not None
    assert (ours.p_above(0.03), ours.high) == pytest.approx((its.p_above(0.03), its.high))


def test_weighed_evidence_that_is_not_what_a_gate_gathers_ends_the_simulation():
    weighed = Weighed(GATES[0], layouts.ethics(40, 60, 10))
    weighed.share = weighed.share * 0.9
    everything = Replies(np.ones(len(weighed.share), bool))
    with pytest.raises(AssertionError):
        weighed.evidence(everything, everything)


def test_builds_differ_from_the_reference_by_exactly_the_drop_that_is_set():
    asked = replace(score_row("mmlu", "full"), max_drop=2.0)
    builds = Builds(layouts.quick("ethics"), asked, 8, np.random.default_rng(3))
    drops = [builds.flipped(10.0) for _ in range(300)]
    mean = np.mean([builds.drop_of(right) for right in drops])
    assert mean == pytest.approx(10.0, abs=0.6)


def test_shipped_rows_are_those_of_the_file_that_is_shipped():
    assert {gate.benchmark for gate in shipped("quick")} >= {"ethics", "ood", "mmlu", "advglue"}
    assert all(gate.applies_to("gptq-4") for gate in shipped("full"))


# -- the record ----------------------------------------------------------------------------


def record() -> Record:
    return Record.of((ROOT / "bench/results/simulation.json").read_text(encoding="utf-8"))


def test_docs_show_the_recorded_simulation():
    docs = (ROOT / "docs/simulations.md").read_text(encoding="utf-8")
    assert rewritten(docs, record().tables.values()) == docs


def test_every_table_is_recorded():
    assert record().tables.keys() == TABLES.keys()


def test_recorded_simulation_is_near_the_figures_the_rules_were_chosen_by():
    one = record().tables["one"]
    assert isinstance(one, sections.Section)
    compared = [(row, was) for row in one.rows if (was := expected_of(row))]
    assert len(compared) == len(OF_ONE_PROPORTION)
    for row, was in compared:
        assert row.at_limit.passed == pytest.approx(was.false_pass, abs=0.06)
        assert row.at_limit.broken == pytest.approx(was.false_fail, abs=0.06)
        assert row.unchanged.passed == pytest.approx(was.passed_unchanged, abs=0.6)
        assert row.worse.broken == pytest.approx(was.failed_worse, abs=0.6)


def test_no_error_is_shown_to_be_more_than_is_promised():
    """Three standard errors: the largest of some two hundred rows is beyond two by chance."""

    def shown(shares: Shares, share: float) -> float:
        return share - 3 * shares.error(share)

    for section in (section for section in record().sections if section.most is not None):
        most_passed, most_failed = section.most
        assert section.most == PROMISED
        for row in section.rows:
            assert shown(row.at_limit, row.at_limit.passed) <= most_passed, row.what
            for one in (row.at_limit, row.unchanged):
                assert shown(one, one.broken) <= most_failed, row.what
                assert shown(one, one.failed) <= most_failed / FAMILY, row.what


def test_no_promise_of_a_subject_or_a_run_is_shown_to_be_broken():
    for listing in record().listings:
        for name, most in listing.most.items():
            error = 3 * (most * (100 - most) / listing.draws) ** 0.5
            assert max(listing.column(name)) <= most + error


def test_unchanged_subject_is_never_red_in_a_year_of_nights():
    year = record().tables["year"]
    assert isinstance(year, sections.Listing)
    quiet = [row for row in year.rows if row[1] == "nothing changes"]
    assert [row[2] for row in quiet] == [0.0, 0.0]
