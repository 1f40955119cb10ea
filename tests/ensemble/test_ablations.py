"""Votes by other rules and of other members, against the vote itself and counts by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, run_of, with_wrong
from tests.ensemble.panelled import VOTE, panel_over, panels_over
from trusteval.answers.ensembles import elect
from trusteval.answers.responses import ResponseTable
from trusteval.answers.voting import vote
from trusteval.ensemble.ablations import ablations
from trusteval.ensemble.contradictions import turned_over
from trusteval.ensemble.electorate import Electorate
from trusteval.ensemble.members import member
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import panels_of
from trusteval.ensemble.rules import Tie, everything, labels_and_refusals, plurality
from trusteval.ensemble.subsets import sizes_of
from trusteval.tables import Table
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import (
    Answer,
    Ballot,
    Ensemble,
    FinishReason,
    Invalid,
    InvalidReason,
    Label,
    Refusal,
    RefusalPolicy,
    Response,
    Unavailable,
    Variant,
)

MEMBERS = ("gptq-8", "gptq-4", "gptq-3")
DROP, KEEP = RefusalPolicy.DROP, RefusalPolicy.KEEP
A, B, C = Label("A"), Label("B"), Label("C")
EMPTY, TRUNCATED = Invalid(InvalidReason.EMPTY), Invalid(InvalidReason.TRUNCATED)
CONTRADICTORY = Invalid(InvalidReason.CONTRADICTORY)
some_answers = st.sampled_from([A, B, C, Refusal(), EMPTY, TRUNCATED, CONTRADICTORY])
variants = st.builds(
    Variant,
    st.from_regex(r"[a-z]{1,3}", fullmatch=True),
    st.sampled_from(["gptq", "awq"]),
    st.sampled_from([3, 4, 8]),
    st.integers(0, 2),
)
ballots_of_any = st.lists(
    st.builds(Ballot, variants, some_answers),
    min_size=1,
    max_size=6,
    unique_by=lambda ballot: ballot.variant.name,
)


def cast(*said: Answer) -> list[Ballot]:
    """Return ballots, highest precision first."""
    return [Ballot(Variant(f"m{place}", "gptq", 8 - place), one) for place, one in enumerate(said)]


@given(ballots_of_any, st.sampled_from(RefusalPolicy))
def test_plurality_with_the_standard_parameters_is_the_vote(
    ballots: list[Ballot], policy: RefusalPolicy
) -> None:
    assert plurality(ballots, policy) == vote(ballots, policy=policy).answer


@given(ballots_of_any, st.sampled_from(RefusalPolicy))
def test_refusals_admitted_are_the_vote_where_they_are_kept(
    ballots: list[Ballot], policy: RefusalPolicy
) -> None:
    found = plurality(ballots, policy, admit=labels_and_refusals)
    assert found == vote(ballots, policy=KEEP).answer


@pytest.mark.parametrize("policy", RefusalPolicy)
def test_without_a_filter_most_ballots_of_any_kind_win(policy: RefusalPolicy) -> None:
    rule = partial(plurality, policy=policy, admit=everything)
    assert rule(cast(A, EMPTY, TRUNCATED)) == EMPTY  # one choice: no answer
    assert rule(cast(A, Refusal(), Refusal())) == Refusal()
    assert rule(cast(EMPTY, A, A)) == A
    assert rule(cast(A, EMPTY, Refusal())) == A


def test_ties_go_where_they_are_said_to() -> None:
    tied = cast(A, B, B, A)
    assert plurality(tied, DROP) == A
    assert plurality(tied, DROP, tie=Tie.LOWEST) == A
    assert plurality(cast(A, B, EMPTY), DROP, tie=Tie.LOWEST) == B
    assert plurality(cast(A, B, EMPTY), DROP, tie=Tie.ABSTAIN) == Refusal()
    assert plurality(cast(A, B, B), DROP, tie=Tie.ABSTAIN) == B


@given(st.lists(some_answers, min_size=1, max_size=30), st.integers(2, 4))
def test_vote_of_copies_of_one_member_is_that_member(said: list[Answer], copies: int) -> None:
    for answer in said:
        ballots = cast(*[answer] * copies)
        assert vote(ballots, policy=DROP).answer == answer
        assert plurality(ballots, DROP, admit=everything) == answer
        assert plurality(ballots, DROP, tie=Tie.ABSTAIN) == answer


words = st.lists(st.sampled_from([RIGHT, WRONG, REFUSED, INVALID]), min_size=N, max_size=N)


@settings(max_examples=20, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(MEMBERS, words)))
def test_electorate_decides_as_the_whole_does(said: dict[str, list[Answer]]) -> None:
    panel = panel_over(said)
    electorate = Electorate.of(panel.members, panel.cast)
    for size in (1, 2, 3):
        for names in combinations(MEMBERS, size):
            chosen = [place for place, one in enumerate(panel.names) if one in names]
            members, tables = zip(*((panel.members[i], panel.cast[i]) for i in chosen), strict=True)
            whole = elect(members, tables)
            assert [row.answer for row in electorate.elect(names)] == [r.answer for r in whole]
    assert [row.answer for row in electorate.decide(plurality)] == [r.answer for r in panel.vote]


def table(said: dict[str, list[Answer]], name: str) -> Table:
    (found,) = [one for one in ablations(panels_over(said)).tables if one.name == name]
    return found


def test_rules_are_shown_with_what_they_cost() -> None:
    said = {"gptq-8": [RIGHT] * N, "gptq-4": [INVALID] * N, "gptq-3": [INVALID] * N}
    rows = {row[2]: row[3:] for row in table(said, "rules").rows}
    score, lead, silent, items = rows["nothing filtered"]
    assert (score.value, lead.value, silent, items) == (0.0, -100.0, N, N)
    assert rows["the vote"][1] == Unavailable("it is the vote")
    assert rows["ties abstain"][1].value == 0.0


def test_every_subset_stands_in_the_table_best_first() -> None:
    names = ("gptq-8", "gptq-6", "gptq-4", "gptq-3", "gptq-2")
    said = {name: with_wrong(*range(5 * place)) for place, name in enumerate(names)}
    found = table(said, "subsets")
    subsets = [row[2] for row in (*found.rows, *found.further)]
    expected = [" ".join(c) for size in (2, 3, 4) for c in combinations(names, size)]
    assert Counter(subsets) == Counter(expected)
    assert len(found.rows) == 6
    scores = [row[3] for row in (*found.rows[:3], *found.further, *found.rows[3:])]
    assert scores == sorted(scores, reverse=True)


def test_sizes_end_where_subsets_are_too_many() -> None:
    assert sizes_of(2) == ()
    assert sizes_of(6) == (2, 3, 4, 5)
    assert sizes_of(7) == (2, 3, 4, 5, 6)
    assert sizes_of(12) == (2, 3)


def test_members_that_differ_in_one_thing_are_voted_together() -> None:
    said = {
        "gptq-8": [RIGHT] * N,
        "gptq-4": [WRONG] * N,
        "awq-8": [RIGHT] * N,
        "awq-4@1": [WRONG] * N,
    }
    rows = {(row[1], row[2]) for row in table(said, "compositions").rows}
    assert rows == {
        ("bits", "gptq-8 gptq-4"),
        ("methods", "awq-8 gptq-8"),
        ("all of it", "awq-8 gptq-8 awq-4@1 gptq-4"),
    }
    notes = table(said, "compositions").notes
    assert notes[0] == "no two voters of this run differ in seeds only: not compared"
    seeds = {"gptq-4@1": [RIGHT] * N, "gptq-4@2": [WRONG] * N}
    assert [row[1:3] for row in table(seeds, "compositions").rows] == [
        ("seeds", "gptq-4@1 gptq-4@2")
    ]


def test_checkpoints_have_the_seeds_that_their_names_say() -> None:
    names = ("gptq-8", "gptq-4", "gptq-4@1")
    # As a run reads NAME=PATH: a checkpoint's own seed is not known.
    members = tuple(replace(member(name, bits={}), seed=0) for name in names)
    panels = panels_of(
        run_of(dict.fromkeys(names, [RIGHT] * N)), [Ensemble(VOTE, members)], dense=""
    )
    (found,) = [t for t in ablations(panels).tables if t.name == "compositions"]
    assert {(row[1], row[2]) for row in found.rows} == {
        ("bits", "gptq-8 gptq-4"),
        ("seeds", "gptq-4 gptq-4@1"),
    }


def contradicting(text: str | None) -> tuple[AnsweredRun, Panel]:
    """Return a run whose members contradict themselves on the first item, and its panel."""
    run = run_of({name: [CONTRADICTORY] + [WRONG] * (N - 1) for name in MEMBERS})
    told = [Response(text or "", FinishReason.END, 0, 0)] * N
    said = dict.fromkeys(run.said, ResponseTable.of(told)) if text is not None else {}
    run = replace(run, said=said)
    members = tuple(member(name, bits={}) for name in MEMBERS)
    (panel,) = panels_of(run, [Ensemble(VOTE, members)], dense="dense").panels
    return run, panel


def test_contradictory_ballots_count_as_published_code_reads_them() -> None:
    recast = turned_over(*contradicting("A or, if you ask me, B"))
    assert (recast.done, recast.ballots) == ("counted", 3)
    assert [(one[0].answer, one[1].answer) for one in recast.cast] == [(RIGHT, WRONG)] * 3


def test_contradictory_ballots_whose_text_is_gone_cannot_count() -> None:
    recast = turned_over(*contradicting(None))
    why = "what gptq-8 said is not recorded, and its answer has no label"
    assert (recast.ballots, recast.cast) == (3, Unavailable(why))


def test_contradictory_labels_are_dropped_where_they_count() -> None:
    both = Label("A", contradictory=True)
    panels = panels_over({name: [both] + [WRONG] * (N - 1) for name in MEMBERS})
    (panel,) = panels.panels
    recast = turned_over(panels.run, panel)
    assert (recast.done, recast.ballots) == ("dropped", 3)
    assert {one.answers[one.code[0]] for one in recast.cast} == {CONTRADICTORY}
