"""The simulation of gates: its shortcuts change nothing, and its model is as stated."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.simulate import layouts
from bench.simulate.answers import Truth, answers, uniform
from bench.simulate.proportions import row_of_drops
from bench.simulate.record import Record
from bench.simulate.sections import OF_ONE_PROPORTION, expected_of
from bench.simulate.shares import FAMILY, Shares
from bench.simulate.tables import ladder_table, table
from trusteval.gates import Gate
from trusteval.gathering import gather
from trusteval.stats.clusters import estimate_difference, estimate_score
from trusteval.stats.losses import Losses
from trusteval.stats.power import chance_of_fail, chance_of_pass

ROOT = Path(__file__).parents[1]


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
    assert found.at_limit.failed == pytest.approx(100 * chance_of_fail(**at_limit), abs=1e-4)
    assert found.worse.failed_of_many == pytest.approx(
        100 * chance_of_fail(**beyond, level=0.05 / FAMILY), abs=1e-4
    )


@pytest.mark.parametrize(
    "layout", [layouts.ethics(40, 60, 10), layouts.ood(30, 20, 30)], ids=["ethics", "ood"]
)
def test_cells_filled_anew_are_those_that_a_gate_gathers(layout):
    random = np.random.default_rng(2)
    u = uniform(layout.roll.unit, correlation=0.5, random=random)
    reference, subject = answers(Truth(0.7, 0.05, 0.10), u)
    placed = layout.placed_cells()
    gathered = gather(
        Gate("simulated", "score", "because", max_drop=3.0),
        layout.sheet(subject),
        scoring=layout.scoring,
        declared=layout.declared,
        reference=layout.sheet(reference),
    )
    right, change = subject.astype(float), reference.astype(float) - subject
    assert gathered.estimate == estimate_score([one.holding(right) for one in placed])
    assert gathered.comparison is not None
    worse, expected = (
        gathered.comparison.worse,
        estimate_difference([one.holding(change) for one in placed]),
    )
    assert isinstance(worse, Losses)
    assert (worse.low, worse.value, worse.high) == (expected.low, expected.value, expected.high)


def test_docs_show_the_recorded_simulation():
    record = Record.of((ROOT / "bench/results/simulation.json").read_text(encoding="utf-8"))
    docs = (ROOT / "docs/simulations.md").read_text(encoding="utf-8")
    for shown in (*map(table, record.sections), ladder_table(record.families)):
        assert shown in docs


def test_recorded_simulation_is_near_the_figures_the_rules_were_chosen_by():
    record = Record.of((ROOT / "bench/results/simulation.json").read_text(encoding="utf-8"))
    rows = [row for section in record.sections[:1] for row in section.rows]
    compared = [(row, was) for row in rows if (was := expected_of(row))]
    assert len(compared) == len(OF_ONE_PROPORTION)
    for row, was in compared:
        assert row.at_limit.passed == pytest.approx(was.false_pass, abs=0.06)
        assert row.at_limit.failed == pytest.approx(was.false_fail, abs=0.06)
        assert row.unchanged.passed == pytest.approx(was.passed_unchanged, abs=0.6)
        assert row.worse.failed == pytest.approx(was.failed_worse, abs=0.6)


def test_no_error_is_shown_to_be_a_point_beyond_what_was_expected():
    record = Record.of((ROOT / "bench/results/simulation.json").read_text(encoding="utf-8"))

    def shown(shares: Shares, share: float) -> float:
        return share - 2 * shares.error(share)

    for section in (section for section in record.sections if section.most is not None):
        most_passed, most_failed = section.most
        for row in section.rows:
            assert shown(row.at_limit, row.at_limit.passed) <= most_passed + 1
            for shares in (row.at_limit, row.unchanged):
                assert shown(shares, shares.failed) <= most_failed + 1
    assert all(ladder.failed <= 5 for ladder in record.families)
