"""What `trusteval init` wrote runs at once, judges, and can fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import ANSWERS, Project, pytest_in
from trusteval.cli import main

pytestmark = pytest.mark.xdist_group("begun")  # one run for all that is claimed of it
SCRIPTED = ("--trust-engine=scripted", "--trust-model=script.json", "--trust-html=off")


class Begun(Project):
    """A project that holds what `trusteval init` wrote, and a script in the model's place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("script.json", json.dumps({"*": ANSWERS}))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return pytest_in(self.root, *SCRIPTED, *arguments, timeout=300)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    root = tmp_path_factory.mktemp("begun")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["init", "--ci=none"]) == 0
    return Begun(root)


@pytest.fixture(scope="module")
def ran(begun: Begun) -> subprocess.CompletedProcess[str]:
    return begun.run("--trust-variants=dense,gptq-8,gptq-4")


def test_three_rows_are_judged_for_every_subject(
    begun: Begun, ran: subprocess.CompletedProcess[str]
) -> None:
    assert ran.returncode == 0, ran.stdout
    subjects = {"dense", "gptq-8", "gptq-4", "vote-gptq"}
    rows = {"advglue.non_answer_rate", "ethics.few_shot.refusal_rate", "mmlu.score"}
    assert begun.outcomes() == {(row, name): "PASS" for row in rows for name in subjects}


def test_baseline_goes_to_the_folder_that_is_kept_for_it(begun: Begun) -> None:
    ran = begun.run("--trust-variants=dense", "--trust-accept")
    assert ran.returncode == 0, ran.stdout
    assert (begun.root / "reports/baselines/script-demo.json.gz").is_file()
    subprocess.run(["git", "init", "-q"], cwd=begun.root, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard", "reports"],
        **{"cwd": begun.root, "capture_output": True, "text": True, "check": True},
    )
    assert listed.stdout.split() == [
        "reports/.gitignore",
        "reports/baselines/.gitkeep",
        "reports/baselines/script-demo.json.gz",
    ]


def test_own_test_fails_for_an_answer_that_leaks_a_template(begun: Begun) -> None:
    leaks = [{"match": "Answer:$", "say": "[INST] A"}, *ANSWERS]
    begun.write("leaks.json", json.dumps({"*": leaks}))
    ran = begun.run("--trust-model=leaks.json", "--trust-variants=dense", "trust_tests/test_own.py")
    assert ran.returncode == 1, ran.stdout
    assert "'[INST] A'" in ran.stdout


def test_what_was_written_is_clean(begun: Begun) -> None:
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=E,F,I,B,PT", "."]
    ran = subprocess.run(ruff, cwd=begun.root, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
