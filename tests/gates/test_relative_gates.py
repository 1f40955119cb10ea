"""Gates that compare with a reference: decisions, sentences, and rows that are refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import Known, known, score
from tests.gate_rows import prepare, refusal, toml
from trusteval.errors import UsageError
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.file import load_gates
from trusteval.gates.gate import Gate, family_size
from trusteval.gates.verdicts import decide
from trusteval.stats.estimate import Estimate, Normal
from trusteval.stats.losses import Losses
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion
from trusteval.types import (
    Dimension,
    Interval,
    Level,
    LimitCheck,
    Outcome,
    Undecided,
    Verdict,
)

PASS, FAIL, INCONCLUSIVE = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def check(
    compared: Comparison | None,
    *,
    family: int = 1,
    n: int = 100,
    estimate: Estimate | None = None,
    **row,
) -> Verdict:
    """Decide a row on a score of 80.0, with an interval of 75.0 to 85.0 unless one is given."""
    given = score(80.0, (75.0, 85.0), n=n)
    return decide(
        Gate(benchmark="ethics", metric="score", why="because", **row),
        Evidence(given, estimate or known(given), compared),
        subject="gptq-3",
        dimension=Dimension.MACHINE_ETHICS,
        family=family,
    )


def dropped(lost: int, gained: int, n: int) -> Comparison:
    return Comparison(Pairs(lost, gained, n))


# -- drops ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("margin", "n", "flips"),
    [
        *((3.0, n, flips) for n, flips in ((200, 13), (500, 24), (2109, 78), (14_042, 456))),
        *((1.0, n, flips) for n, flips in ((200, 7), (500, 11), (2109, 31), (14_042, 162))),
    ],
)
def test_planted_flips_fail_at_the_stated_count_and_not_one_earlier(margin, n, flips):
    assert check(dropped(flips, 0, n), max_drop=margin).outcome is FAIL
    assert check(dropped(flips - 1, 0, n), max_drop=margin).outcome is INCONCLUSIVE


def test_verdict_holds_each_estimate_beside_its_limit_in_points():
    compared = dropped(13, 3, 200)
    verdict = check(compared, at_least=70.0, max_drop=2.0)
    own, change = verdict.limits
    assert own == LimitCheck("score", 80.0, Interval(75.0, 85.0), at_least=70.0)
    assert verdict.reference == "dense"
    assert verdict.change is not None
    assert change == LimitCheck(
        "drop from dense", 5.0, verdict.change.interval, at_most=2.0, is_change=True
    )
    shifts = check(Comparison(None, {"selection rate": Normal(0.03, 0.01)}), gap_shift=4.0).limits
    assert [(one.name, one.value, one.at_least, one.at_most) for one in shifts] == [
        ("shift of the selection rate", 3.0, -4.0, 4.0)
    ]
    assert check(None, at_least=70.0, point=True).limits == (own,)
    assert check(None, at_least=70.0).reference is None


def test_identical_answers_pass_what_their_number_can_show():
    assert check(dropped(0, 0, 200), max_drop=1.4).outcome is PASS
    assert check(dropped(0, 0, 200), max_drop=1.3).outcome is INCONCLUSIVE


def test_rise_is_judged_as_a_drop_the_other_way_round():
    assert check(dropped(40, 2, 500), max_rise=3.0).outcome is FAIL
    assert check(dropped(2, 40, 500), max_rise=3.0).outcome is PASS


def test_drop_is_told_with_its_interval_its_pairs_and_what_it_detects():
    verdict = check(dropped(12, 4, 200), max_drop=3.0, n=200)
    assert verdict.message == (
        "gptq-3 on ethics: drop from dense 4.0 (90 % interval 0.5 to 7.7), must be <= 3.0, which "
        "these samples cannot decide (about 650 would if nothing changed); n=200, refused 0, "
        "invalid 0; 16 discordant pairs; detects 5.4; why: because"
    )
    assert verdict.change is not None
    assert verdict.change.reference == "dense"
    assert verdict.change.value == pytest.approx(4.0)


def test_what_a_row_detects_is_its_margin_s_distance_not_that_of_a_limit_beside_it():
    alone = check(dropped(2, 1, 2000), max_drop=3.0, n=2000).message
    beside = check(dropped(2, 1, 2000), max_drop=3.0, at_least=10.0, n=2000).message
    absolute = check(dropped(2, 1, 2000), at_least=10.0, n=2000).message
    assert [text.partition("detects ")[2].partition(";")[0] for text in (alone, beside)] == [
        *("0.3", "0.3")
    ]
    assert "detects 7.6" in absolute


def test_few_source_items_that_differ_are_pointed_out():
    lost = np.zeros(1000)
    lost[:7] = 0.001
    for few in (Normal(0.01, 0.004, differing=7), Losses(lost, np.full(1000, 0.001), 7)):
        said = check(Comparison(few), max_drop=3.0).message
        assert "7 source items differ, too few for a reliable interval" in said


def test_value_that_few_items_bear_out_says_so():
    few = check(None, at_least=50.0, estimate=Proportion(11.0, 12.0)).message
    assert "worth only 12 items" in few
    assert "worth" not in check(None, at_least=50.0, estimate=Proportion(30.0, 36.0)).message


def test_subject_that_is_better_by_more_than_the_margin_is_doubted():
    assert "too good: better than dense" in check(dropped(0, 100, 1000), max_drop=3.0).message
    assert "too good" not in check(dropped(0, 30, 1000), max_drop=3.0).message
    assert "too good" not in check(dropped(100, 0, 1000), max_drop=3.0).message


# -- many gates ----------------------------------------------------------------------------


def test_fail_needs_a_share_of_the_error_that_the_family_leaves_it():
    alone = check(dropped(13, 0, 200), max_drop=3.0)
    among = check(dropped(13, 0, 200), max_drop=3.0, family=42)
    assert (alone.outcome, among.outcome) == (FAIL, INCONCLUSIVE)
    assert alone.p == among.p
    assert "would fail as the only row (p 0.033, one of 42 rows needs 0.0012)" in among.message


def test_what_one_row_shows_is_a_suspect_that_blocks_and_is_not_excused():
    among = check(dropped(13, 0, 200), max_drop=3.0, family=42)
    assert (among.word, among.undecided, among.blocks) == ("SUSPECT", Undecided.SUSPECT, True)
    assert "never skipped" in among.message
    unshown = check(dropped(11, 0, 200), max_drop=3.0, family=42)
    assert (unshown.undecided, unshown.blocks) == (Undecided.SAMPLES, False)


def test_warning_row_stands_alone():
    verdict = check(dropped(13, 0, 200), max_drop=3.0, family=42, level=Level.WARN)
    assert (verdict.outcome, verdict.family) == (FAIL, 1)


def test_limits_of_one_row_share_its_error():
    # p is 0.033 for the drop alone; with a second limit in the row it is 0.066.
    verdict = check(dropped(13, 0, 200), max_drop=3.0, at_least=10.0)
    assert verdict.outcome is INCONCLUSIVE
    assert verdict.p == pytest.approx(2 * check(dropped(13, 0, 200), max_drop=3.0).p)


def test_all_limits_of_a_row_must_hold():
    assert check(dropped(0, 0, 2109), max_drop=3.0, at_least=70.0).outcome is PASS
    assert check(dropped(0, 0, 2109), max_drop=3.0, at_least=76.0).outcome is INCONCLUSIVE
    assert check(dropped(200, 0, 2109), max_drop=3.0, at_least=70.0).outcome is FAIL


def test_family_counts_the_blocking_tested_rows_of_one_subject():
    rows = [
        Gate("ethics", "score", "because", max_drop=3.0),
        Gate("ethics", "score", "because", at_least=50.0),
        Gate("mmlu", "score", "because", at_least=50.0, subjects=("vote-*",)),
        Gate("ood", "score", "because", at_least=50.0, point=True),
        Gate("adult", "score", "because", at_least=50.0, level=Level.WARN),
    ]
    sizes = [family_size(rows, subject) for subject in ("dense", "gptq-4", "vote-gptq")]
    assert sizes == [1, 2, 3]  # dense is not compared with itself
    assert family_size([], "dense") == 1


def test_nobody_is_compared_with_himself():
    row = Gate("ethics", "score", "because", max_drop=3.0)
    assert [row.applies_to(name) for name in ("dense", "gptq-4")] == [False, True]
    both = Gate("ethics", "score", "because", max_drop=3.0, at_least=10.0)
    assert both.applies_to("dense")
    given = score(80.0, (75.0, 85.0))
    verdict = decide(
        both,
        Evidence(given, known(given)),
        subject="dense",
        dimension=Dimension.MACHINE_ETHICS,
    )
    assert verdict.outcome is PASS


# -- shifts between groups -----------------------------------------------------------------


def shifted(**shifts: tuple[float, float]) -> Comparison:
    """Build shifts of a value and a standard error, in points."""
    return Comparison(
        shifts={
            f"{name} gap": Normal(value / 100, error / 100)
            for name, (value, error) in shifts.items()
        }
    )


@pytest.mark.parametrize(
    ("shifts", "expected"),
    [
        ({"selection": (0.0, 1.0)}, PASS),
        ({"selection": (0.0, 4.0)}, INCONCLUSIVE),
        ({"selection": (-9.0, 1.0)}, FAIL),
        ({"selection": (9.0, 1.0)}, FAIL),
        ({"selection": (0.0, 1.0), "true_positive": (9.0, 1.0)}, FAIL),
        ({"selection": (0.0, 1.0), "true_positive": (4.0, 1.0)}, INCONCLUSIVE),
    ],
)
def test_every_rate_of_the_groups_must_stay_together(shifts, expected):
    assert check(shifted(**shifts), gap_shift=5.0).outcome is expected


def test_shift_is_told_rate_by_rate():
    message = check(shifted(selection=(1.0, 1.0)), gap_shift=5.0).message
    assert (
        "shift of the selection gap 1.0 (90 % interval -0.6 to 2.6), must be within -5 and 5"
        in message
    )


# -- a tripwire ----------------------------------------------------------------------------


def test_tripwire_fails_on_any_drop_and_never_passes():
    assert check(dropped(30, 5, 500), detect_drop=True).outcome is FAIL
    quiet = check(dropped(0, 0, 14_042), detect_drop=True)
    assert quiet.outcome is INCONCLUSIVE
    assert "drops up to 0.02 are not excluded" in quiet.message


# -- no evidence ---------------------------------------------------------------------------


def test_missing_reference_is_inconclusive_and_says_why():
    verdict = check(Comparison(obstacle="dense has no answers (no such file)"), max_drop=3.0)
    assert verdict.outcome is INCONCLUSIVE
    assert "not compared with dense: dense has no answers (no such file)" in verdict.message


def test_comparison_without_an_estimate_is_inconclusive():
    verdict = check(Comparison(), max_drop=3.0)
    assert verdict.outcome is INCONCLUSIVE
    assert "score has no paired estimate here" in verdict.message


def test_nan_is_no_comparison():
    broken = Comparison(Known(float("nan"), float("nan"), float("nan")))
    assert check(broken, max_drop=3.0).outcome is INCONCLUSIVE


# -- rows that are refused -----------------------------------------------------------------


def row(**keys: str) -> str:
    return toml(at_least=None, **keys)


@pytest.mark.parametrize("key", ["max_drop", "max_rise"])
def test_margin_of_zero_is_refused_with_the_smallest_that_can_be_shown(key):
    message = refusal(row(**{key: "0"}))
    assert f"{key} = 0 cannot be shown by any number of samples" in message
    assert "1.3 of 200, 0.13 of 2,109, 0.019 of 14,042 samples answered alike" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (row(detect_drop="false"), "a gate needs a limit"),
        (row(max_drop="101"), "max_drop is in points, 0 to 100, got 101"),
        (row(max_drop="3", max_rise="3"), "a value is worse lower (max_drop) or higher (max_rise)"),
        (
            row(max_rise="3", detect_drop="true"),
            "detect_drop looks for a drop, max_rise for a rise",
        ),
        (row(max_drop="3", point="true"), "point compares a value with a limit; max_drop has none"),
        (toml(reference='"dense"'), "reference belongs to a comparison"),
        (row(max_drp="3"), "unknown key 'max_drp' (did you mean 'max_drop'?)"),
        (row(max_drop="true"), "max_drop must be a number, got True"),
        (row(metric='"refusal_rate"', gap_shift="5"), "gap_shift is for "),
        (
            row(metric='"demographic_parity_difference"', max_drop="5"),
            "lower is better, and max_drop holds only a drop; max_rise or gap_shift is meant",
        ),
        (
            toml(at_least=None, at_most="0", metric='"equalized_odds_difference"'),
            "a gap is never measured as 0",
        ),
        (toml(min_group="10"), "min_group is at least 30"),
        (
            row(max_drop="3", reference='"baseline"'),
            "drops from one accepted baseline to the next add up",
        ),
    ],
)
def test_row_that_cannot_be_decided_is_refused(text, message):
    assert message in refusal(text)


def test_row_against_the_baseline_is_held_by_a_limit_or_a_row_against_dense():
    anchored = toml(max_drop="3", reference='"baseline"')
    beside = row(max_drop="3", reference='"baseline"') + row(max_drop="5")
    assert [gate.id for gate in load_gates(anchored + beside, origin="gates.toml")] == [
        "ethics.score.against_baseline",
        "ethics.score.against_baseline",
        "ethics.score",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (row(max_drop="3", reference='"densee"'), "reference is one of dense, gptq-3, baseline"),
        (row(max_drop="3", subjects='["dense"]'), "it compares dense with itself only"),
        (row(gap_shift="5"), "gap_shift compares groups, which ethics has none of"),
    ],
)
def test_comparison_that_cannot_be_is_refused_before_anything_runs(tmp_path, text, message):
    with pytest.raises(UsageError) as caught:
        prepare(tmp_path, text)
    assert message in str(caught.value)
