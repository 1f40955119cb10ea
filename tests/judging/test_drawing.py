"""Which answers are drawn for a judge: fairly, from every reading, the same of every subject."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.builders import REFUSED, judged, setting
from trusteval.answers.table import AnswerTable, answer_table_of
from trusteval.judging.drawing import draw

ONE, TWO = setting("one"), setting("two")


def table(readings_one: list[object], readings_two: list[object] = ()) -> AnswerTable:
    rows = [("yes", answer) for answer in readings_one]
    others = [("yes", answer) for answer in readings_two]
    return answer_table_of([*judged(ONE, rows), *judged(TWO, others, first_id=len(rows))])


COMMON, RARE = ["yes"] * 400, ["no"] * 4
ANSWERS = table(COMMON + RARE, ["yes"] * 90 + [REFUSED] * 10)


def test_every_reading_of_every_setting_is_drawn() -> None:
    strata = draw(ANSWERS, most=40)
    assert [stratum.size for stratum in strata] == [400, 4, 90, 10]
    assert sum(len(stratum.rows) for stratum in strata) == 40
    assert all(stratum.rows for stratum in strata)
    assert len({row for stratum in strata for row in stratum.rows}) == 40
    for stratum in strata:
        read = {(ANSWERS[row].sample.setting.name, ANSWERS[row].answer) for row in stratum.rows}
        assert len(read) == 1


@pytest.mark.parametrize("most", [0, 504, 9999])
def test_all_are_drawn_where_that_is_asked_or_few_are_there(most) -> None:
    strata = draw(ANSWERS, most=most)
    assert sorted(row for stratum in strata for row in stratum.rows) == list(range(504))


def test_few_places_merge_strata_and_draw_as_many_as_asked() -> None:
    assert [s.size for s in draw(ANSWERS, most=7)] == [490, 4, 10]
    assert [s.size for s in draw(ANSWERS, most=3)] == [504]
    for most in (1, 3, 7):
        assert sum(len(s.rows) for s in draw(ANSWERS, most=most)) == most
    assert draw(ANSWERS.only(slice(0, 0)), most=5) == ()


def test_subjects_are_drawn_alike_where_they_are_read_alike() -> None:
    other = table(COMMON + RARE, ["yes"] * 80 + [REFUSED] * 20)
    mine, its = ({row for s in draw(one, most=40) for row in s.rows} for one in (ANSWERS, other))
    assert len(mine & its) > 30
    assert draw(ANSWERS, most=40) == draw(ANSWERS, most=40)
    assert draw(ANSWERS, most=40, seed=1) != draw(ANSWERS, most=40)


def test_answers_of_a_stratum_have_equal_chances() -> None:
    few = table(["yes"] * 20)
    drawn = Counter(
        row for seed in range(400) for s in draw(few, most=5, seed=seed) for row in s.rows
    )
    # Of 400 draws 100 are expected for each, with a standard error of 8.7.
    assert set(drawn) == set(range(20))
    assert all(60 < n < 140 for n in drawn.values())
