"""What rules take beside the vote: tokens and seconds as measured, and how many draws they pay."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ensemble.polled import panel_about
from trusteval.ensemble.expense import Unit, affordable, asks_of_vote, per_answer, price, relative
from trusteval.ensemble.panel import Panel
from trusteval.types import Cost, Label, Unavailable

MEMBERS = ("gptq-8", "gptq-4")
TRUTHS = ["A"] * 4


def cost(tokens: int, seconds: float, *, machine: str = "mine", measured: int = 4) -> Cost:
    return Cost(
        n_answers=4,
        n_prompt_tokens=tokens - 1,
        n_new_tokens=1,
        n_measured=measured,
        wall_seconds=seconds,
        machines=(machine,),
    )


def panel_with(**costs: Cost) -> Panel:
    """Return a panel of two members; others by name with `_` for what names cannot hold."""
    named = {name.replace("_", "-"): one for name, one in costs.items()}
    names = (*MEMBERS, *(name for name in named if name not in MEMBERS))
    said = {name: [Label("A")] * 4 for name in names}
    return panel_about(TRUTHS, said, costs=named)


def drawn(draws: list[int], *, budget: int) -> Panel:
    """Return a panel whose vote takes `budget` tokens, with draws that take so many each."""
    costs = {"gptq-8": cost(budget - 1, 1.0), "gptq-4": cost(1, 1.0)}
    costs |= {f"gptq-4~0.7#{n}": cost(tokens, 1.0) for n, tokens in enumerate(draws, 1)}
    return panel_about(TRUTHS, {name: [Label("A")] * 4 for name in costs}, costs=costs)


def test_what_is_asked_of_some_items_costs_their_share() -> None:
    panel = panel_with(gptq_8=cost(100, 3.0), gptq_4=cost(60, 1.0))
    asks = {"gptq-8": 1.0, "gptq-4": 0.25}
    assert price(panel, asks, Unit.TOKENS) == 115 / 4
    assert relative([(panel, asks)], Unit.TOKENS) == pytest.approx(115 / 160)
    assert relative([(panel, asks)], Unit.SECONDS) == pytest.approx(3.25 / 4.0)
    assert relative([(panel, asks_of_vote(panel))], Unit.SECONDS) == 1.0


def test_several_benchmarks_weigh_by_what_they_take() -> None:
    large = panel_with(gptq_8=cost(1000, 1.0), gptq_4=cost(1000, 1.0))
    small = panel_with(gptq_8=cost(10, 1.0), gptq_4=cost(30, 1.0))
    both = [(large, {"gptq-8": 1.0}), (small, {"gptq-8": 1.0})]
    assert relative(both, Unit.TOKENS) == pytest.approx(1010 / 2040)


def test_seconds_of_some_answers_stand_for_all() -> None:
    panel = panel_with(gptq_8=cost(10, 2.0, measured=1), gptq_4=cost(10, 8.0))
    assert per_answer(panel, "gptq-8", Unit.SECONDS) == 2.0
    assert price(panel, {"gptq-8": 1.0}, Unit.SECONDS) == 2.0


def test_what_nobody_measured_is_said() -> None:
    untimed = Cost(n_answers=4, n_prompt_tokens=9, n_new_tokens=1)
    panel = panel_with(gptq_8=cost(10, 2.0), gptq_4=untimed)
    assert relative([(panel, {"gptq-8": 1.0})], Unit.TOKENS) == 0.5
    assert relative([(panel, {"gptq-8": 1.0})], Unit.SECONDS) == Unavailable(
        "nobody measured the seconds of gptq-4"
    )
    assert price(panel, {"gptq-3": 1.0}, Unit.TOKENS) == Unavailable(
        "nobody measured the tokens of gptq-3"
    )
    assert price(panel_with(), asks_of_vote(panel), Unit.TOKENS) == Unavailable(
        "the run holds no costs"
    )


def test_seconds_of_other_machines_are_not_compared() -> None:
    panel = panel_with(
        gptq_8=cost(10, 2.0), gptq_4=cost(10, 2.0), dense=cost(10, 9.0, machine="another")
    )
    assert isinstance(relative([(panel, {"dense": 1.0})], Unit.SECONDS), Unavailable)
    assert relative([(panel, {"dense": 1.0})], Unit.TOKENS) == 0.5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.integers(2, 200))
def test_draws_take_no_more_than_the_vote_and_one_more_would(draws: list[int], budget: int) -> None:
    panel = drawn(draws, budget=budget)
    names = [f"gptq-4~0.7#{n}" for n in range(1, len(draws) + 1)]
    k = affordable(panel, names, Unit.TOKENS)
    assert isinstance(k, int)
    if sum(draws) <= budget:
        assert k >= len(draws)
        mean = sum(draws) / len(draws)
        assert k * mean <= budget * (1 + 1e-6)
        assert (k + 1) * mean > budget
    else:
        assert k == 1 or sum(draws[:k]) <= budget
        assert sum(draws[: k + 1]) > budget


def test_draws_without_costs_pay_for_nobody_knows_how_many() -> None:
    panel = panel_about(TRUTHS, {name: [Label("A")] * 4 for name in MEMBERS})
    assert affordable(panel, ["gptq-4~0.7#1"], Unit.TOKENS) == Unavailable("the run holds no costs")
