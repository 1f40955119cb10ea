"""Rows on what other tools recorded, under pytest: real folders, real processes, no model."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.project import ROOT, pytest_in
from tests.schemas import faults, shipped

RECORDED = ROOT / "tests/results/recorded/lm_eval-0.4.13"
ROWS = """
[[gate]]
benchmark = "sums"
metric = "exact_match,strict-match"
max_drop = 3
why = "it must add"

[[gate]]
benchmark = "sst2"
metric = "score"
at_least = 10
why = "better than nothing"

[[gate]]
benchmark = "sst2"
metric = "acc"
max_drop = 3
why = "few items"

[[gate]]
benchmark = "ethics_cm"
metric = "score"
max_drop = 3
level = "warn"
why = "only looked at"
"""
CONFTEST = """
import sys

def pytest_sessionfinish():
    assert "torch" not in sys.modules
"""
RESULTS = f"--trust-results=dense={RECORDED / 'before'},noised={RECORDED / 'after'}"
GATE = ("--pyargs", "trusteval.gate.test_results")


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return pytest_in(folder, *GATE, *words, timeout=120, PYTHONPATH=str(ROOT))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with rows, and a report of which no row is judged yet."""
    folder = tmp_path_factory.mktemp("judged")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "mine.toml").write_text(ROWS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def judged(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, RESULTS, "--trust-gates=mine.toml", "--junitxml=junit.xml", "-rs")


def test_verdicts_end_the_tests_of_rows_and_results(judged) -> None:
    assert judged.returncode == 1, judged.stdout + judged.stderr
    assert "2 failed, 3 passed, 1 warning" in judged.stdout
    assert "FAIL: noised on sums: drop from dense 68.8 (90 % interval" in judged.stdout
    assert "INCONCLUSIVE: noised on sst2: drop from dense " in judged.stdout
    assert "GateWarning: " in judged.stdout


def test_summary_has_the_table_and_says_that_no_model_ran_here(judged) -> None:
    assert "no model ran here: the answers are what lm-evaluation-harness 0.4.13" in judged.stdout
    assert "report: reports/latest/report.md" in judged.stdout
    assert "no row of mine.toml judges dense on " in judged.stdout.replace("\n", " ")


def test_sentence_of_a_verdict_is_in_junit(judged, folder: Path) -> None:
    suite = ElementTree.parse(folder / "junit.xml").getroot()
    failures = [one.get("message", "") for one in suite.iter("failure")]
    assert any("FAIL: noised on sums: drop from dense 68.8" in one for one in failures)


def test_report_is_a_runs(judged, folder: Path) -> None:
    latest = folder / "reports/latest"
    document = json.loads((latest / "verdicts.json").read_text(encoding="utf-8"))
    assert faults(shipped("verdicts"), document) == []
    assert (document["subjects"], len(document["verdicts"])) == (["dense", "noised"], 5)
    assert (document["complete"], document["ending"]) == (True, "finished")
    told = (latest / "report.md").read_text(encoding="utf-8")
    assert "MUST NOT SHIP" in told
    assert "FAIL sums.exact_match,strict-match: noised on sums" in told
    run_document = json.loads((latest / "run.json").read_text(encoding="utf-8"))
    assert run_document["ledger"]["exit_status"] == 1


def test_too_few_items_are_skipped_where_that_is_asked_for(folder: Path, judged) -> None:
    again = run(
        folder,
        *(RESULTS, "--trust-gates=mine.toml", "--trust-inconclusive=skip", "-k", "sst2"),
        *("-n", "2", "--trust-reports=reports/again"),
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "2 passed, 1 skipped" in again.stdout
    told = (folder / "reports/again/verdicts.json").read_text(encoding="utf-8")
    reasons = {one["why"] for one in json.loads(told)["unjudged"]}
    assert reasons == {"deselected"}


def test_result_without_the_task_is_an_error_of_its_own(folder: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.mkdir()
    for path in (RECORDED / "after").rglob("*"):
        if path.is_file() and "sums" not in path.name:
            (part / path.name).write_bytes(path.read_bytes())
    ran = run(
        folder,
        f"--trust-results={RECORDED / 'before'},part={part}",
        *("--trust-gates=mine.toml", "-k", "sums", "--trust-reports=reports/part"),
    )
    assert ran.returncode == 10, ran.stdout + ran.stderr
    assert "not judged: part on sums.exact_match,strict-match: " in ran.stdout


def test_partial_result_never_passes(folder: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.mkdir()
    for path in (RECORDED / "before").rglob("*.json*"):
        (part / path.name).write_bytes(path.read_bytes())
    (samples,) = part.glob("samples_phrases_*")
    lines = samples.read_text(encoding="utf-8").splitlines(keepends=True)
    samples.write_text("".join(lines[:4]), encoding="utf-8")
    row = ROWS.partition('[[gate]]\nbenchmark = "sst2"')[0].replace("max_drop = 3", "max_drop = 50")
    (tmp_path / "rows.toml").write_text(row, encoding="utf-8")
    ran = run(
        folder,
        f"--trust-results={part},same={part}",
        f"--trust-gates={tmp_path / 'rows.toml'}",
        "--trust-reports=reports/partial",
    )
    assert ran.returncode == 10, ran.stdout + ran.stderr
    latest = folder / "reports/partial"
    document = json.loads((latest / "verdicts.json").read_text(encoding="utf-8"))
    assert document["complete"] is False
    told = (latest / "report.md").read_text(encoding="utf-8")
    assert "phrases has 4 of the 6 items that were asked" in told
    assert "MAY SHIP: all" not in told


def test_without_results_nothing_is_collected(folder: Path) -> None:
    ran = run(folder)
    assert (ran.returncode, "collected 0 items" in ran.stdout) == (5, True)
    assert "trusteval ==" not in ran.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((RESULTS, "--trust-model=demo"), "--trust-results judges what other tools recorded"),
        (("--trust-results=dense=nothing", "--trust-gates=mine.toml"), "nothing is not there"),
        ((RESULTS, "--trust-gates=none.toml"), "gates cannot be read from "),
        (("--trust-results=", "--trust-gates=mine.toml"), "no results to judge; name a folder"),
    ],
)
def test_mistakes_are_refused_in_one_line(folder: Path, words: tuple[str, ...], said: str) -> None:
    ran = run(folder, *words)
    assert ran.returncode == 4
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_results_that_no_collected_test_judges_are_refused(
    folder: Path, tmp_path: Path, workers: tuple[str, ...]
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    rows = f"--trust-gates={folder / 'mine.toml'}"
    ran = pytest_in(tmp_path, RESULTS, rows, *workers, timeout=120, PYTHONPATH=str(ROOT))
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert "--trust-results names results, and no collected test judges them" in (
        ran.stdout + ran.stderr
    )


def test_results_that_two_modules_judge_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    shipped_test = "from trusteval.gate.test_results import *  # noqa: F403\n"
    (tmp_path / "test_gate.py").write_text(shipped_test, encoding="utf-8")
    rows = f"--trust-gates={folder / 'mine.toml'}"
    ran = run(tmp_path, RESULTS, rows, ".")
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert "test_results is collected twice, from " in ran.stderr
