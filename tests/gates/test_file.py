"""What a gate decides, how it words it, and which rows of gates.toml it refuses."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import known, score
from tests.gate_rows import gate, load, prepare, refusal, toml
from trusteval.errors import GateError
from trusteval.gates.evidence import Evidence
from trusteval.gates.gate import Gate
from trusteval.gates.verdicts import decide
from trusteval.gates.wording import describe_counts
from trusteval.metrics.metric import METRICS, gated
from trusteval.types import (
    Dimension,
    Interval,
    InvalidReason,
    Level,
    LimitCheck,
    Outcome,
    Score,
    Verdict,
)

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def check(asked: Gate, given: Score, *, notes=()) -> Verdict:
    return decide(
        asked,
        Evidence(given, known(given)),
        subject="gptq-3",
        dimension=Dimension.MACHINE_ETHICS,
        notes=notes,
    )


def outcome(asked: Gate, given: Score) -> Outcome:
    return check(asked, given).outcome


# -- decisions by interval ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((56.0, 64.0), PASS),
        ((55.0, 64.0), PASS),
        ((54.9, 64.0), INCONCLUSIVE),
        ((50.0, 60.0), INCONCLUSIVE),
        ((50.0, 55.0), INCONCLUSIVE),
        ((50.0, 54.9), FAIL),
        ((0.0, 10.0), FAIL),
    ],
)
def test_at_least_is_decided_by_the_interval(interval, expected):
    assert outcome(gate(at_least=55.0), score(sum(interval) / 2, interval)) is expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((1.0, 4.0), PASS),
        ((1.0, 5.0), PASS),
        ((1.0, 5.1), INCONCLUSIVE),
        ((4.0, 9.0), INCONCLUSIVE),
        ((5.0, 9.0), INCONCLUSIVE),
        ((5.1, 9.0), FAIL),
        ((90.0, 100.0), FAIL),
    ],
)
def test_at_most_is_decided_by_the_interval(interval, expected):
    assert outcome(gate(at_most=5.0), score(sum(interval) / 2, interval)) is expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((40.0, 60.0), PASS),
        ((45.0, 55.0), PASS),
        ((39.0, 60.0), INCONCLUSIVE),
        ((40.0, 61.0), INCONCLUSIVE),
        ((10.0, 90.0), INCONCLUSIVE),
        ((30.0, 39.0), FAIL),
        ((61.0, 70.0), FAIL),
    ],
)
def test_several_limits_must_all_hold(interval, expected):
    asked = gate(at_least=40.0, at_most=60.0)
    assert outcome(asked, score(sum(interval) / 2, interval)) is expected


def test_limit_itself_is_on_the_good_side():
    assert outcome(gate(at_least=55.0), score(55.0, (55.0, 55.0))) is PASS
    assert outcome(gate(at_most=55.0), score(55.0, (55.0, 55.0))) is PASS
    assert outcome(gate(at_least=55.0, point=True), score(55.0)) is PASS
    assert outcome(gate(at_most=55.0, point=True), score(55.0)) is PASS


points = st.floats(0, 100, allow_nan=False)


@given(points, points, points, points)
def test_interval_decides_pass_and_fail_never_both(low, high, at_least, at_most):
    low, high = sorted((low, high))
    at_least, at_most = sorted((at_least, at_most))
    decided = outcome(
        gate(at_least=at_least, at_most=at_most), score((low + high) / 2, (low, high))
    )
    # Decided as fractions: two points that are the same fraction are the same limit.
    low, high, at_least, at_most = (x / 100 for x in (low, high, at_least, at_most))
    inside = at_least <= low and high <= at_most
    outside = high < at_least or low > at_most
    expected = PASS if inside else FAIL if outside else INCONCLUSIVE
    assert decided is expected


# -- decisions by point estimate ---------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "value", "expected"),
    [
        ({"at_least": 55.0}, 55.0, PASS),
        ({"at_least": 55.0}, 54.999, FAIL),
        ({"at_most": 5.0}, 5.0, PASS),
        ({"at_most": 5.0}, 5.001, FAIL),
        ({"at_least": 40.0, "at_most": 60.0}, 50.0, PASS),
        ({"at_least": 40.0, "at_most": 60.0}, 39.0, FAIL),
        ({"at_least": 40.0, "at_most": 60.0}, 61.0, FAIL),
    ],
)
@pytest.mark.parametrize("interval", [None, (0.0, 100.0)], ids=["bare", "wide interval"])
def test_point_compares_the_estimate_alone(limits, value, expected, interval):
    assert outcome(gate(**limits, point=True), score(value, interval)) is expected


def test_point_estimate_is_named_in_the_message():
    verdict = check(gate(at_least=55.0, point=True), score(60.0))
    assert "must be >= 55.0 (point estimate)" in verdict.message


# -- no evidence is never a pass ---------------------------------------------------------


@pytest.mark.parametrize("point", [False, True])
@pytest.mark.parametrize("limits", [{"at_least": 0.0}, {"at_most": 100.0}], ids=str)
def test_undefined_score_is_inconclusive_under_any_limit(limits, point):
    verdict = check(
        gate(**limits, point=point), score(None, undefined="missing settings: few_shot")
    )
    assert verdict.outcome is INCONCLUSIVE
    assert "score is undefined (missing settings: few_shot)" in verdict.message


def test_score_without_an_interval_is_inconclusive_and_says_what_to_do():
    verdict = check(gate(metric="fairness", at_least=55.0), score(90.0, metric="fairness"))
    assert verdict.outcome is INCONCLUSIVE
    assert "fairness has no interval here: set point = true" in verdict.message


NAN_SCORES = [
    pytest.param(score(nan), id="value alone"),
    pytest.param(score(nan, (nan, nan)), id="value and bounds"),
    pytest.param(score(60.0, (nan, nan)), id="both bounds"),
]
HALF_NAN_SCORES = [
    pytest.param(score(nan, (60.0, 80.0)), id="value between bounds"),
    pytest.param(score(70.0, (60.0, nan)), id="high"),
    pytest.param(score(70.0, (nan, 80.0)), id="low"),
]


@pytest.mark.parametrize("given_score", NAN_SCORES)
@pytest.mark.parametrize("limits", [{"at_least": 0.0}, {"at_most": 100.0}], ids=str)
def test_nan_never_passes(limits, given_score):
    assert outcome(gate(**limits), given_score) is not PASS


@pytest.mark.parametrize("limits", [{"at_least": 0.0}, {"at_most": 100.0}], ids=str)
def test_nan_never_passes_by_point(limits):
    assert outcome(gate(**limits, point=True), score(nan)) is not PASS


@pytest.mark.parametrize("given_score", HALF_NAN_SCORES)
def test_nan_beside_real_bounds_never_passes(given_score):
    # A NaN value or bound means that the score is broken, whichever limit is asked.
    decided = {
        outcome(gate(**limits), given_score) for limits in ({"at_least": 0}, {"at_most": 100})
    }
    assert PASS not in decided


def test_nan_is_no_evidence():
    assert outcome(gate(at_least=50.0, point=True), score(nan)) is INCONCLUSIVE


# -- the message -------------------------------------------------------------------------


def test_message_says_what_interval_limit_counts_and_notes():
    verdict = check(
        gate(at_least=55.0),
        score(
            51.2,
            (49.4, 53.0),
            n=2109,
            refused=212,
            invalid={InvalidReason.EMPTY: 0, InvalidReason.TRUNCATED: 31},
        ),
        notes=["dense 58.0", "storage packed"],
    )
    assert verdict.message == (
        "gptq-3 on ethics: score 51.2 (90 % interval 49.4 to 53.0), must be >= 55.0; "
        "n=2109, refused 212, invalid 31 (31 truncated); detects 2.7; dense 58.0; storage packed; "
        "why: because"
    )


def test_message_names_the_setting_and_both_limits():
    asked = gate(metric="refusal_rate", setting="few_shot", at_least=1.0, at_most=5.0)
    message = check(asked, score(3.0, (0.5, 6.0), metric="refusal_rate")).message
    assert message == (
        "gptq-3 on ethics.few_shot: refusal_rate 3.0 (90 % interval 0.5 to 6.0), "
        "must be >= 1.0 and <= 5.0, which these samples cannot decide "
        "(about 440 would if the value is as seen); n=100, refused 0, invalid 0; detects 4.2; "
        "why: because"
    )


def test_verdict_carries_what_was_judged():
    asked, given = gate(at_least=55.0, setting="few_shot", level=Level.WARN), score(40.0, (39, 41))
    verdict = check(asked, given)
    assert verdict == Verdict(
        gate="ethics.few_shot.score",
        subject="gptq-3",
        benchmark="ethics",
        dimension=Dimension.MACHINE_ETHICS,
        outcome=FAIL,
        level=Level.WARN,
        message=verdict.message,
        score=given,
        p=0.001,
        why="because",
        setting="few_shot",
        limits=(LimitCheck("score", 40.0, Interval(39.0, 41.0), at_least=55.0),),
    )


@pytest.mark.parametrize(
    ("limit", "given_score"),
    [
        (55.0, score(54.96, (50.0, 54.96))),
        (55.04, score(60.0, (55.02, 64.0))),
    ],
    ids=["fail", "inconclusive"],
)
def test_decision_can_be_read_off_the_message(limit, given_score):
    verdict = check(gate(at_least=limit), given_score)
    shown = verdict.message.partition("interval ")[2].partition(")")[0].split(" to ")
    low, high = map(float, shown)
    limit = float(verdict.message.partition(">= ")[2].partition(";")[0].partition(",")[0])
    assert (low >= limit, high < limit) == (verdict.outcome is PASS, verdict.outcome is FAIL)


@pytest.mark.parametrize(
    ("level", "interval", "blocks"),
    [
        (Level.BLOCK, (0.0, 1.0), True),
        (Level.WARN, (0.0, 1.0), False),
        (Level.BLOCK, (0.0, 99.0), False),
        (Level.BLOCK, (60.0, 99.0), False),
    ],
)
def test_only_a_failed_blocking_gate_blocks(level, interval, blocks):
    assert check(gate(at_least=55.0, level=level), score(1.0, interval)).blocks is blocks


@pytest.mark.parametrize(
    ("invalid", "words"),
    [
        ({}, "n=78, refused 3, invalid 0"),
        ({InvalidReason.EMPTY: 0}, "n=78, refused 3, invalid 0"),
        (
            {InvalidReason.EMPTY: 1, InvalidReason.TRUNCATED: 2},
            "n=78, refused 3, invalid 3 (1 empty, 2 truncated)",
        ),
    ],
)
def test_counts_are_worded_with_the_reasons_that_occur(invalid, words):
    assert describe_counts(score(1.0, n=78, refused=3, invalid=invalid)) == words


@pytest.mark.parametrize(
    ("patterns", "name", "applies"),
    [
        (("*",), "anything", True),
        (("gptq-*", "vote-*"), "gptq-3", True),
        (("gptq-*", "vote-*"), "vote-gptq", True),
        (("gptq-*", "vote-*"), "dense", False),
        (("gptq-3",), "gptq-3@2", False),
        (("GPTQ-*",), "gptq-3", False),
        (("gptq-[34]",), "gptq-4", True),
    ],
)
def test_gate_applies_to_subjects_by_pattern(patterns, name, applies):
    assert gate(at_least=1.0, subjects=patterns).applies_to(name) is applies


@pytest.mark.parametrize(
    ("limits", "name"),
    [({}, "ethics.score"), ({"setting": "few_shot"}, "ethics.few_shot.score")],
)
def test_gate_id_is_its_words_without_numbers(limits, name):
    assert gate(at_least=55.0, **limits).id == name


# -- gates.toml --------------------------------------------------------------------------


def test_row_is_read_with_its_defaults():
    assert load(toml()) == (Gate(benchmark="ethics", metric="score", why="because", at_least=55.0),)
    (loaded,) = load(toml())
    assert (loaded.subjects, loaded.setting, loaded.at_most) == (("*",), None, None)
    assert (loaded.point, loaded.level) == (False, Level.BLOCK)


def test_row_is_read_in_full():
    text = toml(
        metric='"refusal_rate"',
        setting='"few_shot"',
        subjects='["gptq-*", "vote-*"]',
        at_least="1",
        at_most="20",
        point="true",
        level='"warn"',
    )
    assert load(text) == (
        Gate(
            benchmark="ethics",
            metric="refusal_rate",
            why="because",
            setting="few_shot",
            subjects=("gptq-*", "vote-*"),
            at_least=1,
            at_most=20,
            point=True,
            level=Level.WARN,
        ),
    )


def test_rows_stay_in_order():
    text = toml() + toml(benchmark='"mmlu"') + toml(benchmark='"ood"')
    assert [loaded.benchmark for loaded in load(text)] == ["ethics", "mmlu", "ood"]


@pytest.mark.parametrize("metric", gated(METRICS))
def test_every_metric_can_be_gated(metric):
    (loaded,) = load(toml(metric=f'"{metric}"', at_most="60.0"))
    assert loaded.metric == metric


@pytest.mark.parametrize("limit", ["0", "0.0", "100", "100.0", "55.5"])
def test_limit_may_be_any_number_of_points(limit):
    assert load(toml(at_least=limit))[0].at_least == float(limit)


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "gate = []\n"])
def test_file_without_a_gate_is_refused(text):
    message = "gates.toml holds no gate: add a [[gate]] table with a limit and a why"
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[gate]\n", "gates.toml is no valid TOML: "),
        (toml() + "at_least = 3\n", "gates.toml is no valid TOML: "),
        (toml(why="because"), "gates.toml is no valid TOML: "),
        (toml() + "[other]\n", "gates.toml: expected only [[gate]] tables, got other"),
        (toml().replace("gate", "gates"), "gates.toml: expected only [[gate]] tables, got gates"),
        ("[gate]\n", "gates.toml: gates are written as [[gate]] tables, got dict"),
        ("gate = 3\n", "gates.toml: gates are written as [[gate]] tables, got int"),
        ("gate = [1]\n", "gates.toml: gates are written as [[gate]] tables, got list"),
        # what every row needs
        (
            toml(at_least=None),
            "gates.toml, gate 1 (ethics score): a gate needs a limit, one of at_least, "
            "at_most, max_drop, max_rise, gap_shift, detect_drop",
        ),
        (
            toml(why=None),
            "gates.toml, gate 1: a gate needs why; every row says why it is there",
        ),
        (toml(why='"  "'), "gates.toml, gate 1: a gate needs why; "),
        (toml(why='""'), "gates.toml, gate 1: a gate needs why; "),
        (toml(benchmark=None), "gates.toml, gate 1: a gate needs benchmark; "),
        (toml(metric=None), "gates.toml, gate 1: a gate needs metric; "),
        ("[[gate]]\n", "gates.toml, gate 1: a gate needs benchmark, metric, why; "),
        (toml() + toml(why=None), "gates.toml, gate 2: a gate needs why; "),
        # unknown words
        (
            toml(at_leats="3"),
            "gates.toml, gate 1: unknown key 'at_leats' (did you mean 'at_least'?); "
            "known: benchmark, metric, why, setting, subjects, at_least, at_most, max_drop, "
            "max_rise, gap_shift, detect_drop, reference, min_group, unit, point, level, profiles",
        ),
        (toml(qqq="3"), "gates.toml, gate 1: unknown key 'qqq'; known: benchmark, "),
        (
            toml(metric='"acuracy"'),
            "gates.toml, gate 1 (ethics acuracy): unknown metric 'acuracy' "
            f"(did you mean 'accuracy'?); known: {', '.join(gated(METRICS))}",
        ),
        (toml(metric='"qqq"'), "gates.toml, gate 1 (ethics qqq): unknown metric 'qqq'; known: "),
        (
            toml(level='"fatal"'),
            "gates.toml, gate 1 (ethics score): level is one of block, warn, got 'fatal'",
        ),
        # wrong types
        (toml(benchmark="1"), "gates.toml, gate 1: benchmark must be a text, got 1"),
        (toml(metric="[]"), "gates.toml, gate 1: metric must be a text, got []"),
        (toml(why="true"), "gates.toml, gate 1: why must be a text, got True"),
        (toml(setting="3"), "gates.toml, gate 1: setting must be a text, got 3"),
        (toml(level="1"), "gates.toml, gate 1: level must be a text, got 1"),
        (toml(at_least='"55"'), "gates.toml, gate 1: at_least must be a number, got '55'"),
        (toml(at_least="true"), "gates.toml, gate 1: at_least must be a number, got True"),
        (toml(at_most="false"), "gates.toml, gate 1: at_most must be a number, got False"),
        (toml(at_most="[5]"), "gates.toml, gate 1: at_most must be a number, got [5]"),
        (toml(point="1"), "gates.toml, gate 1: point must be true or false, got 1"),
        (toml(point='"yes"'), "gates.toml, gate 1: point must be true or false, got 'yes'"),
        (toml(subjects='"gptq-*"'), "gates.toml, gate 1: subjects must be a list, got 'gptq-*'"),
        (
            toml(subjects="[]"),
            "gates.toml, gate 1 (ethics score): subjects is a list of name patterns, got []",
        ),
        (
            toml(subjects='["dense", 3]'),
            "gates.toml, gate 1 (ethics score): subjects is a list of name patterns, "
            "got ['dense', 3]",
        ),
        (
            toml(subjects='[""]'),
            "gates.toml, gate 1 (ethics score): subjects is a list of name patterns, got ['']",
        ),
        # limits out of range
        (
            toml(at_least="100.1"),
            "gates.toml, gate 1 (ethics score): at_least is in points, 0 to 100, got 100.1",
        ),
        (
            toml(at_most="-1"),
            "gates.toml, gate 1 (ethics score): at_most is in points, 0 to 100, got -1",
        ),
        (toml(at_least="nan"), "gates.toml, gate 1 (ethics score): at_least is in points, "),
        (toml(at_most="inf"), "gates.toml, gate 1 (ethics score): at_most is in points, "),
        (
            toml(at_most="50"),
            "gates.toml, gate 1 (ethics score): no score can be at least 55.0 and at most 50",
        ),
    ],
)
def test_bad_file_is_refused_with_what_expected_and_got(text, message):
    assert refusal(text).startswith(message)


@pytest.mark.parametrize(
    ("second", "subject"), [({}, "dense"), ({"subjects": '["gptq-*"]'}, "gptq-3")]
)
def test_rows_that_decide_the_same_thing_twice_are_refused(tmp_path, second, subject):
    with pytest.raises(GateError) as caught:
        prepare(tmp_path, toml() + toml(at_least="60.0", **second))
    assert str(caught.value) == (
        f"{tmp_path / 'gates.toml'}, gate 2 (ethics.score): gate 1 decides ethics.score for "
        f"{subject} already; give each subject one row per benchmark, setting and metric"
    )


def test_rows_that_decide_different_things_may_share_a_benchmark(tmp_path):
    text = (
        toml(subjects='["dense"]')
        + toml(subjects='["gptq-*"]', at_least="40.0")
        + toml(setting='"few_shot"')
        + toml(metric='"accuracy"')
    )
    assert prepare(tmp_path, text).gates == load(text)
