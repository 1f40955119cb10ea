"""Rows of the shipped gates.toml that hold nobody are left out and said; other files are strict."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.project import ROOT, Project
from trusteval.gates.shipped import is_shipped
from trusteval.report.markup import in_markdown

SHIPPED = ROOT / "trust_tests/gates.toml"
LEFT_OUT = [
    "gate 2 advglue.non_answer_rate (*-3)",
    "gate 5 adult.non_answer_rate (*-3)",
    "gate 14 mmlu.non_answer_rate (*-3)",
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    shutil.copy(SHIPPED, tmp_path / "trust_tests/gates.toml")
    return made


def test_shipped_file_is_known_whatever_its_line_ends_and_nothing_else_is():
    """Where this fails: sha256sum trust_tests/gates.toml > trusteval/demo/gates.sha256"""
    raw = SHIPPED.read_bytes()
    assert is_shipped(raw)
    assert is_shipped(raw.replace(b"\n", b"\r\n"))
    assert not is_shipped(raw.replace(b"at_most = 20.0", b"at_most = 21.0", 1))


def test_shipped_rows_for_variants_that_are_not_there_are_left_out_and_said(
    project: Project,
) -> None:
    ran = project.run("--trust-variants=dense,gptq-4", "-n", "2")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = f"3 rows of gates.toml apply to no subject of this run, left out: {', '.join(LEFT_OUT)}"
    assert f"trusteval: {said}" in ran.stdout
    report = project.root / "reports/latest"
    assert f"> {in_markdown(said)}" in (report / "report.md").read_text(encoding="utf-8")
    facts = json.loads(project.verdicts_file.read_text(encoding="utf-8"))["facts"]
    assert facts["gates"]["left_out"] == LEFT_OUT


def test_dense_alone_is_judged_by_the_shipped_rows_that_hold_it(project: Project) -> None:
    ran = project.run("--trust-variants=dense")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {subject for _, subject in project.outcomes()} == {"dense"}


def test_subject_that_shipped_rows_leave_without_a_verdict_is_named(project: Project) -> None:
    ran = project.run("--trust-variants=dense", "--trust-references=small=demo", "-k", "ethics")
    assert "trusteval: no row of gates.toml judges small on advglue, adult, ood, mmlu" in ran.stdout


@pytest.mark.parametrize("named", [True, False], ids=["named", "changed"])
def test_file_that_is_somebodys_own_stays_strict(project: Project, named: bool) -> None:
    shutil.copy(SHIPPED, project.root / "mine.toml")
    place = project.root / "trust_tests/gates.toml"
    if not named:
        place.write_text(place.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    ran = project.run(
        "--trust-variants=dense,gptq-4", *(["--trust-gates=mine.toml"] if named else [])
    )
    assert (ran.returncode, "subjects '*-8' match none of this run's" in ran.stderr) == (4, True)


def test_number_of_a_row_is_its_place_in_the_file_under_every_profile(project: Project) -> None:
    rows = "".join(
        f'[[gate]]\nbenchmark="mmlu"\nmetric="score"\nat_least=1\nwhy="x"\n{more}\n'
        for more in ('profiles=["full"]', 'subjects=["gtpq-4"]')
    )
    project.write("trust_tests/gates.toml", rows)
    ran = project.run()
    assert "gates.toml, gate 2 (mmlu.score): subjects 'gtpq-4' match none" in ran.stderr
    assert ran.stderr.rstrip().endswith("(did you mean 'gptq-4'?)")


def test_row_that_no_answers_can_break_is_said_wherever_its_pass_is_read(project: Project) -> None:
    row = '[[gate]]\nbenchmark="mmlu"\nmetric="score"\nat_least=0\npoint=true\nwhy="x"\n'
    project.write("trust_tests/gates.toml", row)
    ran = project.run()
    said = "gate 1 mmlu.score of gates.toml has a limit that no answers can break"
    assert (ran.returncode, ran.stdout.count(said)) == (0, 2), "at the head and in the summary"
    assert in_markdown(said) in (project.root / "reports/latest/report.md").read_text(
        encoding="utf-8"
    )
