"""What report.md says of a run's votes: every section in short, and nothing where none is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.answered_runs import RIGHT, N, run_of, with_wrong
from tests.project import Project
from trusteval.ensemble.study import SECTIONS
from trusteval.report.votes import votes_in_short
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Variant

MEMBERS = tuple(Variant(f"gptq-{bits}", "gptq", bits) for bits in (8, 4))


def voted(**more: list) -> AnsweredRun:
    """Return a run that recorded a vote, whose members may be missing."""
    run = run_of({"vote-gptq": with_wrong(1), **{k.replace("_", "-"): v for k, v in more.items()}})
    return replace(run, members={("vote-gptq", "mmlu"): MEMBERS})


def test_every_section_is_told_with_its_first_table_and_where_the_rest_is() -> None:
    run = voted(dense=[RIGHT] * N, gptq_8=with_wrong(1), gptq_4=with_wrong(2))
    found = votes_in_short(run)
    assert found is not None
    sections = [line for line in found.lines if line.startswith("### ")]
    tables = [line for line in found.lines if line.startswith("#### ")]
    assert len(sections) == len(SECTIONS)
    # no groups, nothing weighed, no open answers
    without = {"fairness", "group_aware", "probabilities", "safety"}
    assert len(tables) == len(SECTIONS.keys() - without)
    assert "trusteval ensemble" in found.lines[-1]


def test_run_without_a_vote_says_nothing_of_votes() -> None:
    assert votes_in_short(run_of({"dense": [RIGHT] * N})) is None


def test_vote_that_cannot_be_put_together_is_said() -> None:
    found = votes_in_short(voted(gptq_8=[RIGHT] * N))
    assert found is not None
    assert found.lines[0] == "- left out: vote-gptq on mmlu: gptq-4 did not answer it"
    assert not any(line.startswith("#") for line in found.lines)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_report_of_a_run_has_it_and_its_verdicts_do_not(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    project = Project(tmp_path)
    ran = project.run("-k", "ethics", *workers)
    assert ran.returncode == 0, ran.stdout
    report = (project.root / "reports/latest/report.md").read_text(encoding="utf-8")
    part = report.split("\n## Ensembles\n")[1].split("\n## ")[0]
    assert "### Who votes" in part
    assert "| vote-gptq | ethics | gptq-8 | member |" in part
    assert "recorded otherwise" not in part
    verdicts = json.loads(project.verdicts_file.read_text(encoding="utf-8"))
    assert not any("ensemble" in key for key in verdicts)
