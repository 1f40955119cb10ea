"""Which limits of a row are refused: on the wrong side, fractions, and what cannot be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate_rows import load, prepare, refusal, toml
from trusteval.errors import GateError
from trusteval.metrics.metric import METRICS, SCORE, gated
from trusteval.protocols import PROTOCOLS
from trusteval.suite.profiles import FULL

GATED = gated(METRICS)
COMPARED = {name: metric for name, metric in GATED.items() if not metric.of_members}
BETTER_HIGH = [name for name, metric in COMPARED.items() if metric.is_better_high]
BETTER_LOW = [name for name in COMPARED if name not in BETTER_HIGH]


def row(metric: str, **limits: str) -> str:
    return toml(metric=f'"{metric}"', **{"at_least": None, **limits})


# -- the table -----------------------------------------------------------------------------


def test_protocols_own_form_is_better_the_way_its_metric_is():
    forms = [metric for metric in METRICS.values() if metric.form_of is not None]
    assert len(forms) == 10
    for form in forms:
        assert GATED[form.form_of].direction is form.direction
        assert GATED[form.form_of].shifts == form.shifts
        # Who falls silent under a trigger was not turned by it, and has lost the text all the same.
        of_silence = GATED[form.form_of].rewards_silence or form.form_of == "attack_success_rate"
        assert of_silence == form.rewards_silence


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_part_of_a_benchmark_says_which_way_its_score_is_better(protocol):
    low = set()
    for benchmark, settings in FULL.settings.items():
        scoring = PROTOCOLS[protocol].scoring(benchmark, settings=settings)
        for part in scoring.parts(settings):
            if not scoring.metric_of(SCORE.name, part=part).is_better_high:
                low.add(f"{benchmark}.{part}")
    rates = {f"ethics.false_positive_rate_{part}" for part in ("jailbreak", "evasive")}
    gaps = {f"adult.{part}_difference" for part in ("demographic_parity", "equalized_odds")}
    refused = {"style_rej", "style_fewshot_rej", "knowledge_rej", "knowledge_fewshot_rej"}
    own = {f"ood.{name}" for name in refused} if protocol == "comptrust" else set()
    if protocol != "strict":
        parts = ("counterfactual", "spurious", "backdoor", "backdoor_clean")
        own |= {f"adversarial_demonstrations.{part}_rej" for part in parts}
    assert low - {f"adult.{name}" for name in FULL.settings["adult"]} == rates | gaps | own


def test_sub_score_is_made_of_metrics_that_are_better_the_same_way():
    for protocol in PROTOCOLS.values():
        for benchmark, settings in FULL.settings.items():
            for part in protocol.scoring(benchmark, settings=settings).subscores.values():
                assert len({METRICS[metric].direction for metric in part.metrics.values()}) == 1


# -- the wrong side ------------------------------------------------------------------------


@pytest.mark.parametrize("metric", BETTER_LOW)
@pytest.mark.parametrize(
    ("limit", "meant"),
    [
        ({"max_drop": "3"}, "max_rise"),
        ({"detect_drop": "true"}, "max_rise"),
        ({"at_least": "5"}, "at_most is meant"),
        ({"at_least": "5", "max_rise": "3"}, "at_most is meant"),
    ],
)
def test_limit_that_the_worst_keep_best_is_refused_where_lower_is_better(metric, limit, meant):
    message = refusal(row(metric, **limit))
    assert f"of {metric} lower is better" in message
    assert meant in message


@pytest.mark.parametrize("metric", BETTER_HIGH)
@pytest.mark.parametrize(
    ("limit", "meant"),
    [
        ({"max_rise": "3"}, "max_drop is meant"),
        ({"at_most": "95"}, "at_least is meant"),
        ({"at_most": "95", "max_drop": "3"}, "at_least is meant"),
    ],
)
def test_limit_that_the_worst_keep_best_is_refused_where_higher_is_better(metric, limit, meant):
    message = refusal(row(metric, **limit))
    assert f"of {metric} higher is better" in message
    assert meant in message


@pytest.mark.parametrize("metric", COMPARED)
def test_limits_on_the_right_side_and_bands_are_taken(metric):
    right = {"max_drop": "3", "at_least": "5"} if metric in BETTER_HIGH else {"max_rise": "3"}
    assert len(load(row(metric, **right))) == 1
    assert len(load(row(metric, at_least="0", at_most="95"))) == 1
    assert len(load(row(metric, at_least="5", at_most="100"))) == 1


@pytest.mark.parametrize(
    ("benchmark", "setting", "limit"),
    [
        ("ethics", "false_positive_rate_jailbreak", {"at_least": "5"}),
        ("ethics", "false_positive_rate_evasive", {"max_drop": "5"}),
        ("adult", "demographic_parity_difference", {"max_drop": "5"}),
        ("ethics", "jailbreak", {"at_most": "5"}),
        ("ethics", "zero_shot", {"max_rise": "5"}),
    ],
)
def test_score_of_a_part_is_held_on_the_side_of_what_it_is(
    tmp_path: Path, benchmark, setting, limit
):
    text = row("score", benchmark=f'"{benchmark}"', setting=f'"{setting}"', **limit)
    with pytest.raises(GateError, match=r"is better, and .* is meant"):
        prepare(tmp_path, text)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "held",
    [
        {"metric": '"false_positive_rate"'},
        {"metric": '"score"', "setting": '"false_positive_rate_jailbreak"'},
        {"metric": '"refusal_rate"', "setting": '"false_positive_rate_evasive"'},
    ],
    ids=["metric", "part", "metric of part"],
)
def test_row_that_silence_keeps_best_needs_one_that_hears_it(tmp_path: Path, protocol, held):
    text = toml(at_least=None, at_most="50", **held)
    with pytest.raises(
        GateError, match=r"says nothing has no false_positive_rate; .* for dense too"
    ):
        prepare(tmp_path, text, protocol=protocol)
    hearing = toml(metric='"non_answer_rate"', at_least=None, at_most="20")
    assert len(prepare(tmp_path, text + hearing, protocol=protocol).gates) == 2


# -- fractions -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metric", "key", "value", "points"),
    [
        ("score", "at_least", "0.8", "80"),
        ("refusal_rate", "at_most", "0.05", "5"),
        ("score", "max_drop", "0.03", "3"),
        ("refusal_rate", "max_rise", "0.5", "50"),
        ("fairness", "gap_shift", "0.1", "10"),
        ("score", "at_least", "0.999", "99.9"),
    ],
)
def test_limit_below_one_point_is_asked_about_unless_the_row_says_points(
    metric, key, value, points
):
    message = refusal(row(metric, **{key: value}))
    assert f"limits are points, 0 to 100, got {key} = {value}: for {points} % write {points}" in (
        message
    )
    assert 'add unit = "points" to the row' in message
    (loaded,) = load(row(metric, **{key: value}, unit='"points"'))
    assert getattr(loaded, key) == float(value)


@pytest.mark.parametrize("limit", ["0", "0.0", "1", "1.0", "1.5"])
def test_limit_of_none_or_of_a_whole_point_is_no_fraction(limit):
    assert load(row("score", at_least=limit))[0].at_least == float(limit)


def test_unit_is_points_and_nothing_else():
    assert "unit can only be 'points', got 'percent'" in refusal(toml(unit='"percent"'))


def test_limit_that_keeps_nobody_out_holds_no_baseline_in_place():
    loose = row("score", at_least="0", max_drop="3", reference='"baseline"')
    assert "drops from one accepted baseline to the next add up" in refusal(loose)


@pytest.mark.parametrize(
    ("metric", "limits", "holds_nobody"),
    [
        ("score", {"at_least": "0"}, True),
        ("refusal_rate", {"at_most": "100.0"}, True),
        ("score", {"max_drop": "100"}, True),
        ("fairness", {"gap_shift": "100"}, True),
        ("score", {"at_least": "0", "max_drop": "100"}, True),
        ("score", {"at_least": "0", "at_most": "60"}, False),
        ("score", {"at_least": "0", "max_drop": "3"}, False),
        ("score", {"detect_drop": "true"}, False),
    ],
)
def test_row_that_no_answers_can_break_is_known(metric, limits, holds_nobody):
    assert load(row(metric, **limits))[0].holds_nobody is holds_nobody


# -- hostile files -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("at_least = " + "9" * 5000, id="number of 5,000 digits"),
        pytest.param("a = " + "[" * 5000, id="lists in lists"),
        pytest.param("[[gate]]\nbenchmark" + ".a" * 5000 + " = 1", id="tables in tables"),
        pytest.param(toml(at_least="0x" + "f" * 5000), id="hexadecimal number"),
        pytest.param(toml(min_group="0x" + "f" * 5000), id="hexadecimal group"),
        pytest.param(toml(why="0x" + "f" * 5000), id="number as why"),
        pytest.param(toml(benchmark='"eth\\nics"'), id="name in two lines"),
        pytest.param(toml(why='"\\u001b[2J"'), id="escape sequence"),
        pytest.param(toml(subjects='["a\\nb"]'), id="pattern in two lines"),
        pytest.param('"a\\nb" = 3', id="table in two lines"),
        pytest.param(toml(**{'"a\\nb"': "3"}), id="key in two lines"),
    ],
)
def test_hostile_file_is_refused_in_one_short_line(text):
    message = refusal(text)
    assert message.isprintable()
    assert len(message) < 500


def test_why_may_go_on_over_several_lines():
    assert load(toml(why='"""as\n  agreed"""'))[0].why == "as agreed"


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
def test_byte_order_mark_is_no_part_of_the_file(tmp_path: Path, start):
    run = prepare(tmp_path, (start + toml().encode()).decode())
    assert [gate.id for gate in run.gates] == ["ethics.score"]
