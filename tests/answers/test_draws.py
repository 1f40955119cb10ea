"""Draws of a variant: their names, whose they are, and their place in a vote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.answers.voting import precedence, vote
from trusteval.tracking import columns
from trusteval.types import Ballot, Draw, Label, RefusalPolicy, Variant, draw_of

DENSE = Variant("dense", "dense", 16)
temperatures = st.integers(1, 99_9999).map(lambda parts: parts / 10_000)


@given(temperature=temperatures, number=st.integers(1, 10**9 - 1))
def test_name_tells_whose_draw_it_is_and_which(temperature: float, number: int) -> None:
    draw = Draw(temperature, number)
    drawn = DENSE.drawn(draw)
    assert draw_of(drawn.name) == ("dense", draw)
    assert drawn.undrawn == DENSE
    assert DENSE.undrawn == DENSE


@pytest.mark.parametrize(
    "name",
    ["dense", "gptq-4@1", "dense~0.7", "dense~0#1", "dense~0.7#0", "dense~0.7#1-3", "~0.7#1"],
)
def test_other_names_are_nobodys_draw(name: str) -> None:
    assert draw_of(name) is None


def test_greedy_comes_before_its_draws_and_these_stand_by_number() -> None:
    less = Variant("gptq-8", "gptq", 8)
    drawn = [DENSE.drawn(Draw(0.7, number)) for number in (10, 2, 1)]
    ranked = sorted([less, *drawn, DENSE], key=precedence)
    assert [one.name for one in ranked] == [
        "dense",
        "dense~0.7#1",
        "dense~0.7#2",
        "dense~0.7#10",
        "gptq-8",
    ]


def test_lowest_draw_breaks_a_tie() -> None:
    ballots = [
        Ballot(DENSE.drawn(Draw(0.7, number)), Label(said))
        for number, said in ((10, "A"), (2, "B"), (11, "A"), (3, "B"))
    ]
    decision = vote(ballots, policy=RefusalPolicy.DROP)
    assert (decision.answer, decision.tie_broken_by) == (Label("B"), "dense~0.7#2")


def test_recorded_members_keep_their_draws() -> None:
    members = (DENSE, DENSE.drawn(Draw(0.7, 2)), replace(DENSE, name="mine", bits=4))
    assert columns.members(columns.of_members(members)) == members
