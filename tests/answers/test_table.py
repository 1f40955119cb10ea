"""Judged answers in columns say what the rows say, and votes over them what single votes say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import setting
from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable, SampleTable, answer_table_of
from trusteval.answers.voting import vote
from trusteval.gate.properties.strategies import LABELS, answers, recordings
from trusteval.types import (
    Answer,
    Ballot,
    Invalid,
    Judged,
    Label,
    Refusal,
    RefusalPolicy,
    Sample,
    Variant,
)

SETTINGS = (
    setting("first", labels=LABELS),
    replace(setting("second", labels=LABELS[::-1]), refusal_policy=RefusalPolicy.KEEP),
)
readings = st.one_of(
    answers, st.sampled_from((*LABELS, "else")).map(lambda value: Label(value, contradictory=True))
)
samples = st.builds(
    Sample,
    id=st.sampled_from("0123"),
    setting=st.sampled_from(SETTINGS),
    unit=st.sampled_from("abc"),
    target=st.sampled_from(LABELS),
    stratum=st.sampled_from(["", "x"]),
    group=st.sampled_from(["one", "two", None]),
)
rows = st.lists(st.builds(Judged, sample=samples, answer=readings), max_size=20)


@given(rows)
def test_sheet_is_the_sequence_of_its_rows(judged: list[Judged]) -> None:
    answer_table = answer_table_of(judged)
    assert list(answer_table) == judged
    assert [answer_table[place] for place in range(len(answer_table))] == judged
    assert list(answer_table[1:]) == judged[1:]
    assert answer_table_of(answer_table) is answer_table


@given(rows)
def test_columns_say_what_rows_say(judged: list[Judged]) -> None:
    answer_table = answer_table_of(judged)
    assert answer_table.correct.tolist() == [row.correct for row in judged]
    for column, kind in (
        (answer_table.answered, Label),
        (answer_table.refused, Refusal),
        (answer_table.invalid, Invalid),
    ):
        assert column.tolist() == [isinstance(row.answer, kind) for row in judged]
    firsts = [row.sample.setting.labels[0].value for row in judged]
    assert answer_table.truly_positive.tolist() == [
        row.sample.target == first for row, first in zip(judged, firsts, strict=True)
    ]
    assert answer_table.called_positive.tolist() == [
        row.answer == Label(first) for row, first in zip(judged, firsts, strict=True)
    ]
    assert answer_table.targets == {row.sample.target for row in judged}
    for group, members in answer_table.groups.items():
        assert members.tolist() == [row.sample.group == group for row in judged]


@given(rows)
def test_rows_split_by_setting_in_their_order(judged: list[Judged]) -> None:
    parts = answer_table_of(judged).by_setting()
    assert {name: list(part) for name, part in parts.items()} == {
        name: [row for row in judged if row.sample.setting.name == name]
        for name in sorted({row.sample.setting.name for row in judged})
    }


@given(rows)
def test_counts_are_those_of_the_rows(judged: list[Judged]) -> None:
    counts = answer_table_of(judged).counts
    reasons = Counter(row.answer.reason for row in judged if isinstance(row.answer, Invalid))
    contradictory = sum(isinstance(r.answer, Label) and r.answer.contradictory for r in judged)
    assert counts.n == len(judged)
    assert counts.refused == sum(row.answer == Refusal() for row in judged)
    assert counts.n_invalid == sum(reasons.values()) + contradictory


@given(rows, st.sampled_from(LABELS))
def test_rows_are_kept_by_their_sample(judged: list[Judged], label: str) -> None:
    kept = answer_table_of(judged).where(lambda sample: sample.target == label)
    assert list(kept) == [row for row in judged if row.sample.target == label]


@given(recordings(), st.data())
def test_election_is_the_vote_on_each_sample(
    recorded: list[tuple[Ballot, ...]], data: st.DataObject
) -> None:
    asked = [data.draw(samples) for _ in recorded]
    members = [ballot.variant for ballot in recorded[0]]
    sample_table = SampleTable.of(asked)
    cast = [
        AnswerTable.of(sample_table, (ballots[m].answer for ballots in recorded))
        for m in range(len(members))
    ]
    expected: list[Answer] = [
        vote(ballots, policy=sample.setting.refusal_policy).answer
        for ballots, sample in zip(recorded, asked, strict=True)
    ]
    assert [row.answer for row in elect(members, cast)] == expected


def test_election_keeps_whether_the_elected_label_was_contradictory() -> None:
    asked = Sample(id="0", setting=SETTINGS[0], unit="a", target="wrong")
    sample_table = SampleTable.of([asked, asked])
    cast = [
        AnswerTable.of(sample_table, [Label("wrong", contradictory=True), Label("wrong")]),
        AnswerTable.of(sample_table, [Label("wrong"), Label("wrong")]),
    ]
    elected = elect([Variant("gptq-8", "gptq", 8), Variant("gptq-4", "gptq", 4)], cast)
    assert elected.counts.n_invalid == 1
