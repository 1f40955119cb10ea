"""What an independent check of the statistics found: breaks that got through, and one that did not.

Each is judged as a run judges it, from answers to verdicts, on the layouts of real benchmarks.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from bench.simulate import layouts
from bench.simulate.answers import Flags
from bench.simulate.layout import Layout
from bench.simulate.shipped import SUBJECT, family, score_row, shipped
from tests.project import ANSWERS
from tests.shipped import Shipped
from trusteval.benchmarks.advglue import CLEAN
from trusteval.gates.evidence import gather
from trusteval.gates.gate import Gate, family_size
from trusteval.gates.verdicts import decide
from trusteval.types import Dimension, Outcome, Undecided, Verdict

RANK = {"PASS": 3, "INCONCLUSIVE": 2, "SUSPECT": 1, "FAIL": 0}
# Sentences by their length: three of seven that begin with I, which are four in five.
REFUSES_A_THIRD = [{"match": "(?m)^I(?:.{7})*.?.?$", "say": "I cannot answer that."}, *ANSWERS]


def row(metric: str = "score", **keys) -> Gate:
    return Gate(benchmark="checked", metric=metric, why="to see what gets through", **keys)


def judge(
    gate: Gate,
    layout: Layout,
    right: Flags,
    *,
    refused: Flags | None = None,
    reference: Flags | None = None,
    m: int = 1,
) -> Verdict:
    """Judge who has these rows right, and leaves those without an answer."""
    evidence = gather(
        gate,
        layout.measured(gate, layout.answer_table(right, refused=refused)),
        reference=None
        if reference is None
        else layout.measured(gate, layout.answer_table(reference)),
    )
    return decide(gate, evidence, subject=SUBJECT, dimension=Dimension.MMLU, family=m)


def everything(layout: Layout) -> Flags:
    return np.ones(len(layout.sample_table.samples), bool)


@cache
def advglue() -> Layout:
    return layouts.advglue()


@cache
def layout_of(benchmark: str, profile: str) -> Layout:
    """Lay out what a profile asks of a benchmark."""
    if profile == "quick":
        return layouts.quick(benchmark)
    whole = {"advglue": advglue, "ethics": layouts.ethics, "ood": layouts.ood, "mmlu": layouts.mmlu}
    return whole[benchmark]()


# -- a break that anybody sees ends red, under the shipped rows of quick --------------------------


def test_quick_as_shipped_is_red_where_a_variant_refuses_a_third(tmp_path: Path) -> None:
    data = os.environ.get("TRUSTEVAL_DATA")
    if not data or not (Path(data) / "ethics/commonsense/cm_test.csv").exists():
        pytest.skip("TRUSTEVAL_DATA names no directory with the published ethics")
    shipped_run = Shipped(tmp_path)
    shipped_run.script({"*": ANSWERS, SUBJECT: REFUSES_A_THIRD})
    ran = shipped_run.run(
        *("--trust-profile=quick", f"--trust-data={data}", "-k", "ethics"),
        f"--trust-variants=dense,gptq-8,{SUBJECT}",
    )
    assert ran.returncode == 1, ran.stdout
    said = {
        one["gate"]: one for one in shipped_run.verdicts["verdicts"] if one["subject"] == SUBJECT
    }
    for metric in ("score", "non_answer_rate"):
        verdict = said[f"ethics.{metric}"]
        assert "FAIL" in verdict["outcome"] or verdict["undecided"] == "suspect", verdict["message"]
    assert said["ethics.score"]["family"] == family("quick")


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_family_is_what_holds_the_subject_however_many_are_judged_beside_it(profile: str) -> None:
    rows = shipped(profile)
    assert family(profile) == family_size(rows, SUBJECT) == len([g for g in rows if g.is_tested])
    assert family(profile) < 20  # seven variants and two votes made 81 of them


def test_twenty_points_lost_are_red_on_every_benchmark_of_quick():
    for benchmark in ("advglue", "ethics", "ood", "mmlu"):
        layout = layout_of(benchmark, "quick")
        reference = np.random.default_rng(16).random(len(layout.sample_table.samples)) < 0.9
        lost = np.random.default_rng(17).random(int(layout.sample_table.unit.max()) + 1) < 0.33
        verdict = judge(
            score_row(benchmark, "quick"),
            layout,
            reference & ~lost[layout.sample_table.unit],
            reference=reference,
            m=family("quick"),
        )
        assert verdict.word in ("FAIL", "SUSPECT"), verdict.message
        assert verdict.blocks


# -- ratios need evidence -------------------------------------------------------------------------


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("limit", [{"at_least": 95.0}, {"at_least": 5.0}, {"max_drop": 5.0}])
@pytest.mark.parametrize("answered", [1, 9])
def test_ratio_of_hardly_anybody_is_undefined_and_blocks(answered, limit, right):
    layout = layouts.ood(1, 1, 200)
    refused = np.ones(len(layout.sample_table.samples), bool)
    refused[np.flatnonzero(layout.asked_in("qa_2020"))[:answered]] = False
    verdict = judge(
        row("answered_accuracy", setting="qa_2020", **limit),
        layout,
        ~refused & right,
        refused=refused,
        reference=everything(layout) if "max_drop" in limit else None,
    )
    assert (verdict.outcome, verdict.undecided) == (Outcome.INCONCLUSIVE, Undecided.NEVER)
    assert f"only {answered} items count" in verdict.message


@pytest.mark.parametrize("limit", [{"at_most": 5.0}, {"at_most": 95.0}])
def test_one_clean_text_that_is_right_shows_nothing_of_attacks(limit):
    layout = advglue()
    right = np.zeros(len(layout.sample_table.samples), bool)
    right[np.flatnonzero(layout.asked_in(*CLEAN))[0]] = True
    right |= ~layout.asked_in(*CLEAN)
    verdict = judge(row("attack_success_rate", **limit), layout, right)
    assert (verdict.outcome, verdict.undecided) == (Outcome.INCONCLUSIVE, Undecided.NEVER)


def test_garbage_counts_against_who_answered():
    layout = layouts.ood(1, 1, 200)
    half = np.random.default_rng(16).random(len(layout.sample_table.samples)) < 0.5
    value = judge(
        row("answered_accuracy", setting="qa_2020", at_least=90.0), layout, half
    ).score.value
    assert value is not None
    assert 40 < value < 60


# -- fairness hears silence -----------------------------------------------------------------------


@pytest.mark.parametrize("margin", [5.0, 10.0])
@pytest.mark.parametrize("silenced", ["Female", "Male"])
def test_gap_shift_fails_where_one_group_is_called_yes_no_more(silenced, margin):
    layout = layouts.fairness(100, 8)
    sample_table, random = layout.sample_table, np.random.default_rng(16)
    truly = sample_table.target == sample_table.positive
    said_yes = random.random(len(truly)) < 0.5
    group = sample_table.group == sample_table.groups.index(silenced)
    quiet = random.random(int(sample_table.unit.max()) + 1)[sample_table.unit] < 0.6
    right = said_yes == truly
    gate = row("demographic_parity_difference", gap_shift=margin)
    silent = judge(gate, layout, right, refused=group & said_yes & quiet, reference=right, m=12)
    assert silent.outcome is Outcome.FAIL, silent.message
    assert "with silence as no" in silent.message
    alike = judge(gate, layout, right, reference=right, m=12)
    assert alike.outcome is Outcome.PASS, alike.message


# -- identical is identical, and worse is never better --------------------------------------------


@pytest.mark.parametrize("profile", ["quick", "full"])
@pytest.mark.parametrize("benchmark", ["advglue", "ethics", "ood", "mmlu"])
def test_identical_answers_pass_the_shipped_rows_and_one_loss_each_is_no_better(benchmark, profile):
    layout = layout_of(benchmark, profile)
    reference = everything(layout)
    gate = score_row(benchmark, profile)
    same = judge(gate, layout, reference, reference=reference)
    assert same.outcome is Outcome.PASS, same.message
    worse = reference.copy()
    for setting in range(len(layout.sample_table.settings)):
        worse[np.flatnonzero(layout.sample_table.setting == setting)[0]] = False
    less = judge(gate, layout, worse, reference=reference)
    assert same.change is not None
    assert less.change is not None
    assert less.change.interval.high > same.change.interval.high
    assert less.p is not None
    assert same.p is not None
    assert less.p <= same.p


rows_of_advglue = st.sets(st.integers(0, 669), max_size=80)
gates = st.sampled_from(
    [
        {"max_drop": 3.0},
        {"max_drop": 10.0},
        {"at_least": 60.0},
        {"at_least": 90.0},
        {"at_least": 85.0, "max_drop": 8.0},
    ]
)


@given(rows_of_advglue, rows_of_advglue, rows_of_advglue, gates, st.sampled_from([1, 8]))
@example(set(), set(), {0}, {"max_drop": 10.0}, 8)  # identical, and then one text lost
@example({5, 6}, {650}, set(range(600, 669)), {"max_drop": 10.0}, 8)
@settings(max_examples=150, deadline=None)
def test_who_loses_further_texts_never_gets_a_better_verdict(lost, gained, further, limits, m):
    """Texts of advglue are asked up to eighteen times, so that rows weigh very unevenly."""
    layout = advglue()
    reference = everything(layout)
    reference[list(gained)] = False
    before = everything(layout)
    before[list(lost)] = False
    after = before.copy()
    after[list(further)] = False
    words = [
        judge(row(**limits), layout, right, reference=reference, m=m).word
        for right in (before, after)
    ]
    assert RANK[words[1]] <= RANK[words[0]], words


# -- near 0 and 100 -------------------------------------------------------------------------------


def _ood() -> Layout:
    return layout_of("ood", "full")


def _ethics() -> Layout:
    return layout_of("ethics", "full")


@pytest.mark.parametrize(
    ("layout", "setting", "limit"),
    [
        (lambda: layouts.ood(1, 1, 200), "knowledge_fewshot", 0.83),
        *((_ood, "knowledge_fewshot", limit) for limit in (0.25, 0.5, 1.0, 2.0)),
        *((_ethics, "jailbreak", limit) for limit in (0.6, 1.0, 2.0, 5.0)),
    ],
)
@pytest.mark.parametrize("metric", ["non_answer_rate", "score"])
def test_limit_near_its_end_passes_in_one_run_of_twenty_where_the_truth_is_on_it(
    metric, layout, setting, limit
):
    """Items fail in all their settings or in none, so that their number is binomial."""
    asked = layout()
    gate = (
        row(metric, setting=setting, at_most=limit)
        if metric == "non_answer_rate"
        else row(metric, setting=setting, at_least=100 - limit)
    )
    units = np.unique(asked.sample_table.unit[_mine(asked, setting)])
    failing = 0
    while _passes(gate, asked, units[:failing]):
        failing += 1
    # As many as failing - 1 of them may fail.
    assert binom.cdf(failing - 1, len(units), limit / 100) <= 0.06


def _mine(layout: Layout, setting: str) -> Flags:
    return layout.asked_in(*layout.scoring.subscores[setting].metrics)


def _passes(gate: Gate, layout: Layout, failing: np.ndarray) -> bool:
    failed = np.isin(layout.sample_table.unit, failing)
    verdict = judge(gate, layout, ~failed, refused=failed)
    return verdict.outcome is Outcome.PASS
