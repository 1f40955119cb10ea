"""Rivals under equal cost: who they are, what they take, and what the vote is against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, with_wrong
from tests.ensemble.polled import VOTE, panel_about, panels_about
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.contest import CHAIN, CHOSEN
from trusteval.ensemble.field import (
    ACCURACY,
    DAWID_SKENE,
    DRAWS,
    ORACLE,
    PROBABILITY,
    SURPRISE,
    TABLE,
    rivals_of,
)
from trusteval.ensemble.rivals import rivals
from trusteval.tables import Cell, Section, Spread, document_of
from trusteval.types import Answer, Cost, Label, Unavailable

MEMBERS = ("gptq-8", "gptq-4", "gptq-3")
TRUTHS = ["A"] * N
GOOD = {"dense": [RIGHT] * N, **{name: with_wrong(place, 9) for place, name in enumerate(MEMBERS)}}
column = st.lists(st.sampled_from([*map(Label, "ABCD"), REFUSED, INVALID]), min_size=N, max_size=N)
truths = st.lists(st.sampled_from("ABCD"), min_size=N, max_size=N)


def section_of(
    said: Mapping[str, Sequence[Answer]], costs: Mapping[str, Cost] | None = None
) -> Section:
    return rivals(panels_about(TRUTHS, said, costs=costs))


def by_rival(section: Section, table: str = "rivals") -> dict[str, dict[str, Cell]]:
    """Return the rows of a table as a document has them, by rival."""
    (found,) = [one for one in section.tables if one.name == table]
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, row, strict=True)) for row in (*found.rows, *found.further)]
    return {str(row["rival"]): row for row in rows}


def share_right(answers: AnswerTable | Unavailable) -> float:
    assert isinstance(answers, AnswerTable)
    return float(answers.correct.mean())


def cost(tokens: int, seconds: float) -> Cost:
    return Cost(N, tokens - N, N, n_measured=N, wall_seconds=seconds, machines=("mine",))


# -- who they are --------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(truths, st.fixed_dictionaries(dict.fromkeys(MEMBERS, column)))
def test_no_rule_that_picks_a_members_answer_beats_the_oracle(
    truth: list[str], said: dict[str, list[Answer]]
) -> None:
    found = {rival.name: rival.answers for rival in rivals_of(panel_about(truth, said))}
    ceiling = share_right(found[ORACLE])
    wrong = sum(all(said[name][row] != Label(truth[row]) for name in MEMBERS) for row in range(N))
    assert ceiling == pytest.approx(1 - wrong / N)
    for name in (CHAIN, ACCURACY, SURPRISE):
        assert share_right(found[name]) <= ceiling


def test_every_rival_has_a_row_whatever_the_run_lacks() -> None:
    found = by_rival(section_of({name: GOOD[name] for name in MEMBERS}))
    assert {CHAIN, CHOSEN, ACCURACY, SURPRISE, DAWID_SKENE, TABLE, ORACLE} <= found.keys()
    reasons = {name: row["vote ahead by"] for name, row in found.items()}
    for name, why in (
        ("the dense model", "did not answer"),
        (PROBABILITY, "--trust-probabilities"),
        (DRAWS, "~"),
    ):
        lead = reasons.pop(name)
        assert isinstance(lead, Unavailable)
        assert why in lead.why
    assert all(isinstance(lead, Spread) for lead in reasons.values())


def test_rivals_that_answer_nowhere_are_in_the_document_of_benchmarks_only() -> None:
    section = section_of(GOOD)
    (table,) = [one for one in section.tables if one.name == "rivals_by_benchmark"]
    shown = {row[2] for row in table.rows}
    assert {"the vote", CHAIN, ORACLE} <= shown
    assert shown.isdisjoint({PROBABILITY, DRAWS})
    assert {row[2] for row in table.further} == {PROBABILITY, DRAWS}
    (found,) = [one for one in document_of([section])[0]["tables"] if one["name"] == table.name]
    assert {PROBABILITY, DRAWS, ORACLE} <= {row["rival"] for row in found["rows"]}


def test_leads_are_counted_by_hand() -> None:
    said = {"gptq-8": [WRONG] * 30 + [RIGHT] * 30, "gptq-4": [RIGHT] * N, "gptq-3": [RIGHT] * N}
    section = section_of(said)
    overall, rows = by_rival(section), by_rival(section, "rivals_by_benchmark")
    chain, oracle = overall[CHAIN]["vote ahead by"], overall[ORACLE]["vote ahead by"]
    assert isinstance(chain, Spread)
    assert isinstance(oracle, Spread)
    assert (chain.value, oracle.value) == (pytest.approx(50), pytest.approx(0))
    assert rows[CHAIN]["accuracy"] == rows[CHAIN]["score"] == pytest.approx(50)
    assert rows["the vote"]["accuracy"] == pytest.approx(100)
    sentence, by_accuracy = section.notes
    assert sentence.startswith(f"{VOTE} by score, over all dimensions and at 5 % each: ")
    assert by_accuracy.partition(": ")[2] == sentence.partition(": ")[2]
    ahead = sentence.partition("ahead of ")[2].partition(";")[0].split(", ")
    assert CHAIN in ahead
    assert ORACLE not in sentence
    assert PROBABILITY in sentence.partition("not compared with ")[2]


# -- what they take ------------------------------------------------------------------------


def test_run_without_costs_counts_answers_and_says_so() -> None:
    silent = [REFUSED] * 15 + [RIGHT] * 45
    mute = [INVALID] * 6 + [RIGHT] * 54
    found = by_rival(section_of({"gptq-8": silent, "gptq-4": mute, "gptq-3": [RIGHT] * N}))
    assert found[CHAIN]["answers"] == pytest.approx(1 + 15 / N + 6 / N)
    assert found[CHOSEN]["answers"] == pytest.approx(1)
    assert found[ACCURACY]["answers"] == found[TABLE]["answers"] == 3
    assert (
        found[CHAIN]["tokens"]
        == found[ACCURACY]["seconds"]
        == Unavailable("the run holds no costs")
    )
    assert (found[CHAIN]["labels"], found[ACCURACY]["labels"]) == (0, N // 2)
    assert (found[SURPRISE]["labels"], found[ORACLE]["labels"]) == (0, N)


def test_costs_are_those_of_whom_a_rule_asks() -> None:
    costs = {
        "dense": cost(500, 9.0),
        "gptq-8": cost(400, 4.0),
        "gptq-4": cost(400, 2.0),
        "gptq-3": cost(200, 2.0),
    }
    said = {**GOOD, "gptq-8": [REFUSED] * 30 + [RIGHT] * 30}
    found = by_rival(section_of(said, costs))
    assert found["the dense model"]["tokens"] == pytest.approx(0.5)
    assert found["the dense model"]["seconds"] == pytest.approx(9 / 8)
    assert found[CHAIN]["tokens"] == pytest.approx(0.4 + 0.5 * 0.4)
    assert found[CHAIN]["seconds"] == pytest.approx(0.5 + 0.5 * 0.25)
    assert found[TABLE]["tokens"] == found[ACCURACY]["seconds"] == 1.0


# -- draws ---------------------------------------------------------------------------------


def drawn(count: int) -> dict[str, list[Answer]]:
    return {f"gptq-4~0.7#{number}": [RIGHT] * N for number in range(1, count + 1)}


def test_as_many_draws_as_the_vote_takes_tokens_and_seconds() -> None:
    costs = {name: cost(400, 4.0) for name in MEMBERS}
    costs |= {name: cost(300, 5.0) for name in drawn(4)}
    found = by_rival(section_of({**GOOD, **drawn(4)}, costs))
    members, tokens, seconds = (
        found[f"draws of gptq-4~0.7: {named}"]
        for named in ("as many as members", "tokens as the vote", "seconds as the vote")
    )
    assert [row["answers"] for row in (members, tokens, seconds)] == [3, 4, 2]
    assert tokens["tokens"] == pytest.approx(1.0)
    assert seconds["seconds"] == pytest.approx(10 / 12)
    assert members["seconds"] == pytest.approx(15 / 12)
    assert DRAWS not in found


def test_missing_draws_are_counted() -> None:
    costs = {name: cost(400, 4.0) for name in MEMBERS}
    costs |= {name: cost(200, 8.0) for name in drawn(2)}
    found = by_rival(section_of({**GOOD, **drawn(2)}, costs))
    assert found["draws of gptq-4~0.7: tokens as the vote"]["vote ahead by"] == Unavailable(
        "6 draws of gptq-4~0.7 are due, 4 missing"
    )
    assert found["draws of gptq-4~0.7: as many as members"]["vote ahead by"] == Unavailable(
        "3 draws of gptq-4~0.7 are due, 1 missing"
    )
    assert found["draws of gptq-4~0.7: seconds as the vote"]["answers"] == 1


def test_draws_without_costs_are_as_many_as_members() -> None:
    found = by_rival(section_of({**GOOD, **drawn(3)}))
    assert found["draws of gptq-4~0.7: as many as members"]["answers"] == 3
    for named in ("tokens", "seconds"):
        row = found[f"draws of gptq-4~0.7: {named} as the vote"]
        assert row["vote ahead by"] == Unavailable("the run holds no costs")


# -- weights -------------------------------------------------------------------------------


def test_weights_are_shown_for_each_member_and_a_half_without_items_has_none() -> None:
    (table,) = [
        one
        for one in rivals(panels_about(["A"], {name: [RIGHT] for name in MEMBERS})).tables
        if one.name == "weights"
    ]
    names = [column.name for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    assert [(row["member"], row["labels"], row["items"]) for row in rows] == [
        (name, 4, 1) for name in MEMBERS
    ]
    for row in rows:
        halves = [row["from one half"], row["from the other"]]
        (known,) = [one for one in halves if isinstance(one, float)]
        assert known == pytest.approx(log(2 * 3 / 3))
        assert sum(isinstance(one, Unavailable) for one in halves) == 1
