"""What samples can show: scipy's enumeration, laws, and simulated gates on several layouts."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multinomial

from bench.simulate.answers import Flags, Truth, answers, uniform
from bench.simulate.layouts import Layout, ethics, fairness, ood
from tests.builders import setting
from trusteval.answers.table import SampleTable
from trusteval.gates.aims import Asked
from trusteval.gates.evidence import gather
from trusteval.gates.figures import Figures
from trusteval.gates.gate import Gate
from trusteval.gates.planning import plan
from trusteval.gates.verdicts import decide
from trusteval.metrics.scoring import Scoring, Subscore, over
from trusteval.run.subjects import parse_variants
from trusteval.stats.clusters import Cell
from trusteval.stats.counted import chance_of_fail, chance_of_pass
from trusteval.stats.item_weights import Weights
from trusteval.stats.paired import Pairs
from trusteval.stats.power import growth_for, largest_passing, smallest_limit, smallest_margin
from trusteval.stats.prospects import Drop, Share
from trusteval.types import Dimension, Outcome, Sample, Undecided

FAMILY = 8
RIGHT = 0.8

# -- counted -----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [20, 200, 2109])
def test_smallest_margin_is_the_upper_bound_of_identical_answers(n):
    assert smallest_margin(n) == pytest.approx(Pairs(0, 0, n).high, abs=1e-9)
    assert smallest_margin(n) == pytest.approx(2.71 / (n + 2.71), rel=2e-3)


def chances_of_scipy(n, discordance, drop, decides):
    """Enumerate every pair of counts with scipy's multinomial."""
    lost, gained = (discordance + drop) / 2, (discordance - drop) / 2
    counts = [(b, c) for b in range(n + 1) for c in range(n + 1 - b) if decides(Pairs(b, c, n))]
    table = np.array([[b, c, n - b - c] for b, c in counts])
    return multinomial.pmf(table, n, [lost, gained, 1 - lost - gained]).sum()


@pytest.mark.parametrize(("discordance", "drop"), [(0.1, 0.0), (0.2, 0.05), (0.05, 0.05)])
def test_chances_are_those_of_the_multinomial(discordance, drop):
    asked = {"margin": 0.1, "discordance": discordance, "n": 40, "drop": drop}
    passing = chances_of_scipy(40, discordance, drop, lambda pairs: pairs.high <= 0.1)
    failing = chances_of_scipy(40, discordance, drop, lambda pairs: pairs.p_above(0.1) <= 0.05)
    assert chance_of_pass(**asked) == pytest.approx(passing, abs=1e-9)
    assert chance_of_fail(**asked) == pytest.approx(failing, abs=1e-9)


@pytest.mark.parametrize(
    ("discordance", "margin", "n", "percent"),
    [(0.02, 0.01, 200, 22), (0.02, 0.01, 500, 44), (0.05, 0.03, 50, 12), (0.05, 0.03, 200, 54)],
)
def test_chance_to_pass_without_a_drop_is_that_of_the_documentation(
    discordance, margin, n, percent
):
    chance = chance_of_pass(margin=margin, discordance=discordance, n=n)
    assert 100 * chance == pytest.approx(percent, abs=0.6)


@pytest.mark.parametrize(
    ("discordance", "n", "percent"),
    [(0.05, 50, 1.3), (0.05, 200, 4.3), (0.05, 500, 4.8), (0.10, 200, 4.9), (0.20, 50, 4.8)],
)
def test_false_passes_at_the_margin_are_those_of_the_documentation(discordance, n, percent):
    chance = chance_of_pass(margin=0.03, discordance=discordance, n=n, drop=0.03)
    assert 100 * chance == pytest.approx(percent, abs=0.06)


@pytest.mark.parametrize(
    ("discordance", "n", "percent"),
    [(0.05, 50, 0.3), (0.05, 200, 2.0), (0.05, 500, 3.4), (0.10, 200, 3.8), (0.20, 50, 3.5)],
)
def test_false_fails_at_the_margin_are_those_of_the_documentation(discordance, n, percent):
    chance = chance_of_fail(margin=0.03, discordance=discordance, n=n, drop=0.03)
    assert 100 * chance == pytest.approx(percent, abs=0.06)


def test_identical_answers_always_pass_a_margin_above_the_smallest_and_never_one_below():
    margin = smallest_margin(200)
    assert chance_of_pass(margin=margin + 1e-6, discordance=0.0, n=200) == 1.0
    assert chance_of_pass(margin=margin - 1e-6, discordance=0.0, n=200) == 0.0


def test_drop_larger_than_the_discordance_is_impossible():
    with pytest.raises(ValueError, match=r"\|drop\| <= discordance <= 1, got 0.1 and 0.05"):
        chance_of_pass(margin=0.1, discordance=0.05, n=50, drop=0.1)


# -- laws --------------------------------------------------------------------------------


def weights(items: int, settings: int = 1) -> Weights:
    """Weigh the same items in several settings, each setting alike."""
    units = np.arange(items)
    one = Cell(1 / settings, np.zeros(items), units, np.zeros(items, np.int64))
    return Weights.of([one] * settings)


def test_weights_of_even_items_are_one_proportion():
    even = weights(200)
    assert even.is_one
    assert (even.effective, even.typical, even.heavy) == pytest.approx((200, 1 / 200, 1 / 200))
    assert even.variance == pytest.approx(1 / 200)


def test_settings_of_the_same_items_help_half_as_much_as_other_items_would():
    # Correlation 1/2: of four settings the variance is 1 / N * (1/2 * 1/4 + 1/2).
    shared = weights(500, settings=4)
    assert not shared.is_one
    assert shared.effective == pytest.approx(500)
    assert shared.variance == pytest.approx((0.5 / 4 + 0.5) / 500)


@pytest.mark.parametrize("items", [200, 2109, 14_042])
def test_margin_that_no_change_passes_takes_2_49_standard_errors(items):
    found = smallest_limit(Drop(weights(items, settings=2), 0.10))
    error = sqrt(0.10 * (0.5 / 2 + 0.5) / items)
    assert found == pytest.approx(2.49 * error, rel=0.2 if items < 500 else 0.05)


prospects = st.builds(
    lambda items, settings, discordance: Drop(weights(items, settings), discordance),
    st.integers(20, 2000),
    st.integers(1, 5),
    st.floats(0.02, 0.3),
)


@given(prospects, st.floats(0.02, 0.2), st.floats(0.02, 0.2))
def test_larger_margins_pass_more_and_fail_less(prospect, one, other):
    low, high = sorted((one, other))
    assert prospect.passes(low, 0.0) <= prospect.passes(high, 0.0) + 1e-9
    at = {"truth": 0.2, "level": 0.01}
    assert prospect.fails(high, **at) <= prospect.fails(low, **at) + 1e-9


@given(prospects, st.floats(0.02, 0.2), st.floats(0.001, 0.05), st.floats(0.001, 0.05))
def test_fail_at_a_stricter_level_is_rarer_than_red(prospect, limit, one, other):
    strict, loose = sorted((one, other))
    found = [prospect.fails(limit, 2 * limit, level=level) for level in (strict, loose)]
    assert 0 <= found[0] <= found[1] + 1e-9 <= 1 + 2e-9


@given(prospects, st.floats(0.03, 0.2))
def test_rows_needed_are_those_that_give_the_power(prospect, limit):
    growth = growth_for(lambda grown: grown.passes(limit, 0.0), prospect)
    if not prospect.weights.is_one:  # whole counts jump
        assert prospect.grown(growth).passes(limit, 0.0) >= 0.8
        assert prospect.grown(growth * 0.98).passes(limit, 0.0) < 0.8


def test_no_rate_at_all_passes_a_limit_that_no_answers_reach():
    share = Share(weights(50))
    assert share.floor == pytest.approx(1 - 0.05 ** (1 / 50))
    assert largest_passing(share, share.floor - 1e-6) is None
    assert share.passes(share.floor + 1e-6, 0.0) == 1.0


def test_half_the_rate_allowed_passes_in_so_many_runs_as_the_binomial_says():
    from scipy.stats import binom

    from trusteval.stats.proportion import Proportion

    allowed = max(x for x in range(200) if Proportion(x, 200).high <= 0.2)
    assert Share(weights(200)).passes(0.2, 0.1) == pytest.approx(binom.cdf(allowed, 200, 0.1))
    broken = min(x for x in range(200) if Proportion(x, 200).p_above(0.2) <= 0.01)
    assert Share(weights(200)).fails(0.2, 0.3, level=0.01) == pytest.approx(
        binom.sf(broken - 1, 200, 0.3)
    )


# -- against simulated gates -------------------------------------------------------------

DRAWS = 200
Called = Callable[[np.random.Generator, float], tuple[Flags, Flags]]


def one_setting(items: int) -> Layout:
    asked = setting("one")
    samples = [Sample(id=str(i), setting=asked, unit=str(i), target="yes") for i in range(items)]
    scoring = Scoring({"all": Subscore(over(["one"], "accuracy"))}, shown={"accuracy": "accuracy"})
    return Layout(f"{items} items", SampleTable.of(samples), scoring)


def uneven(items: int) -> Layout:
    """Ask every tenth item under nine attacks, as AdvGLUE asks some texts."""
    asked = setting("one")
    samples = [
        Sample(id=f"{i} {attack}", setting=asked, unit=str(i), target="yes")
        for i in range(items)
        for attack in range(9 if i % 10 == 0 else 1)
    ]
    scoring = Scoring({"all": Subscore(over(["one"], "accuracy"))}, shown={"accuracy": "accuracy"})
    return Layout(f"{items} uneven items", SampleTable.of(samples), scoring)


def foreseen(gate: Gate, layout: Layout, discordance: float) -> Figures:
    (four,) = parse_variants("gptq-4")
    (line,) = plan(
        [gate],
        [four],
        asked={"bench": Asked(layout.sample_table, layout.scoring, layout.declared)},
        known={("gptq-4", "bench"): discordance},
        families={"gptq-4": FAMILY},
    )
    assert line.figures is not None
    return line.figures


def simulated(gate: Gate, layout: Layout, called: Called, truth: float) -> tuple[float, ...]:
    """Return the percentages of PASS, FAIL and red among decided gates."""
    random = np.random.default_rng(2511)
    passed = failed = red = 0
    for _ in range(DRAWS):
        reference, subject = (
            layout.measured(gate, layout.answer_table(right)) for right in called(random, truth)
        )
        evidence = gather(gate, subject, reference=reference if gate.is_relative else None)
        verdict = decide(gate, evidence, subject="gptq-4", dimension=Dimension.MMLU, family=FAMILY)
        passed += verdict.outcome is Outcome.PASS
        failed += verdict.outcome is Outcome.FAIL
        red += verdict.outcome is Outcome.FAIL or verdict.undecided is Undecided.SUSPECT
    return tuple(100 * times / DRAWS for times in (passed, failed, red))


@pytest.mark.parametrize(
    ("layout", "margin", "discordance"),
    [
        (one_setting(100), 8.0, 0.10),
        (one_setting(500), 4.0, 0.20),
        (uneven(120), 12.0, 0.10),
        (ethics(93, 107, 30), 8.0, 0.10),
        (ood(20, 30, 20), 15.0, 0.20),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_planned_chances_of_a_drop_are_those_of_simulated_gates(layout, margin, discordance):
    gate = Gate("bench", "score", "because", max_drop=margin)

    def called(random, truth):
        u = uniform(layout.sample_table.unit, correlation=0.5, random=random)
        return answers(Truth(RIGHT, truth, discordance), u)

    found = foreseen(gate, layout, discordance)
    passed, _, _ = simulated(gate, layout, called, 0.0)
    _, failed, red = simulated(gate, layout, called, 2 * margin / 100)
    # 200 draws of 50 % err by 3.5; the formulas by about five.
    assert (found.unchanged, found.fails, found.red) == pytest.approx((passed, failed, red), abs=9)


@pytest.mark.parametrize("layout", [one_setting(200), ethics(93, 107, 30)])
def test_planned_chances_of_a_score_are_those_of_simulated_gates(layout):
    gate = Gate("bench", "score", "because", at_least=90.0)

    def called(random, truth):
        right = uniform(layout.sample_table.unit, correlation=0.5, random=random) < 1 - truth
        return right, right

    found = foreseen(gate, layout, 0.1)
    assert found.decided is not None
    passed, _, _ = simulated(gate, layout, called, 1 - found.decided / 100)
    _, failed, red = simulated(gate, layout, called, 0.2)
    assert (80.0, found.fails, found.red) == pytest.approx((passed, failed, red), abs=9)


@pytest.mark.parametrize(
    ("layout", "metric", "key", "limit"),
    [
        (fairness(100, 3), "demographic_parity_difference", "gap_shift", 8.0),
        (fairness(500, 1), "equalized_odds_difference", "gap_shift", 10.0),
        (fairness(100, 3), "score", "gap_shift", 12.0),
        (fairness(500, 1), "demographic_parity_difference", "at_most", 10.0),
        (fairness(500, 1), "score", "max_drop", 5.0),
    ],
)
def test_planned_chances_of_a_gap_are_those_of_simulated_gates(layout, metric, key, limit):
    gate = Gate("bench", metric, "because", **{key: limit})
    samples = layout.sample_table.samples
    women = np.array([sample.group == "Female" for sample in samples])
    yes = np.array([sample.target == "yes" for sample in samples])

    def called(random, truth):
        u = uniform(layout.sample_table.unit, correlation=0.5, random=random)
        apart = np.where(women, truth / 2, -truth / 2)
        both = answers(Truth(np.where(yes, 0.7, 0.3), apart, 0.1), u)
        return both[0] == yes, both[1] == yes

    found = foreseen(gate, layout, 0.1)
    passed, _, _ = simulated(gate, layout, called, 0.0)
    _, failed, red = simulated(gate, layout, called, 2 * limit / 100)
    # Rougher than those of drops: which way a gap seems to go is itself a matter of chance.
    if found.unchanged is not None:
        assert found.unchanged == pytest.approx(passed, abs=15)
    assert (found.fails, found.red) == pytest.approx((failed, red), abs=15)


@pytest.mark.parametrize("margin", [0.3, 0.9, 1.0])
def test_no_row_decides_nothing_and_one_row_is_planned_for(margin: float) -> None:
    assert chance_of_pass(margin=margin, discordance=0.2, n=0) == 0.0
    assert chance_of_fail(margin=margin, discordance=0.2, n=0, drop=0.1) == 0.0
    # A margin that hardly any row can break: fewer rows than one are never needed.
    needed = growth_for(lambda grown: grown.passes(margin, 0.0), Drop(weights(36), 0.1))
    assert 0 < needed < inf
