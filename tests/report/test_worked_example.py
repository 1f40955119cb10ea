"""The figures of the worked example in docs/reports.md, made again: by the code and by hand."""

from __future__ import annotations

import re
from math import comb, erfc, sqrt
from pathlib import Path

import pytest

from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import Gate
from trusteval.gates.verdicts import decide
from trusteval.report.multiplicity import holm_adjusted
from trusteval.report.outcomes import SEVERITY, SIGNS
from trusteval.report.scores import COLUMNS
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion
from trusteval.types import Counts, Dimension, Interval, InvalidReason, Score, Verdict

PAGE = Path(__file__).parents[2] / "docs" / "reports.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
N = 36
RIGHT = {"dense": 12, "gptq-8": 11, "gptq-4": 8, "gptq-3": 5}
SILENT = {"dense": 0, "gptq-8": 0, "gptq-4": 0, "gptq-3": 11}
FLIPS = {"gptq-8": (1, 0), "gptq-4": (9, 5), "gptq-3": (8, 1)}
RATE = Gate("mmlu", "non_answer_rate", "w", at_most=12.5)
DROP = Gate("mmlu", "score", "w", subjects=("gptq-*",), max_drop=15.0)
Z = 1.6448536269514722


def measured(metric: str, estimate: Proportion, *, silent: int) -> Score:
    """Return a score of even items."""
    counts = Counts(N, 0, {**dict.fromkeys(InvalidReason, 0), InvalidReason.TRUNCATED: silent})
    interval = Interval(100 * estimate.low, 100 * estimate.high)
    return Score(metric, 100 * estimate.value, counts, interval)


def judged(gate: Gate, subject: str) -> Verdict:
    """Judge a subject of the example, by its counts alone."""
    silent = SILENT[subject]
    n = silent if gate is RATE else RIGHT[subject]
    estimate = Proportion(n, N)
    compared = Comparison(Pairs(*FLIPS[subject], N)) if gate is DROP else None
    score = measured(gate.metric, estimate, silent=silent)
    evidence = Evidence(score, estimate, compared)
    return decide(gate, evidence, subject=subject, dimension=Dimension.MMLU, family=2)


def words(verdict: Verdict) -> str:
    """Return what the page quotes of a verdict: who, the figures and the limit."""
    return re.split(r"; |, which", verdict.message)[0]


@pytest.mark.parametrize(
    ("gate", "subject", "outcome"),
    [
        (RATE, "gptq-8", "PASS"),
        (DROP, "gptq-8", "PASS"),
        (RATE, "gptq-3", "FAIL"),
        (DROP, "gptq-4", "INCONCLUSIVE"),
    ],
)
def test_quoted_verdicts_are_those_of_the_counts(gate: Gate, subject: str, outcome: str) -> None:
    found = judged(gate, subject)
    assert found.outcome == outcome
    assert f"`{words(found)}`" in TEXT


def test_table_has_the_scores_and_intervals_of_the_counts() -> None:
    for subject, right in RIGHT.items():
        of = Proportion(right, N)
        value, low, high = (f"{100 * x:.1f}" for x in (of.value, of.low, of.high))
        silent = 100 * SILENT[subject] / N
        assert f"{subject} {value} {low} to {high} {N} {silent:.1f} %" in TEXT


def test_every_count_adds_up() -> None:
    for subject, (lost, gained) in FLIPS.items():
        assert RIGHT["dense"] - lost + gained == RIGHT[subject]
    shown = [RIGHT, {who: N - RIGHT[who] - SILENT[who] for who in RIGHT}, SILENT]
    for name, row in zip(("right", "wrong", "no answer"), shown, strict=True):
        assert f"| {name} | {' | '.join(map(str, row.values()))} |" in TEXT


def test_pass_by_hand() -> None:
    assert f"{1 - 0.05 ** (1 / N):.3f}" == "0.080"
    at = 0.11535
    assert (1 - N * at) / sqrt(N * at * (1 - at)) == pytest.approx(-Z, abs=0.0005)
    assert f"At d = {at}: (1 - {N * at:.3f}) / sqrt(36" in TEXT
    assert f"{100 * Pairs(1, 0, N).high:.1f} <= 15.0" in TEXT


def test_fail_by_hand() -> None:
    p = sum(comb(N, k) * 0.125**k * 0.875 ** (N - k) for k in range(11, N + 1))
    verdict = judged(RATE, "gptq-3")
    assert verdict.p == pytest.approx(p)
    assert f"= {p:.4f}. 3. Two blocking gates" in TEXT
    adjusted = holm_adjusted([verdict])["mmlu.non_answer_rate", "gptq-3"]
    assert f"2 \u00d7 {p:.4f} = {adjusted:.4f}" in TEXT


def test_inconclusive_by_hand() -> None:
    b, c = FLIPS["gptq-4"]
    d = Pairs(b, c, N).high
    b_, c_ = -(b + c) + (2 * N - b + c) * d, -c * d * (1 - d)
    q = (sqrt(b_**2 - 4 * 2 * N * c_) - b_) / (4 * N)
    spread = 2 * q + d * (1 - d)
    assert (b - c - N * d) / sqrt(N * spread) == pytest.approx(-Z, abs=1e-6)
    for figure in (f"d = {d:.4f}", f"q = (sqrt(B² - 4AC) - B) / 2A = {q:.4f}", f"{b_:.2f} and C"):
        assert figure in TEXT
    assert f"-c d (1 - d) = {c_:.3f}" in TEXT
    assert f"= {b - c - N * d:.2f} / sqrt(36 \u00d7 {spread:.4f}) = -1.645" in TEXT
    p1, p2 = (b + 1) / (N + 2), (c + 1) / (N + 2)
    top, below = p1 - p2 - 0.15, sqrt((p1 + p2 - (p1 - p2) ** 2) / (N + 2))
    p = erfc(top / below / sqrt(2)) / 2
    assert f"= {top:.4f} / {below:.4f} = {top / below:.3f}" in TEXT
    assert f"larger normal value: {p:.2f}." in TEXT
    assert judged(DROP, "gptq-4").p == pytest.approx(p)
    assert "about 110 would if nothing changed" in judged(DROP, "gptq-4").message


def test_page_explains_every_column_sign_and_verdict() -> None:
    for column in (*COLUMNS, "90 % interval"):
        assert f"| {column} |" in TEXT
    for word in SEVERITY[1:]:
        assert f"| {SIGNS[word]} | {word} |" in TEXT
