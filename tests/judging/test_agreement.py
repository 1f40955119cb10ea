"""Agreement and kappa of run and judge, beside scikit-learn's; what is lacking is in neither."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.builders import REFUSED, judged, setting
from trusteval.answers.table import AnswerTable, answer_table_of
from trusteval.benchmarks import BENCHMARKS
from trusteval.judging.agreement import line_of
from trusteval.judging.drawing import Stratum, draw
from trusteval.judging.record import judge_line
from trusteval.judging.second_reading import SecondReading, Unread, only_rows, read_among
from trusteval.types import Answer, Invalid, InvalidReason, Label, Refusal

YES, NO, DECLINED = Label("yes"), Label("no"), Refusal()
EMPTY, GARBLED = Invalid(InvalidReason.EMPTY), Invalid(InvalidReason.UNPARSEABLE)
SAFE = BENCHMARKS["xstest"].settings["safe"]


def table(answers: list[Answer], asked=None) -> AnswerTable:
    return answer_table_of(judged(asked or setting(), [("yes", answer) for answer in answers]))


def second(
    first: AnswerTable, its: dict[int, Answer], strata: tuple[Stratum, ...] = (), **given
) -> SecondReading:
    strata = strata or (Stratum(len(first), tuple(range(len(first)))),)
    rows = sorted(row for stratum in strata for row in stratum.rows)
    return SecondReading(
        *("dense", "bench", only_rows(first, rows), read_among(first, its), strata), **given
    )


def test_kappa_is_that_of_scikit_learn_over_all_answers() -> None:
    chance = np.random.default_rng(7)
    kinds: list[Answer] = [YES, NO, DECLINED]
    ours = chance.choice(3, 600, p=[0.7, 0.2, 0.1])
    its = np.where(chance.random(600) < 0.8, ours, chance.choice(3, 600))
    first = table([kinds[code] for code in ours])
    strata = draw(first, most=150)
    rows = sorted(row for stratum in strata for row in stratum.rows)
    found = second(first, {row: kinds[its[row]] for row in rows}, strata)
    weight = {row: s.size / len(s.rows) for s in strata for row in s.rows}
    weights = [weight[row] for row in rows]
    assert found.weights.tolist() == weights
    line = line_of(found)
    expected = cohen_kappa_score(ours[rows], its[rows], sample_weight=weights)
    assert line.kappa is not None
    assert line.kappa.value == pytest.approx(expected)
    whole = cohen_kappa_score(ours, its)
    assert line.kappa.interval.low < whole < line.kappa.interval.high
    assert line.agreement is not None
    same = np.average(ours[rows] == its[rows], weights=weights)
    assert line.agreement.value == pytest.approx(same)
    assert (line.answers, line.drawn, line.read) == (600, 150, 150)
    assert judge_line(line.to_document()) == line


def test_a_judge_that_says_the_opposite_agrees_on_nothing() -> None:
    first = table([YES, NO] * 20)
    line = line_of(second(first, {row: (NO, YES)[row % 2] for row in range(40)}))
    assert line.agreement is not None
    assert line.agreement.value == 0
    assert line.kappa is not None
    assert line.kappa.value == pytest.approx(-1)
    assert line.is_low
    assert [(one.first, one.second, one.n) for one in line.differing] == [
        ("yes", "no", 20),
        ("no", "yes", 20),
    ]
    assert [one.item for one in line.items] == [
        *("plain/0", "plain/2", "plain/4"),
        *("plain/1", "plain/3", "plain/5"),
    ]


def test_what_has_no_reading_is_no_agreement_and_no_disagreement() -> None:
    first = table([YES] * 30 + [NO] * 10)
    its: dict[int, Answer] = dict.fromkeys(range(20), YES) | {35: YES}
    line = line_of(second(first, its, unread={Unread.GARBAGE: 19, Unread.UNASKED: 0}))
    assert (line.drawn, line.read, line.n_unread) == (40, 21, 19)
    assert line.unread == {"its reply is none of the readings": 19}
    assert line.agreement is not None
    assert line.agreement.value == pytest.approx(20 / 21)


def test_a_judge_that_read_nothing_has_no_figure() -> None:
    line = line_of(second(table([YES, NO]), {}, unread={Unread.UNASKED: 2}, why="it is gone"))
    assert (line.agreement, line.kappa, line.undefined) == (None, None, "the judge read no answer")
    assert line.unread_words == "2: it could not be asked (it is gone)"
    assert judge_line(line.to_document()) == line


def test_kappa_of_readers_who_say_one_thing_alone_is_undefined_and_not_low() -> None:
    line = line_of(second(table([YES] * 9), dict.fromkeys(range(9), YES)))
    assert line.kappa is None
    assert line.undefined == "both read everything as yes, where chance agrees too"
    assert not line.is_low


def test_why_an_answer_is_none_makes_no_difference() -> None:
    first = table([EMPTY, GARBLED, YES, REFUSED])
    line = line_of(second(first, {0: GARBLED, 1: GARBLED, 2: YES, 3: DECLINED}))
    assert line.agreement is not None
    assert line.agreement.value == 1


def test_a_guard_is_compared_by_refusing_or_not() -> None:
    partial, whole = Label("partial refusal"), Label("compliance")
    first = table([partial, whole, DECLINED], SAFE)
    its: dict[int, Answer] = {0: DECLINED, 1: whole, 2: DECLINED}
    apart, alike = (line_of(second(first, its, is_binary=guard)) for guard in (False, True))
    assert apart.agreement is not None
    assert apart.agreement.value == pytest.approx(2 / 3)
    assert alike.agreement is not None
    assert alike.agreement.value == 1
