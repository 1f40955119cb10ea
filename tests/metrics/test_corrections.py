"""Measurements corrected for a judge's errors: cells, pooling, whose labels, and what cannot be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tests.builders import setting
from trusteval.answers.judged_tables import DrawnAnswers, JudgedTable, LabelledAnswers
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.metrics.corrections import Amended, SecondMeasure, amend, amend_drop
from trusteval.metrics.measuring import measure
from trusteval.metrics.metric import METRICS
from trusteval.types import Answer, Declared, JudgeErrors, Label, Refusal, Sample

YES, NO = Label("yes"), Label("no")
ASKED = {name: setting(name) for name in ("plain", "other")}
Read = Sequence[Answer]


def samples(targets: Sequence[str], *, name: str = "plain") -> list[Sample]:
    return [
        Sample(id=str(n), setting=ASKED[name], unit=f"{name} {n}", target=target)
        for n, target in enumerate(targets)
    ]


def second(
    asked: list[Sample],
    read: Read,
    by_judge: Read,
    *,
    metric: str = "accuracy",
    drawn: Sequence[int] | None = None,
    people: dict[int, Answer] | None = None,
) -> SecondMeasure:
    """Measure what was read; of the judge keep the drawn rows, each standing for as many."""
    table = SampleTable.of(asked)
    whole, judged = AnswerTable.of(table, read), AnswerTable.of(table, by_judge)
    rows = np.arange(len(asked)) if drawn is None else np.array(drawn)
    labels = None
    if people:
        places = np.array([*people])
        by_people = AnswerTable.of(table, (people.get(n, YES) for n in range(len(asked))))
        labels = LabelledAnswers(
            DrawnAnswers.evenly(by_people.only(places)), judged.only(places), n_given=len(places)
        )
    names = sorted({sample.setting.name for sample in asked})
    declared = {name: Declared(1, frozenset()) for name in names}
    measured = measure(
        METRICS[metric], whole, weights=dict.fromkeys(names, 1 / len(names)), declared=declared
    )
    return SecondMeasure(
        measured, JudgedTable(whole, DrawnAnswers(judged.only(rows), np.ones(len(rows))), labels)
    )


def points(found: Amended) -> tuple[float, float, float]:
    told = found.told
    assert told.value is not None, told.undefined
    assert told.interval is not None
    return told.value, told.interval.low, told.interval.high


RIGHT = ["yes"] * 60 + ["no"] * 60
READ: Read = [YES] * 45 + [NO] * 15 + [NO] * 40 + [YES] * 20
"""85 of 120 are right."""


def erring(read: Read, every: int) -> Read:
    """Read as somebody else, but for one in `every` the opposite."""
    return [(NO if a == YES else YES) if n % every == 0 else a for n, a in enumerate(read)]


def test_judge_that_reads_what_the_reader_reads_changes_no_value() -> None:
    same = second(samples(RIGHT), READ, READ)
    found = amend(same, name="accuracy")
    value, low, high = points(found)
    assert value == pytest.approx(100 * 85 / 120)
    own = same.measured.score.interval
    assert own is not None
    assert (low, high) == pytest.approx((own.low, own.high), abs=2.5)
    assert not found.told.by_people


def test_against_the_reader_the_value_is_the_readers_and_the_interval_the_judges() -> None:
    good = points(amend(second(samples(RIGHT), READ, erring(READ, 30)), name="accuracy"))
    bad = points(amend(second(samples(RIGHT), READ, erring(READ, 4)), name="accuracy"))
    assert good[0] == pytest.approx(bad[0]) == pytest.approx(100 * 85 / 120)
    assert bad[1] < good[1] < good[2] < bad[2]


def test_people_move_the_value_where_the_judge_errs() -> None:
    """The judge calls right a third of what is wrong: people tell, the reader cannot."""
    lenient = [
        READ[n] if (READ[n].value == RIGHT[n]) or n % 3 else Label(RIGHT[n])  # type: ignore[union-attr]
        for n in range(120)
    ]
    truth = dict(enumerate(READ))
    found = amend(second(samples(RIGHT), lenient, lenient, people=truth), name="accuracy")
    assert found.told.by_people
    assert found.told.judged is not None
    assert found.told.judged > 75
    assert found.told.value == pytest.approx(100 * 85 / 120)
    assert (found.told.n_labels, found.told.n_unused) == (120, 0)
    (errors,) = found.told.errors
    assert (errors.n_true, errors.n_false) == (85, 35)
    assert errors.sensitivity == 100
    assert errors.specificity < 80


def test_sample_of_rows_is_weighed_by_what_the_reader_makes_of_all() -> None:
    drawn = range(0, 120, 2)
    found = amend(second(samples(RIGHT), READ, READ, drawn=drawn), name="accuracy")
    assert found.told.value == pytest.approx(100 * 85 / 120)
    assert found.told.n_judged == 60


def test_cell_with_few_errors_of_its_own_takes_those_of_settings_with_its_labels() -> None:
    asked = [*samples(RIGHT), *samples(["yes"] * 30, name="other")]
    read = [*READ, *[YES] * 28, NO, NO]
    found = amend(second(asked, read, erring(read, 10)), name="accuracy")
    other, plain = found.told.errors
    assert (plain.where, plain.is_pooled, plain.n_true + plain.n_false) == ("plain", False, 120)
    assert (other.where, other.is_pooled, other.n_true + other.n_false) == ("other", True, 150)
    # An answer counts as it would there: every row's true label is yes.
    assert other.n_true == sum(answer == YES for answer in read)


def test_labels_are_averaged_each_with_its_errors() -> None:
    found = amend(
        second(samples(RIGHT), READ, erring(READ, 10), metric="balanced_accuracy"),
        name="balanced_accuracy",
    )
    assert [one.where for one in found.told.errors] == ["plain/no", "plain/yes"]
    assert found.told.value == pytest.approx(100 * (45 / 60 + 40 / 60) / 2)


def test_drop_has_errors_of_both() -> None:
    asked = samples(RIGHT)
    worse = [NO if n % 5 == 0 else answer for n, answer in enumerate(READ)]
    one, other = second(asked, READ, erring(READ, 20)), second(asked, worse, erring(worse, 7))
    found = amend_drop(one, other, name="drop from dense")
    read_drop = one.measured.score.value - other.measured.score.value  # type: ignore[operator]
    assert found.told.value == pytest.approx(read_drop)
    assert found.told.errors != found.told.of_reference
    assert all(isinstance(e, JudgeErrors) for e in (*found.told.errors, *found.told.of_reference))


def refusals() -> SecondMeasure:
    read: Read = [Refusal() if n % 40 == 0 else answer for n, answer in enumerate(READ)]
    return second(samples(RIGHT), read, read, metric="refusal_rate")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (refusals, "3 hold and 117 do not: 5 of each"),
        (
            lambda: second(samples(RIGHT), READ, READ, metric="answered_accuracy"),
            "answered_accuracy is no share of rows",
        ),
        (
            lambda: second(samples(RIGHT), READ, erring(READ, 2)),
            "not shown to be better than a coin",
        ),
        (
            lambda: second(
                [*samples(RIGHT), *samples(["yes"] * 9, name="other")],
                [*READ, *[YES] * 9],
                [*READ, *[YES] * 9],
                drawn=range(120),
            ),
            "the judge read no answer of other",
        ),
        (
            lambda: second(samples(RIGHT), READ, READ, people=dict.fromkeys(range(6), YES)),
            "of the labelled answers that count for plain, 6 hold and 0 do not",
        ),
    ],
)
def test_what_cannot_be_corrected_says_why(made: Callable[[], SecondMeasure], reason: str) -> None:
    found = amend(made(), name="it")
    assert found.estimate is None
    assert found.told.value is None
    assert reason in str(found.told.undefined)


def test_readings_of_other_samples_are_refused() -> None:
    one, other = (AnswerTable.of(SampleTable.of(samples(RIGHT)), READ) for _ in range(2))
    with pytest.raises(ValueError, match="one sample table"):
        JudgedTable(one, DrawnAnswers.evenly(other))
    with pytest.raises(ValueError, match="every row once"):
        DrawnAnswers.evenly(one.only(np.array([1, 1])))
    with pytest.raises(ValueError, match="weight above 0"):
        DrawnAnswers(one, np.zeros(len(one)))
