"""Rules that learn from members' ballots: whom they trust, and what they may have looked at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, N
from tests.ensemble.polled import answers_in, panel_about
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.learned import (
    MOST_ROWS,
    by_accuracy,
    by_dawid_skene,
    by_joint_table,
    by_surprise,
    weights_of,
)
from trusteval.ensemble.poll import Decided, Poll
from trusteval.types import Answer, Label, Unavailable

Rule = Callable[[Poll], Decided | Unavailable]
SEED = 0
MEMBERS = ("gptq-8", "gptq-4", "gptq-3")
LETTERS = "ABCD"
STYLE = "shake_p0"
NEXT = dict(zip(LETTERS, "BCDA", strict=True))
truths = st.lists(st.sampled_from(LETTERS), min_size=N, max_size=N)
column = st.lists(st.sampled_from([*map(Label, LETTERS), REFUSED, INVALID]), min_size=N, max_size=N)
casts = st.fixed_dictionaries(dict.fromkeys(MEMBERS, column))
few = st.fixed_dictionaries(
    dict.fromkeys(
        MEMBERS,
        st.lists(st.sampled_from([Label("A"), Label("B"), REFUSED]), min_size=N, max_size=N),
    )
)
"""So few different answers that combinations of them occur in both halves."""
MIXED: list[str] = [LETTERS[place * 7 % 4] for place in range(N)]
RIGHT = [Label(letter) for letter in MIXED]
WRONG = [Label(NEXT[letter]) for letter in MIXED]


def poll_of(
    truth: Sequence[str], said: Mapping[str, Sequence[Answer]], *, setting: str = ""
) -> Poll:
    asked = [BENCHMARKS["ood"].setting(setting)] * len(truth) if setting else ()
    return Poll.of(panel_about(truth, said, asked=asked), seed=SEED)


def decided(rule: Rule, poll: Poll) -> list[Answer]:
    found = rule(poll)
    assert isinstance(found, Decided)
    return answers_in(found.answers)


def seconds(poll: Poll, values: Sequence[Answer], others: Sequence[Answer]) -> list[Answer]:
    """Return values on the second half of the units, others on the first."""
    return [v if second else o for v, o, second in zip(values, others, poll.second, strict=True)]


def test_member_that_is_always_right_outweighs_two_that_agree_on_what_is_wrong() -> None:
    poll = poll_of(MIXED, {"gptq-8": WRONG, "gptq-4": WRONG, "gptq-3": RIGHT})
    assert answers_in(poll.panel.vote) == WRONG
    assert decided(by_accuracy, poll) == RIGHT
    (found,) = weights_of(poll)
    for weights in (found.on_first, found.on_second):
        assert weights is not None
        assert weights[0] == weights[1] < 0 < weights[2]


def test_weights_that_hold_on_one_half_only_lose_all_of_the_other() -> None:
    plain = poll_of(MIXED, dict.fromkeys(MEMBERS, RIGHT))
    early = seconds(plain, WRONG, RIGHT)
    late = seconds(plain, RIGHT, WRONG)
    poll = poll_of(MIXED, {"gptq-8": late, "gptq-4": late, "gptq-3": early})
    assert answers_in(poll.panel.vote) == late
    assert decided(by_accuracy, poll) == WRONG


def test_members_that_guess_weigh_nothing_and_leave_all_to_the_highest_precision() -> None:
    plain = poll_of(["D"] * 56, {name: [Label("A")] * 56 for name in MEMBERS})
    turn = np.where(plain.second, np.cumsum(plain.second), np.cumsum(~plain.second))
    guessed = [Label("D") if place % 4 == 0 else Label("A") for place in turn.tolist()]
    other = [Label("D") if place % 4 == 1 else Label("B") for place in turn.tolist()]
    poll = poll_of(["D"] * 56, {"gptq-8": other, "gptq-4": guessed, "gptq-3": guessed})
    assert sum(answer == Label("D") for answer in guessed) == 14
    assert answers_in(poll.panel.vote) == guessed
    assert decided(by_accuracy, poll) == other


@settings(max_examples=15, deadline=None)
@given(truths, column)
def test_three_copies_of_a_member_decide_as_it_does(truth: list[str], said: list[Answer]) -> None:
    poll = poll_of(truth, dict.fromkeys(MEMBERS, said))
    for rule in (by_accuracy, by_surprise, by_dawid_skene):
        assert decided(rule, poll) == said


@pytest.mark.parametrize("rule", [by_accuracy, by_joint_table])
@settings(max_examples=25, deadline=None)
@given(truth=truths, other=truths, cast=few)
def test_no_decision_looks_at_the_truths_of_its_own_half(
    rule: Rule, truth: list[str], other: list[str], cast: dict[str, list[Answer]]
) -> None:
    poll = poll_of(truth, cast)
    assume(isinstance(rule(poll), Decided))
    changed = [o if second else t for t, o, second in zip(truth, other, poll.second, strict=True)]
    before, after = decided(rule, poll), decided(rule, poll_of(changed, cast))
    second = np.flatnonzero(poll.second).tolist()
    assert [before[row] for row in second] == [after[row] for row in second]


@settings(max_examples=25, deadline=None)
@given(truths, casts)
def test_weighted_votes_pick_what_some_member_said(
    truth: list[str], cast: dict[str, list[Answer]]
) -> None:
    poll = poll_of(truth, cast)
    for rule in (by_accuracy, by_surprise):
        for row, answer in enumerate(decided(rule, poll)):
            assert answer in [said[row] for said in cast.values()]


@pytest.mark.parametrize("setting", ["qa_2020", "qa_2023"], ids=["refusals dropped", "kept"])
@settings(max_examples=25, deadline=None)
@given(said=st.lists(st.sampled_from([Label("0"), Label("1"), REFUSED, INVALID]), min_size=3))
def test_what_equal_weights_elect_is_the_vote(setting: str, said: list[Answer]) -> None:
    rows = len(said) // 3
    cast = {name: said[place * rows :][:rows] for place, name in enumerate(MEMBERS)}
    poll = poll_of(["0"] * rows, cast, setting=setting)
    everywhere = np.ones(rows, np.bool_)
    found = poll.decided(poll.elected, everywhere)
    assert answers_in(found.answers) == answers_in(poll.panel.vote)
    assert found.share == 1.0


def test_weights_are_learned_for_each_number_of_labels_apart() -> None:
    style, knowledge = (BENCHMARKS["ood"].setting(name) for name in (STYLE, "qa_2020"))
    assert (len(style.labels), len(knowledge.labels)) == (2, 4)
    first, second = (label.value for label in style.labels)
    asked = [style] * N + [knowledge] * N
    truth = [first] * N + ["0"] * N
    sentiment, digits = (
        ([Label(first)] * N, [Label(second)] * N),
        ([Label("0")] * N, [Label("1")] * N),
    )
    panel = panel_about(
        truth,
        {
            "gptq-8": sentiment[0] + digits[1],
            "gptq-4": sentiment[1] + digits[1],
            "gptq-3": sentiment[1] + digits[0],
        },
        asked=asked,
    )
    poll = Poll.of(panel, seed=SEED)
    assert [(found.n_labels, found.items) for found in weights_of(poll)] == [(2, N), (4, N)]
    assert decided(by_accuracy, poll) == [Label(one) for one in truth]


# -- the joint table -----------------------------------------------------------------------


def test_joint_table_gives_a_label_that_nobody_said_where_it_is_the_truth() -> None:
    poll = poll_of(["D"] * N, dict.fromkeys(MEMBERS, [Label("A")] * N))
    assert decided(by_joint_table, poll) == [Label("D")] * N


def test_combination_that_the_other_half_lacks_has_the_votes_answer() -> None:
    odd: list[Answer] = [Label("B"), *[Label("A")] * (N - 1)]
    poll = poll_of(["D"] * N, {"gptq-8": odd, "gptq-4": odd, "gptq-3": odd})
    found = by_joint_table(poll)
    assert isinstance(found, Decided)
    assert answers_in(found.answers) == [Label("B"), *[Label("D")] * (N - 1)]
    assert found.share == pytest.approx((N - 1) / N)


@pytest.mark.parametrize("rule", [by_accuracy, by_joint_table])
def test_single_item_teaches_nothing(rule: Rule) -> None:
    poll = poll_of(["A"], {name: [Label("A")] for name in MEMBERS})
    assert isinstance(rule(poll), Unavailable)


# -- Dawid and Skene -----------------------------------------------------------------------


def test_dawid_and_skene_trust_two_that_agree_over_one_that_scatters() -> None:
    scatter = [Label(LETTERS[place * 5 % 4]) for place in range(N)]
    poll = poll_of(MIXED, {"gptq-8": scatter, "gptq-4": RIGHT, "gptq-3": RIGHT})
    assert decided(by_dawid_skene, poll) == RIGHT


def test_too_many_items_for_dawid_and_skene_are_said() -> None:
    poll = poll_of(MIXED, dict.fromkeys(MEMBERS, RIGHT))
    found = by_dawid_skene(replace(poll, votes=np.zeros((MOST_ROWS + 1, 3), np.int64)))
    assert isinstance(found, Unavailable)
    assert f"{MOST_ROWS:,} items" in found.why


def test_run_without_crowd_kit_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crowdkit.aggregation", None)
    found = by_dawid_skene(poll_of(MIXED, dict.fromkeys(MEMBERS, RIGHT)))
    assert isinstance(found, Unavailable)
    assert "trusteval[rivals]" in found.why
