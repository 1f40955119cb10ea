"""Rows of a gates file on what other tools recorded: the verdicts of a run, or a refusal."""

from __future__ import annotations

import pytest

from tests.tool_runs import half_right, item, items, task, tool_run
from trusteval.errors import GateError
from trusteval.results.judging import Judging, NotJudged, exit_code, judging_of
from trusteval.results.tool_run import ToolRun
from trusteval.stats.paired import Pairs
from trusteval.types import Dimension, Outcome, Undecided, Verdict

N = 1000
DENSE = tool_run(task(items(half_right(N))))
SAME = tool_run(task(items(half_right(N, lost=2, gained=2))), model="q")
WORSE = tool_run(task(items(half_right(N, lost=100, gained=10))), model="q")


def row(*lines: str, benchmark: str = "arc_easy", metric: str = "acc") -> str:
    said = (f'benchmark = "{benchmark}"', f'metric = "{metric}"', 'why = "because"', *lines)
    return "\n".join(["[[gate]]", *said, ""])


def judging(text: str, shared_only: bool = False, **runs: ToolRun) -> Judging:
    return judging_of(text, origin="mine.toml", runs=runs, shared_only=shared_only)


def found(asked: Judging) -> list[Verdict | NotJudged]:
    return [asked.judge(gate, name) for gate, name in asked.pairs]


def only(asked: Judging) -> Verdict:
    (verdict,) = found(asked)
    assert isinstance(verdict, Verdict)
    return verdict


# -- verdicts --------------------------------------------------------------------------------


def test_drop_is_judged_as_a_runs_and_its_p_is_that_of_the_paired_counts() -> None:
    verdict = only(judging(row("max_drop = 3"), dense=DENSE, q=WORSE))
    assert (verdict.outcome, verdict.subject, verdict.p) == (
        Outcome.FAIL,
        "q",
        Pairs(100, 10, N).p_above(0.03),
    )
    assert verdict.message.startswith(
        "q on arc_easy: drop from dense 9.0 (90 % interval 7.3 to 10.7), must be <= 3.0; "
        "n=1000, refusals and invalid answers not told apart; 110 discordant pairs; detects "
    )
    assert "; dense 50.0; why: because" in verdict.message
    assert exit_code([verdict]) == 1


def test_tripwire_rings_with_the_p_of_mcnemar() -> None:
    from statsmodels.stats.contingency_tables import mcnemar

    worse = tool_run(task(items(half_right(N, lost=30, gained=10))))
    verdict = only(judging(row("detect_drop = true"), dense=DENSE, q=worse))
    exact = mcnemar([[N // 2 - 30, 30], [10, N // 2 - 10]], exact=True)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.p == pytest.approx(exact.pvalue / 2)
    silent = only(judging(row("detect_drop = true"), dense=DENSE, q=SAME))
    assert (silent.undecided, exit_code([silent])) == (Undecided.TRIPWIRE, 3)


def test_value_is_judged_by_the_exact_interval_of_a_proportion() -> None:
    from statsmodels.stats.proportion import proportion_confint

    verdict = only(judging(row("at_least = 45"), dense=DENSE))
    low, high = proportion_confint(N // 2, N, alpha=0.1, method="beta")
    assert verdict.outcome is Outcome.PASS
    assert verdict.score.interval is not None
    assert verdict.score.interval.low == pytest.approx(100 * low)
    assert verdict.score.interval.high == pytest.approx(100 * high)
    assert only(judging(row("at_least = 51", "point = true"), dense=DENSE)).outcome is Outcome.FAIL


def test_rise_of_what_is_better_low() -> None:
    def run(earned: list[float]) -> ToolRun:
        rows = [item(n, {"brier": value}) for n, value in enumerate(earned)]
        return tool_run(task(rows, metrics={"brier": False}))

    text = row("max_rise = 3", metric="brier")
    better, worse = run(half_right(N, lost=100)), run(half_right(N))
    assert only(judging(text, dense=better, q=worse)).outcome is Outcome.FAIL
    assert only(judging(text, dense=worse, q=better)).outcome is Outcome.PASS


def test_blocking_rows_of_a_subject_share_the_error() -> None:
    rows = row("max_drop = 3") + row("at_least = 30") + row("max_drop = 9", 'level = "warn"')
    with pytest.raises(GateError, match=r"gate 1 decides arc_easy.acc for q already"):
        judging(rows, dense=DENSE, q=SAME)
    rows = row("max_drop = 3") + row("at_least = 30", metric="score")
    families = [one.family for one in found(judging(rows, dense=DENSE, q=SAME))]  # type: ignore[union-attr]
    assert families == [2, 1, 2]  # the reference is held by what bounds a value


def test_score_is_the_metric_that_tasks_are_compared_by() -> None:
    verdict = only(judging(row("at_least = 40", metric="score"), dense=DENSE))
    assert verdict.gate == "arc_easy.score"
    assert "; score is acc" in verdict.message


def test_first_result_is_the_reference_whatever_it_is_called() -> None:
    verdict = only(judging(row("max_drop = 3"), bf16=DENSE, q=WORSE))
    assert "drop from bf16 9.0" in verdict.message
    assert verdict.reference == "bf16"
    other = judging(
        row("max_drop = 3", 'reference = "a"', 'subjects = ["b"]'), bf=DENSE, a=SAME, b=SAME
    )
    assert only(other).outcome is Outcome.PASS


def test_dimension_is_that_of_a_benchmark_of_ours_or_none() -> None:
    rows = items(half_right(N))
    names = {
        "mmlu_anatomy": Dimension.MMLU,
        "hendrycks_ethics_cm": Dimension.MACHINE_ETHICS,
        "inspect_evals/mmlu_0_shot": Dimension.MMLU,
        "gsm8k": Dimension.OTHER,
    }
    text = "".join(row("at_least = 40", benchmark=name) for name in names)
    asked = judging(text, dense=tool_run(*(task(rows, name=name) for name in names)))
    verdicts = [one for one in found(asked) if isinstance(one, Verdict)]
    assert {one.benchmark: one.dimension for one in verdicts} == names


# -- what cannot be judged -------------------------------------------------------------------


def test_other_items_are_undecidable_unless_the_shared_ones_are_asked_for() -> None:
    part = tool_run(task(items(half_right(N))[:600]))
    verdict = only(judging(row("max_drop = 3"), dense=DENSE, q=part))
    assert (verdict.word, exit_code([verdict])) == ("UNDECIDABLE", 4)
    assert "not compared with dense: other items: 400 only in dense, the first" in verdict.message
    shared = only(judging(row("max_drop = 3"), shared_only=True, dense=DENSE, q=part))
    assert (shared.outcome, shared.score.counts.n) == (Outcome.PASS, 600)
    assert "over the 600 items in both: 400 only in dense" in shared.message


def test_two_tools_are_undecidable() -> None:
    other = tool_run(task(items(half_right(N))), tool="inspect")
    verdict = only(judging(row("max_drop = 3"), dense=DENSE, q=other))
    assert "of two tools, lm-evaluation-harness and inspect" in verdict.message
    assert exit_code([verdict]) == 4


def test_task_that_a_result_lacks_is_not_judged_and_not_green() -> None:
    both = tool_run(task(items(half_right(N))), task(items(half_right(N)), name="gsm8k"))
    asked = judging(row("max_drop = 3", benchmark="gsm8k"), dense=both, q=SAME)
    (missing,) = found(asked)
    assert isinstance(missing, NotJudged)
    assert missing.sentence == "q on gsm8k.acc: results has no task gsm8k"
    assert exit_code([missing]) == 4
    assert asked.notices == [
        "no row of mine.toml judges dense on arc_easy; q on arc_easy",
    ]


def test_confounds_are_of_what_rows_compare() -> None:
    other = tool_run(task(items(half_right(N)), facts={"few-shots": "5"}), version="0.4.13")
    asked = judging(row("max_drop = 3"), dense=DENSE, q=other)
    assert asked.confounds() == [
        "CONFOUND q: few-shots: unknown before, 5 after",
        "CONFOUND q: lm-evaluation-harness version: 0.4.9 before, 0.4.13 after",
    ]
    assert judging(row("at_least = 3"), dense=DENSE, q=other).confounds() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (row("at_least = 3", benchmark="gsm8k"), r"unknown benchmark 'gsm8k'; known: arc_easy$"),
        (row("at_least = 3", metric="f1"), "unknown metric 'f1'; known: acc, score$"),
        (row("gap_shift = 3"), "gap_shift is for gaps of a fairness benchmark, got acc"),
        (row("at_least = 3", 'setting = "a"'), "tasks of other tools have no setting, got 'a'"),
        (row("at_least = 3", 'profiles = ["full"]'), "profiles are of runs of trusteval"),
        (row("at_least = 3", "min_group = 40"), "min_group is about groups"),
        (
            row("max_drop = 3", "at_least = 3", 'reference = "baseline"'),
            "reference 'baseline' is of runs of trusteval",
        ),
        (row("max_drop = 3", 'reference = "den"'), "reference is one of dense, q; got 'den'"),
        (row("at_least = 3", 'subjects = ["awq"]'), "subjects 'awq' match none of dense, q"),
        (row("max_drop = 3", 'subjects = ["dense"]'), "compares dense with itself"),
        (row("max_rise = 3"), "max_rise holds only a rise; max_drop is meant"),
    ],
)
def test_row_that_cannot_apply_is_refused_with_what_is_known(text: str, said: str) -> None:
    with pytest.raises(GateError, match=said):
        judging(text, dense=DENSE, q=SAME)


def test_metric_that_is_not_of_items_is_refused_with_the_reason() -> None:
    run = tool_run(task(items(half_right(9)), unusable={"perplexity": "not per item"}))
    with pytest.raises(GateError, match=r"no row can be on metric 'perplexity' \(not per item\)"):
        judging(row("at_most = 9", metric="perplexity"), dense=run)
