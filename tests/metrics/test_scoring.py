"""What a protocol makes of settings: weights, complements, parts, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.builders import REFUSED, judged, setting
from trusteval.errors import GateError
from trusteval.metrics.scoring import Case, Scoring, Subscore, Within, over
from trusteval.types import Answer, Declared, Judged, Label, Score

Answers = Sequence[tuple[str, str | Answer]]
SKEWED: Answers = [("yes", "yes"), ("yes", "yes"), ("yes", "no"), ("no", "no")]  # 3 of 4
HALF: Answers = [("yes", "yes"), ("yes", "no"), ("no", REFUSED), ("no", "no")]  # 2 of 4


def rows(**settings: Answers) -> list[Judged]:
    return [row for name, answers in settings.items() for row in judged(setting(name), answers)]


def declare(found: Sequence[Judged]) -> dict[str, Declared]:
    names = dict.fromkeys(row.sample.setting.name for row in found)
    return {
        name: Declared(
            sum(row.sample.setting.name == name for row in found),
            frozenset(row.sample.target for row in found if row.sample.setting.name == name),
        )
        for name in names
    }


def score(scoring: Scoring, part: str | None = None, **settings: Answers) -> Score:
    found = rows(**settings)
    return scoring.score(found, declared=declare(found), part=part)


@pytest.mark.parametrize(
    ("subscores", "value"),
    [
        # each setting by its own metric: balanced (2/3 + 1)/2, and right or refused 3/4
        (
            {"one": Subscore({"a": "balanced_accuracy", "b": "correct_or_abstained"})},
            100 * (5 / 6 + 3 / 4) / 2,
        ),
        # sub-scores weigh alike, whatever they hold
        (
            {"one": Subscore(over("ab", "accuracy")), "two": Subscore({"c": "accuracy"})},
            100 * ((3 / 4 + 2 / 4) / 2 + 0) / 2,
        ),
        # pooled: 3 + 2 + 0 right of 4 + 4 + 2
        ({"micro": Subscore(over("abc", "accuracy"), pooled=True)}, 50.0),
        # shown beside the score only
        (
            {"in": Subscore({"a": "accuracy"}), "out": Subscore({"c": "accuracy"}, share=0)},
            75.0,
        ),
        # the complement of a rate: 1 - 1/4
        ({"kept": Subscore({"b": "refusal_rate"}, complement=True)}, 75.0),
    ],
    ids=["own metrics", "parts alike", "pooled", "shown only", "complement"],
)
def test_score_is_the_weighted_mean_of_its_subscores(
    subscores: Mapping[str, Subscore], value: float
) -> None:
    scoring = Scoring(subscores, shown={})
    found = score(scoring, a=SKEWED, b=HALF, c=[("yes", "no"), ("no", "yes")])
    assert found.value == pytest.approx(value)
    assert found.interval is not None
    assert found.interval.low <= value <= found.interval.high


PARTS = Scoring(
    subscores={
        "plain": Subscore(over("ab", "accuracy")),
        "silence": Subscore({"b": "refusal_rate"}, complement=True),
    },
    context={"clean": "accuracy"},
    shown={},
)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("plain", 100 * (3 / 4 + 2 / 4) / 2),
        ("silence", 25.0),  # the sub-score itself, not its complement
        ("a", 75.0),
        ("b", 100 * (2 / 4 + 3 / 4) / 2),  # a setting of two sub-scores
        ("clean", 100.0),
        (None, 100 * ((3 / 4 + 2 / 4) / 2 + 3 / 4) / 2),
    ],
)
def test_part_is_a_subscore_or_the_score_of_one_setting(part: str | None, value: float) -> None:
    found = score(PARTS, part, a=SKEWED, b=HALF, clean=[("yes", "yes"), ("no", "no")])
    assert found.value == pytest.approx(value)


def test_parts_are_those_whose_settings_are_asked() -> None:
    assert PARTS.parts(["a"]) == ("plain", "a")
    assert PARTS.parts(["clean", "b"]) == ("plain", "silence", "clean", "b")


def test_unknown_part_is_refused_with_the_known_ones() -> None:
    with pytest.raises(GateError) as refused:
        PARTS.check_part("c", benchmark="bench", asked=["a"])
    assert str(refused.value) == (
        "bench has no setting or subscore 'c' in this profile; known: plain, a"
    )


def test_unknown_metric_is_a_key_error() -> None:
    found = rows(a=SKEWED)
    with pytest.raises(KeyError, match="acuracy"):
        PARTS.measure("acuracy", found, declared=declare(found))


def test_subscore_takes_the_declared_settings_only() -> None:
    assert score(PARTS, b=HALF).value == pytest.approx(100 * (2 / 4 + 3 / 4) / 2)


def test_rates_weigh_settings_as_the_score_does_or_all_alike() -> None:
    subscores = {
        "one": Subscore({"a": "accuracy"}),
        "two": Subscore(over("bc", "accuracy")),
    }
    found = rows(a=[("yes", REFUSED)], b=[("yes", "yes")], c=[("yes", "yes")])
    for flat, value in ((False, 50.0), (True, 100 / 3)):
        scoring = Scoring(subscores, shown={}, flat_rates=flat)
        rate = scoring.measure("refusal_rate", found, declared=declare(found)).score
        assert rate.value == pytest.approx(value)


def test_missing_setting_leaves_a_partial_score_beside_no_score() -> None:
    found = rows(a=SKEWED)
    declared = {**declare(found), "b": Declared(4, frozenset(["yes", "no"]))}
    whole = PARTS.score(found, declared=declared)
    assert (whole.value, whole.missing_settings, whole.complete) == (None, ("b",), False)
    partial = PARTS.partial_score(found, declared=declared, missing=["b"])
    assert partial is not None
    assert partial.value == 75.0
    assert PARTS.partial_score(found, declared=declare(found), missing=[]) is None
    assert PARTS.partial_score([], declared=declared, missing=["a", "b"]) is None


def test_rows_that_do_not_count_are_left_out() -> None:
    scoring = Scoring(
        {"one": Subscore({"a": "accuracy"})},
        shown={},
        counts=lambda sample: sample.target == "yes",
    )
    found = rows(a=SKEWED)
    declared = {"a": Declared(3, frozenset(["yes"]))}
    assert scoring.score(found, declared=declared).value == pytest.approx(200 / 3)
    assert scoring.measure("accuracy", found, declared=declared).score.counts.n == 3


def test_undefined_subscore_leaves_the_score_undefined() -> None:
    scoring = Scoring(
        {
            "one": Subscore({"a": "accuracy"}),
            "two": Subscore({"b": "answered_accuracy"}),
        },
        shown={},
    )
    refused = score(scoring, a=SKEWED, b=[("yes", REFUSED), ("no", REFUSED)])
    assert (refused.value, refused.undefined) == (None, "every answer is a refusal")


def test_label_of_a_contradictory_text_is_the_same_answer() -> None:
    assert Label("no", contradictory=True) == Label("no")


# -- cases: settings that are averaged first, and what is asked in two ways -----------------

RIGHT: Answers = [("yes", "yes"), ("yes", "yes"), ("no", "no"), ("no", "no")]
WRONG: Answers = [("yes", "no"), ("yes", "no"), ("no", "yes"), ("no", "yes")]
TWO_WAYS = Scoring(
    subscores={
        "plain": Subscore(
            over(("a1", "a2", "b1"), "accuracy"), cases=(Case(("a1", "a2")), Case(("b1",)))
        ),
        "worse": Subscore(
            over(("c", "d"), "accuracy"), cases=(Case(("c",), or_lower=("d",)),), share=1.0
        ),
    },
    shown={},
)


def test_settings_of_a_case_are_averaged_before_the_cases_are():
    found = score(TWO_WAYS, part="plain", a1=RIGHT, a2=WRONG, b1=RIGHT)
    assert found.value == pytest.approx(100 * (1 / 2 + 1) / 2)


def test_a_case_without_one_of_its_settings_weighs_what_it_did():
    found = score(TWO_WAYS, part="plain", a1=RIGHT, b1=WRONG)
    assert found.value == pytest.approx(50.0)


def test_of_two_ways_the_lower_counts():
    assert score(TWO_WAYS, part="worse", c=SKEWED, d=HALF).value == pytest.approx(50.0)
    assert score(TWO_WAYS, part="worse", c=HALF, d=SKEWED).value == pytest.approx(50.0)


def test_a_case_that_is_asked_in_one_of_its_two_ways_counts_for_nothing():
    found = score(TWO_WAYS, a1=RIGHT, a2=RIGHT, b1=RIGHT, c=WRONG)
    assert found.value == pytest.approx(100.0)
    assert TWO_WAYS.parts(["a1", "c"]) == ("plain", "a1", "c")


def test_one_way_alone_is_what_it_is_by_its_name():
    assert score(TWO_WAYS, part="c", c=SKEWED, d=HALF).value == pytest.approx(75.0)


def test_rates_weigh_both_ways_alike():
    found = rows(c=HALF, d=RIGHT)
    refused = TWO_WAYS.measure("refusal_rate", found, declared=declare(found)).score
    assert refused.value == pytest.approx(100 * (1 / 4 + 0) / 2)


def test_a_complement_of_the_lower_of_two_is_refused():
    with pytest.raises(ValueError, match="complement"):
        Subscore({"c": "accuracy"}, complement=True, cases=(Case(("c",), or_lower=("d",)),))


def test_a_metric_of_one_subscore_is_measured_there_alone():
    scoring = Scoring(
        subscores={"in": Subscore({"a": "accuracy"}), "out": Subscore({"b": "accuracy"})},
        shown={},
        within={"bias_gap": Within("in", "bias_gap")},
    )
    found = rows(a=SKEWED, b=WRONG)
    gap = scoring.measure("bias_gap", found, declared=declare(found)).score
    assert gap.value == pytest.approx(100 * (1 - 2 / 3))


def test_halves_of_a_case_count_alike_and_never_without_each_other():
    both = over(("e1", "e2", "f"), "accuracy")
    scoring = Scoring({"halves": Subscore(both, cases=(Case(("e1", "e2"), beside=("f",)),))}, {})
    assert score(scoring, e1=RIGHT, e2=RIGHT, f=WRONG).value == pytest.approx(50.0)
    alone = score(scoring, e1=RIGHT, e2=RIGHT)
    assert (alone.value, alone.undefined) == (None, "nothing that it is made of is asked")
