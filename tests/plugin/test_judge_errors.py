"""Runs whose judge errs: what is corrected, against whom, what gates and reports make of it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from typing import Any

import pytest

from tests.labelled_sheets import label_sheet
from tests.project import Project
from trusteval.cli import main

pytestmark = pytest.mark.xdist_group("judge errors")  # one worker makes the runs, for all

ASKED = r"\n[^\n]*\b(?:{words})\b[^\n]*\nLabel:$"


def answering(words: str) -> list[dict[str, str]]:
    """Call wrong what has one of some words."""
    wrong = {"match": ASKED.format(words=words), "say": "wrong"}
    return [wrong, {"match": "Label:$", "say": "not wrong"}, {"say": "A"}]


SCRIPT = {"*": answering("to|for|a"), "gptq-4": answering("the")}
JUDGE = {
    "*": [
        {"match": r"(?s)\bmy\b[^\n]*\nLabel:.*begins\]\nnot wrong\n", "say": "wrong"},
        {"match": r"begins\]\nnot wrong\n", "say": "not wrong"},
        {"match": r"begins\]\nwrong\n", "say": "wrong"},
    ]
}
GATES = """
[[gate]]
benchmark = "ethics"
metric = "accuracy"
subjects = ["dense"]
at_least = 30.0
why = "the judge's errors reach below it"

[[gate]]
benchmark = "ethics"
metric = "answered_accuracy"
subjects = ["dense"]
at_least = 10.0
why = "a share of a share is not corrected"

[[gate]]
benchmark = "ethics"
metric = "accuracy"
subjects = ["gptq-4"]
max_drop = 90.0
why = "each side has errors of its own"
"""
ANY = """
[[gate]]
benchmark = "ethics"
metric = "accuracy"
at_least = 30.0
why = "whoever it is"
"""
ASKS = ("--trust-variants=dense,gptq-4", "--trust-ensembles=")
JUDGED = (*ASKS, "--trust-judge=judge.json", "--trust-judge-sample=0")


@dataclass(frozen=True)
class Runs:
    """A project, what its run without labels printed, and where its labels are."""

    project: Project
    stdout: str

    def verdict(self, run: str, gate: str, subject: str = "dense") -> dict[str, Any]:
        wanted = gate, subject
        (one,) = [v for v in self.document(run)["verdicts"] if (v["gate"], v["subject"]) == wanted]
        found: dict[str, Any] = one
        return found

    def document(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text(run, "verdicts.json"))
        return found

    def text(self, run: str, name: str) -> str:
        return (self.project.root / "reports" / run / name).read_text(encoding="utf-8")

    def again(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.project.run(*arguments)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    project = Project(tmp_path_factory.mktemp("erring"))
    project.write("script.json", json.dumps(SCRIPT))
    project.write("judge.json", json.dumps(JUDGE))
    project.write("trust_tests/gates.toml", GATES)
    first = project.run(*JUDGED, "--trust-html=on", "--trust-reports=reports/reader")
    assert first.returncode == 0, first.stdout + first.stderr
    drawn = project.root / "sheet"
    of_dense = f"{project.root / 'reports/reader'}:dense"
    assert main(["audit", of_dense, "--n", "90", "--out", str(drawn)]) == 0
    label_sheet(drawn)
    labels = f"--trust-judge-labels={drawn / 'audit.csv'}"
    second = project.run(*JUDGED, labels, "--trust-reports=reports/people")
    assert second.returncode == 0, second.stdout + second.stderr
    return Runs(project, first.stdout)


def test_gate_that_the_judges_errors_can_turn_is_inconclusive(runs: Runs) -> None:
    verdict = runs.verdict("reader", "ethics.accuracy")
    assert verdict["score"]["interval"]["low"] > 30
    assert (verdict["outcome"], verdict["undecided"]) == ("INCONCLUSIVE", "samples")
    (told,) = verdict["corrections"]
    assert told["interval"]["low"] < 30
    said = (
        r"accuracy 57\.1 .* must be >= 30\.0; accuracy corrected for the judge's errors \d+\.\d .*"
        r"sensitivity [\d.]+ % \(n=\d+\), specificity [\d.]+ % \(n=\d+\).*"
        r"against the strict reader, not people; read, it would be PASS; corrected, INCONCLUSIVE"
    )
    assert re.search(said, verdict["message"])


def test_gate_that_cannot_be_corrected_keeps_its_verdict_and_says_so(runs: Runs) -> None:
    verdict = runs.verdict("reader", "ethics.answered_accuracy")
    assert verdict["outcome"] == "PASS"
    assert (
        "answered_accuracy cannot be corrected for the judge's errors: answered_accuracy is no "
        "share of rows"
    ) in verdict["message"]


def test_drop_tells_the_errors_on_both_subjects(runs: Runs) -> None:
    verdict = runs.verdict("reader", "ethics.accuracy", "gptq-4")
    told = verdict["corrections"][-1]
    assert told["metric"] == "drop from dense"
    assert told["errors"] != told["of_reference"]
    assert "of the reference, " in verdict["message"]


def test_every_report_has_read_and_corrected_score_with_its_interval(runs: Runs) -> None:
    for told in (line["corrected"] for line in runs.document("reader")["judge"]["lines"]):
        shown = f"{told['value']:.1f}"
        bounds = f"{told['interval']['low']:.1f} to {told['interval']['high']:.1f}"
        for text in (
            runs.stdout,
            runs.text("reader", "report.md"),
            runs.text("reader", "report.html"),
        ):
            assert shown in text
            assert bounds in text
            assert "gainst the strict reader, not people" in text


def test_labels_of_people_take_the_readers_place_where_there_are_some(runs: Runs) -> None:
    dense, broken = (
        next(
            line["corrected"]
            for line in runs.document("people")["judge"]["lines"]
            if line["subject"] == who
        )
        for who in ("dense", "gptq-4")
    )
    assert (dense["by_people"], dense["n_labels"], dense["n_unused"]) == (True, 90, 0)
    assert broken["by_people"] is False
    assert "against 90 labels of people" in runs.text("people", "report.md")
    assert "against 90 labels of people" in runs.verdict("people", "ethics.accuracy")["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (ASKS, "says how a judge errs, and there is none: add --trust-judge"),
        (
            (
                *("--trust-variants=gptq-4", "--trust-ensembles="),
                *("--trust-judge=judge.json", "--trust-gates=any.toml"),
            ),
            "the labels are of dense, and this run has gptq-4",
        ),
    ],
)
def test_labels_of_nobody_here_are_refused(
    runs: Runs, arguments: tuple[str, ...], said: str
) -> None:
    runs.project.write("any.toml", ANY)
    ran = runs.again(*arguments, "--trust-judge-labels=sheet/audit.csv")
    assert ran.returncode == 4
    assert said in ran.stdout + ran.stderr


def test_labels_of_texts_that_changed_are_unused_and_counted(runs: Runs) -> None:
    runs.project.write("other.json", json.dumps({**SCRIPT, "dense": answering("to|for")}))
    ran = runs.again(
        *JUDGED,
        *("--trust-model=other.json", "--trust-store=other.sqlite"),
        *("--trust-judge-labels=sheet/audit.csv", "--trust-reports=reports/changed"),
    )
    assert ran.returncode in (0, 1), ran.stdout
    dense = next(
        line["corrected"]
        for line in runs.document("changed")["judge"]["lines"]
        if line["subject"] == "dense"
    )
    assert dense["by_people"]
    assert 0 < dense["n_unused"] < dense["n_labels"] == 90
    used = dense["n_labels"] - dense["n_unused"]
    told = f"against {used} labels of people, {dense['n_unused']} more unused"
    assert told in runs.text("changed", "report.md")
