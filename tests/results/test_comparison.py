"""Two runs that another tool recorded: paired by content, judged as runs of ours are."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.tool_runs import half_right, item, items, task, tool_run
from trusteval.results.comparison import compare_tool_runs
from trusteval.results.tool_run import ToolRun
from trusteval.stats.paired import Pairs
from trusteval.tracking.change import Conclusion
from trusteval.tracking.comparison import BenchmarkComparison
from trusteval.tracking.comparison_lines import comparison_document, comparison_lines, exit_code
from trusteval.tracking.margins import Margins
from trusteval.types import Invalid, InvalidReason, Label, Refusal

N = 400
BEFORE = tool_run(task(items(half_right(N))))
LOST = tool_run(task(items(half_right(N, lost=60, gained=8))))


def compared(
    before: ToolRun, after: ToolRun, *, max_drop: float = 3.0, **asked: object
) -> list[BenchmarkComparison]:
    return compare_tool_runs(before, after, margins=Margins(max_drop), **asked)  # type: ignore[arg-type]


def told(found: list[BenchmarkComparison], flips: int = 0) -> str:
    return "\n".join(comparison_lines(found, flips=flips))


# -- the statistics --------------------------------------------------------------------------


def test_drop_of_right_and_wrong_is_that_of_paired_proportions_and_mcnemar() -> None:
    from statsmodels.stats.contingency_tables import mcnemar

    (found,) = compared(BEFORE, LOST)
    pairs = Pairs(60, 8, N)
    assert found.drop == pairs
    both = N // 2 - 60
    exact = mcnemar([[both, 60], [8, N - both - 68]], exact=True)
    assert 2 * pairs.p_of_any_drop() == pytest.approx(exact.pvalue)
    assert found.drop is not None
    assert (found.drop.low, found.drop.high) == (pairs.low, pairs.high)
    assert (found.change, found.n, found.otherwise) == (Conclusion.REGRESSION, N, 68)
    assert (sum(f.lost for f in found.flips), len(found.flips)) == (60, 68)
    assert exit_code([found]) == 1


@pytest.mark.parametrize("drop", [0.0, 0.02, 0.05])
def test_drop_of_fractions_is_as_wide_as_a_paired_t_interval_and_no_narrower(drop: float) -> None:
    from scipy.stats import t

    random_ = np.random.default_rng(5)
    before = random_.beta(2, 2, N)
    after = np.clip(before - drop + random_.normal(0, 0.15, N), 0, 1)
    (found,) = compared(tool_run(task(items(before))), tool_run(task(items(after))))
    change = before - after
    error = change.std(ddof=1) / np.sqrt(N)
    assert found.drop is not None
    assert found.drop.value == pytest.approx(change.mean())
    reach = t.ppf(0.95, N - 1) * error
    assert reach <= found.drop.value - found.drop.low <= 1.25 * reach
    assert reach <= found.drop.high - found.drop.value <= 1.8 * reach
    assert found.before is not None
    assert found.before.interval is not None
    own = t.ppf(0.95, N - 1) * before.std(ddof=1) / np.sqrt(N)
    assert found.before.interval.low <= 100 * (before.mean() - own)
    assert found.before.interval.high >= 100 * (before.mean() + own)


def test_where_lower_is_better_a_rise_is_the_regression() -> None:
    def run(earned: list[float]) -> ToolRun:
        rows = [item(n, {"brier": value}) for n, value in enumerate(earned)]
        return tool_run(task(rows, metrics={"brier": False}))

    right, wrong = half_right(N), half_right(N, lost=60, gained=8)
    (better,), (worse,) = (compared(run(a), run(b)) for a, b in ((right, wrong), (wrong, right)))
    assert (better.change, worse.change) == (Conclusion.NO_REGRESSION, Conclusion.REGRESSION)
    assert worse.drop == Pairs(60, 8, N)
    assert "brier 37.0 -> 50.0, rise 13.0 (90 % interval" in told([worse])
    assert "n=400, 60 lost, 8 gained" in told([worse])


# -- pairing ---------------------------------------------------------------------------------


def test_items_pair_by_content_in_whatever_order_they_were_recorded() -> None:
    rows = [*LOST.tasks["arc_easy"].items]
    random.Random(0).shuffle(rows)
    shuffled = tool_run(task(rows))
    assert [c.drop for c in compared(BEFORE, shuffled)] == [c.drop for c in compared(BEFORE, LOST)]
    (same,) = compared(LOST, shuffled)
    assert same.change is Conclusion.IDENTICAL


def test_other_items_are_not_comparable_unless_the_shared_ones_are_asked_for() -> None:
    first_half = tool_run(task(items(half_right(N))[:100]))
    (found,) = compared(BEFORE, first_half)
    assert (found.change, exit_code([found])) == (Conclusion.NOT_COMPARABLE, 4)
    assert "other items: 300 only in the first run, the first " in found.why
    assert "(Question 100?); --shared compares the 100 in both" in found.why
    (shared,) = compared(BEFORE, first_half, shared_only=True)
    assert (shared.change, shared.n) == (Conclusion.IDENTICAL, 100)
    assert "    over the 100 items in both: 300 only in the first run" in told([shared])


def test_nothing_shared_is_not_comparable_even_if_asked_for() -> None:
    other = tool_run(task([item(n, 1.0) for n in range(N, 2 * N)]))
    (found,) = compared(BEFORE, other, shared_only=True)
    assert found.why.startswith("no item is in both: 400 only in the first run, the first ")


# -- what is compared ------------------------------------------------------------------------


def two_metrics(*names: str) -> ToolRun:
    rows = [item(n, dict.fromkeys(names, float(n % 2))) for n in range(20)]
    return tool_run(task(rows, metrics=dict.fromkeys(names, True)))


@pytest.mark.parametrize(
    ("names", "asked", "expected"),
    [
        (("acc_norm", "acc"), None, ["acc"]),
        (("f1", "exact_match"), None, ["exact_match"]),
        (("acc", "acc_norm"), "acc_norm", ["acc_norm"]),
        (("f1",), None, ["f1"]),
        (("exact_match,strict", "exact_match,flexible"), None, None),
        (("exact_match,strict", "exact_match,flexible", "f1"), "exact_match", None),
    ],
)
def test_task_is_compared_by_its_first_metric_or_by_all(names, asked, expected) -> None:
    run = two_metrics(*names)
    metrics = [c.after.metric for c in compared(run, run, metric=asked) if c.after is not None]
    assert metrics == (expected or [*names[:2]])


def test_metric_that_one_run_lacks_is_not_passed_over_for_another() -> None:
    lacking = tool_run(
        task(
            [item(n, {"acc_norm": n % 2}) for n in range(20)],
            metrics={"acc_norm": True},
            unusable={"acc": "one item has none"},
        )
    )
    (found,) = compared(two_metrics("acc", "acc_norm"), lacking)
    assert found.why == "the second run has no acc: one item has none"


def test_task_that_one_run_did_not_ask_is_not_comparable() -> None:
    both = tool_run(task(items(half_right(N))), task(items(half_right(20)), name="gsm8k"))
    found = compared(both, BEFORE)
    assert [c.change for c in found] == [Conclusion.IDENTICAL, Conclusion.NOT_COMPARABLE]
    assert found[1].why == "the second run did not ask it"
    assert exit_code(found) == 4


def test_all_comparisons_share_the_error_of_a_regression() -> None:
    def run(lost: int) -> ToolRun:
        names = ("a", "b", "c")
        return tool_run(*(task(items(half_right(N, lost=lost)), name=name) for name in names))

    assert {c.limits.family for c in compared(run(0), run(9))} == {3}


# -- what is said ----------------------------------------------------------------------------


def test_likelihoods_alone_are_not_called_the_same_answers() -> None:
    assert "identical, the same acc on all 400 items, acc 50.0" in told(compared(BEFORE, BEFORE))
    spoken = tool_run(task(items(half_right(N), said="A")))
    assert "identical, the same answers to all 400 items, acc 50.0" in told(
        compared(spoken, spoken)
    )


def test_truncations_and_refusals_stand_beside_the_score() -> None:
    answers = [Label("A")] * 62 + [Invalid(InvalidReason.TRUNCATED)] * 12 + [Refusal()] * 26
    rows = [item(n, float(n < 62), said=f"{n}", answer=answer) for n, answer in enumerate(answers)]
    whole = [item(n, float(n < 62), said="A", answer=Label("A")) for n in range(100)]
    found = compared(tool_run(task(whole)), tool_run(task(rows)))
    assert "n=100, refused 26, invalid 12 (12 truncated) after" in told(found)
    assert "    26 wrong -> refused, 12 wrong -> invalid; p 0.0001 for no movement" in told(found)


def test_credit_for_a_truncated_answer_is_shown_as_truncated() -> None:
    truncated = Invalid(InvalidReason.TRUNCATED)
    before = tool_run(task([item(n, 1.0, said="A", answer=Label("A")) for n in range(40)]))
    after = tool_run(task([item(n, 1.0, said="A, b", answer=truncated) for n in range(40)]))
    (found,) = compared(before, after)
    assert "40 correct -> invalid" in told([found])


def test_flipped_items_show_what_was_said() -> None:
    before = tool_run(task(items([1.0, 1.0], said="It is A.")))
    after = tool_run(task([item(0, 1.0, said="It is A."), item(1, 0.0, said="No \x1b[2J\nidea")]))
    lines = told(compared(before, after), flips=5).splitlines()
    (flip,) = [line for line in lines if line.startswith("    lost ")]
    assert "'It is A.' -> 'No \\x1b[2J idea' (A is right) Question 1?" in flip


def test_what_besides_the_weights_differs_is_a_confound() -> None:
    before = tool_run(
        task(items(half_right(20)), facts={"few-shots": "0"}),
        task(items(half_right(20)), name="gsm8k", facts={"few-shots": "0", "version": "1"}),
        facts={"chat template": "a" * 80},
    )
    after = tool_run(
        task(items(half_right(20), prompt="other"), facts={"few-shots": "5"}),
        task(items(half_right(20), prompt=""), name="gsm8k", facts={"few-shots": "5"}),
        facts={"chat template": "a" * 81, "seed": "1234"},
        version="0.4.13",
    )
    lines = told(compared(before, after)).splitlines()
    confounds = [line for line in lines if line.startswith("CONFOUND m: ")]
    assert "CONFOUND m: few-shots: 0 before, 5 after" in confounds
    assert "CONFOUND m: seed: unknown before, 1234 after" in confounds
    assert "CONFOUND m: version of gsm8k: 1 before, unknown after" in confounds
    assert "CONFOUND m: lm-evaluation-harness version: 0.4.9 before, 0.4.13 after" in confounds
    asked = "CONFOUND m: prompts of arc_easy: 20 of 20 items were asked in other words"
    assert asked in confounds
    assert any(line.startswith("CONFOUND m: prompts of gsm8k: nobody can say") for line in lines)
    (template,) = [line for line in confounds if "chat template" in line]
    one, other = template.partition(": ")[2].split(" before, ")
    assert one.removeprefix("chat template: ") != other.removesuffix(" after")


def test_document_says_which_metric_and_whole_flips() -> None:
    document = comparison_document(
        compared(BEFORE, LOST), limits=compared(BEFORE, LOST)[0].limits, runs={}
    )
    (one,) = document["comparisons"]
    assert (one["benchmark"], one["metric"], one["n"]) == ("arc_easy", "acc", N)
    assert (len(one["flips"]), document["exit_code"]) == (68, 1)
