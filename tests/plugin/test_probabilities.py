"""--trust-probabilities in real runs: kept with the answers, said where missing, verdicts alike."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.project import ANSWERS, INI, SCRIPT, Project
from trusteval.tracking.answers_file import read_answers

PROBABILITIES = {"wrong": 0.5, "not wrong": 0.25, "A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1}
WEIGHED = [{**rule, "probabilities": PROBABILITIES} for rule in ANSWERS]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def without_notes(some: Project) -> dict[str, Any]:
    """Return what verdicts.json says, but for how subjects ran."""
    document = json.loads(some.verdicts_file.read_text(encoding="utf-8"))
    for line in document["scores"]:
        del line["notes"]
    return dict(document)


def test_run_keeps_how_likely_labels_were_and_judges_alike(project: Project) -> None:
    project.write("script.json", json.dumps({"*": WEIGHED}))
    project.run()
    plain = without_notes(project)
    answers = project.root / "reports" / "latest" / "answers.json.gz"
    assert not read_answers(answers).probabilities
    ran = project.run("--trust-probabilities")
    assert "probabilities" not in ran.stdout
    assert without_notes(project) == plain
    run = read_answers(answers)
    told = run.probabilities["dense", "ethics"]
    assert told.labels == ("wrong", "not wrong")
    expected = [[math.log(0.5), math.log(0.25)]] * len(run.answer_tables["dense", "ethics"])
    for row, logs in zip(told.log.tolist(), expected, strict=True):
        assert row == pytest.approx(logs, abs=1e-5)
    assert ("vote-gptq", "ethics") not in run.probabilities
    note = json.loads(project.verdicts_file.read_text(encoding="utf-8"))["scores"][0]["notes"]
    assert note["probabilities"] == f"{len(told)} of {len(told)} answers"
    report = (project.root / "reports" / "latest" / "report.md").read_text(encoding="utf-8")
    for (who, benchmark), known in run.probabilities.items():
        n = len(known)
        said = f"probabilities on {benchmark} {n} of {n} answers"
        assert any(said in line for line in report.splitlines() if f"**{who}**" in line)


def test_engine_without_probabilities_says_so_and_judges_alike(project: Project) -> None:
    project.run()
    plain = without_notes(project)
    ran = project.run("--trust-probabilities", "-n", "2")
    assert "no probabilities: the script gives none (dense on ethics, " in ran.stdout
    assert without_notes(project) == plain
    report = (project.root / "reports" / "latest" / "report.md").read_text(encoding="utf-8")
    assert "no probabilities: the script gives none" in report


def test_partly_known_probabilities_are_told_with_how_many_and_why(project: Project) -> None:
    some = [{**rule, "probabilities": {"wrong": 0.5, "A": 0.1}} for rule in ANSWERS]
    project.write("script.json", json.dumps({"*": some, "gptq-3": SCRIPT["gptq-3"]}))
    project.write("pytest.ini", f"{INI}trust_probabilities = true\n")
    ran = project.run()
    assert "not all probabilities are known: the script gives none of not wrong (dense on" in (
        ran.stdout
    )
    assert "dense on ethics: 0 of" in ran.stdout
    assert "no probabilities: the script gives none (gptq-3 on ethics, " in ran.stdout


@pytest.mark.parametrize("value", [0, 1.5, "x"])
def test_script_with_impossible_probabilities_is_refused(project: Project, value: object) -> None:
    rules = [{"say": "wrong", "probabilities": {"wrong": value}}]
    project.write("script.json", json.dumps({"*": rules}))
    ran = project.run()
    assert ran.returncode == 4
    assert "script.json: expected" in ran.stderr
