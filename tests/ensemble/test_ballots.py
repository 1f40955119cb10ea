"""Ballots as numbers: every subset's vote is the vote's own, and what follows is counted right."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N
from tests.ensemble.panelled import panel_over, panels_over
from trusteval.answers.voting import vote
from trusteval.ensemble.ballots import NOBODY, ballots_of
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.reach import ceiling_sentence
from trusteval.ensemble.reasons import why
from trusteval.report.cells import number_of
from trusteval.tables import Cell, Spread, Table
from trusteval.types import Answer, Ballot, Label, Unavailable

NAMES = ("gptq-8", "gptq-4", "gptq-3", "gptq-2")
answers = st.sampled_from([RIGHT, WRONG, Label("C"), REFUSED, INVALID])
columns = st.lists(st.lists(answers, min_size=N, max_size=N), min_size=1, max_size=len(NAMES))


def table(said: dict[str, list[Answer]], name: str) -> Table:
    section = why(panels_over(said))
    (found,) = [one for one in section.tables if one.name == name]
    return found


def only_row(said: dict[str, list[Answer]], name: str) -> dict[str, Cell]:
    found = table(said, name)
    (row,) = found.rows
    return dict(zip([column.name for column in found.columns], row, strict=True))


def by_member(said: dict[str, list[Answer]]) -> dict[str, dict[str, Cell]]:
    found = table(said, "contributions")
    names = [column.name for column in found.columns]
    return {str(row[2]): dict(zip(names, row, strict=True)) for row in found.rows}


def elected(panel: Panel, members: list[int], row: int) -> Answer:
    cast = [
        Ballot(panel.members[place], panel.cast[place].answers[panel.cast[place].code[row]])
        for place in members
    ]
    return vote(cast, policy=panel.sample_table.samples[row].setting.refusal_policy).answer


@given(columns)
def test_every_subset_elects_what_the_vote_does(cast: list[list[Answer]]) -> None:
    panel = panel_over(dict(zip(NAMES, cast, strict=False)))
    ballots = ballots_of(panel)
    for size in range(1, ballots.n_members + 1):
        for members in map(list, combinations(range(ballots.n_members), size)):
            winners, right = ballots.winners(members), ballots.is_right(members)
            for row in range(0, N, 7):
                said = elected(panel, members, row)
                assert right[row] == (said == RIGHT)
                if winners[row] == NOBODY:
                    assert not isinstance(said, Label)
                else:
                    own = panel.cast[winners[row]]
                    assert own.answers[own.code[row]] == said


@given(columns)
def test_shapley_shares_are_those_of_all_orders_and_sum_to_the_vote(
    cast: list[list[Answer]],
) -> None:
    said = dict(zip(NAMES, cast, strict=False))
    found = by_member(said)
    ballots = ballots_of(panel_over(said))
    m = ballots.n_members
    orders = list(permutations(range(m)))
    for place, name in enumerate(NAMES[:m]):
        added = [
            ballots.is_right(sorted(order[: order.index(place) + 1])).mean()
            - ballots.is_right(sorted(order[: order.index(place)])).mean()
            for order in orders
        ]
        share = found[name]["Shapley"]
        assert number_of(share) == pytest.approx(100 * np.mean(added))
        if isinstance(share, Spread):
            assert share.low - 1e-9 <= share.value <= share.high + 1e-9
            assert share.low < share.high
    total = sum(number_of(one["Shapley"]) for one in found.values())
    assert total == pytest.approx(100 * ballots.is_right(list(range(m))).mean())


@given(columns)
def test_ceiling_is_never_below_vote_or_member(cast: list[list[Answer]]) -> None:
    row = only_row(dict(zip(NAMES, cast, strict=False)), "ceiling")
    ceiling, wrong, voted = row["ceiling"], row["all wrong"], row["vote"]
    assert isinstance(ceiling, Spread)
    assert isinstance(wrong, Spread)
    assert isinstance(voted, Spread)
    assert ceiling.value + 1e-9 >= max(voted.value, float(row["best member"]))  # type: ignore[arg-type]
    assert ceiling.value == pytest.approx(100 - 100 * wrong.value)
    assert wrong.value == pytest.approx(
        np.mean([all(a != RIGHT for a in item) for item in zip(*cast, strict=True)])
    )


def test_items_that_are_all_alike_tell_no_error() -> None:
    said = {"gptq-8": [RIGHT] * N, "gptq-4": [WRONG] * N, "gptq-3": [RIGHT] * N}
    shares = {name: row["Shapley"] for name, row in by_member(said).items()}
    assert shares == {
        "gptq-8": pytest.approx(500 / 6),
        "gptq-4": pytest.approx(-100 / 6),
        "gptq-3": pytest.approx(200 / 6),
    }
    assert only_row(said, "ceiling")["seen minus that"] == pytest.approx(0.0)
    assert table(said, "ceiling").notes[-1].startswith("A value without an interval: all items")


def test_who_decided_and_who_was_outvoted_is_counted() -> None:
    # 10 items: 8 bit stands alone, wrongly; 10: 8 bit breaks a tie, rightly; 40: all agree.
    said = {
        "gptq-8": [WRONG] * 10 + [RIGHT] * 10 + [RIGHT] * 40,
        "gptq-4": [RIGHT] * 10 + [WRONG] * 10 + [RIGHT] * 40,
        "gptq-3": [RIGHT] * 10 + [REFUSED] * 10 + [RIGHT] * 40,
    }
    found = by_member(said)
    eight, four, three = (found[name] for name in NAMES[:3])
    assert [one["broke ties"] for one in (eight, four, three)] == [10, 0, 0]
    assert [one["outvoted"] for one in (eight, four, three)] == [10, 10, 0]
    assert [one["outvoted, right"] for one in (eight, four, three)] == [0, 0, 0]
    # Without 4 bit, 8 bit breaks the tie of the first ten; without 8 bit, 4 bit alone is heard.
    assert [one["pivotal"] for one in (eight, four, three)] == [10, 10, 10]
    assert [one["pivotal, right"] for one in (eight, four, three)] == [10, 10, 10]


def test_dissent_that_was_right_is_counted() -> None:
    said = {"gptq-8": [RIGHT] * N, "gptq-4": [WRONG] * N, "gptq-3": [WRONG] * N}
    found = by_member(said)
    assert (found["gptq-8"]["outvoted"], found["gptq-8"]["outvoted, right"]) == (N, N)


def test_pairs_say_how_alike_and_what_is_undefined() -> None:
    said = {"gptq-8": [RIGHT] * 30 + [WRONG] * 30, "gptq-4": [RIGHT] * 30 + [Label("C")] * 30}
    row = only_row(said, "agreement")
    assert (row["both wrong"], row["with labels"]) == (30, 30)
    same, chance = row["the same wrong label"], row["by chance"]
    assert isinstance(same, Spread)
    assert (same.value, chance) == (0.0, pytest.approx(1 / 3))
    alike = only_row({"gptq-8": [RIGHT] * N, "gptq-4": [RIGHT] * N}, "agreement")
    why_not = "undefined: no rows on which both give a wrong label"
    assert alike["the same wrong label"] == Unavailable(why_not)
    assert alike["kappa"] == Unavailable("undefined: both columns have one code only, the same")


def test_outcomes_are_told_apart() -> None:
    said = {
        "gptq-8": [REFUSED] * 20 + [INVALID] * 10 + [RIGHT] * 30,
        "gptq-4": [REFUSED] * 10 + [WRONG] * 20 + [RIGHT] * 30,
    }
    found = {row[4]: row[5:] for row in table(said, "outcomes").rows}
    shares = {
        name: (round(60 * a), round(60 * b), round(60 * both.value))  # type: ignore[arg-type,union-attr]
        for name, (a, b, both, _) in found.items()
        if isinstance(both, Spread)
    }
    assert shares == {
        "correct": (30, 30, 30),
        "wrong": (0, 20, 0),
        "refused": (20, 10, 10),
        "invalid": (10, 0, 0),
    }


def test_headline_says_how_far_any_rule_could_get() -> None:
    said = {"gptq-8": [RIGHT] * 30 + [WRONG] * 30, "gptq-4": [WRONG] * 45 + [RIGHT] * 15}
    (panel,) = panels_over(said).panels
    told = ceiling_sentence([panel])
    assert told.startswith("All members are wrong on 25.0 % (")
    assert "of the 60 items" in told
    assert "is right on more than 75.0 %; the vote is on 50.0 %." in told
