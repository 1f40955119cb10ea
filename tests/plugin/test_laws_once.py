"""The vote's laws are checked once per version of what decides them, and it is said when."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.other_user import run_as_other_user
from tests.project import ROOT, Project
from trusteval.plugin.law_memory import SOURCES, LawMemory, law_key

LAW = """
import os
import pytest
from hypothesis import given, settings, strategies as st

def noted(what):
    with open({log!r}, "a", encoding="utf-8") as log:
        log.write(what)

@pytest.mark.vote_invariant
def test_law():
    noted("l")
    assert {holds}

@pytest.mark.vote_control
def test_control():
    noted("c")
"""
WHEN = re.compile(r"Vote invariants checked: 1 on (\S+Z), and nothing that decides them has")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    (tmp_path / "trust_tests" / "laws").mkdir()
    write_law(made)
    return made


def write_law(project: Project, holds: str = "True") -> None:
    text = LAW.format(log=str(project.root / "log"), holds=holds)
    project.write("trust_tests/laws/test_laws.py", text)


def checked(project: Project, *arguments: str) -> tuple[str, str]:
    """Run the gate; return what ran (l: law, c: control) and what the terminal says."""
    (project.root / "log").write_text("", encoding="utf-8")
    ran = project.run("-k", "law or control or mmlu", *arguments)
    return "".join(sorted((project.root / "log").read_text(encoding="utf-8"))), ran.stdout


def test_law_that_held_is_not_checked_again_and_when_it_was_is_said(project: Project) -> None:
    ran, said = checked(project)
    assert (ran, "Vote invariants checked: 1 in this run" in said) == ("cl", True)
    first = project.verdicts_file.read_bytes()
    for arguments in ((), ("-n", "2"), ("-p", "no:xdist")):
        ran, said = checked(project, *arguments)
        assert ran == ""
        assert "1 of 1 hold" in said
        assert WHEN.search(said)
    assert project.verdicts_file.read_bytes() == first
    laws = json.loads(first)["vote_invariants"]
    assert laws == [{"name": "test_law", "outcome": "passed"}]
    report = (project.verdicts_file.parent / "report.md").read_text(encoding="utf-8")
    assert WHEN.search(report)
    run = json.loads((project.verdicts_file.parent / "run.json").read_text(encoding="utf-8"))
    assert WHEN.search(run["laws"])


def test_law_that_held_in_a_worker_is_remembered_too(project: Project) -> None:
    assert checked(project, "-n", "2")[0] == "cl"
    assert checked(project)[0] == ""


def test_law_is_checked_again_on_request_and_without_the_memory(project: Project) -> None:
    checked(project)
    assert checked(project, "--trust-laws=again")[0] == "cl"
    assert checked(project, "--hypothesis-seed=1")[0] == "cl"
    (project.root / "cache" / "vote_laws.json").unlink()
    assert checked(project)[0] == "cl"


@pytest.mark.parametrize("damaged", ["", "[]", "{", '{"a": 1}', "[" * 10_000])
def test_damaged_memory_is_no_memory(project: Project, damaged: str) -> None:
    checked(project)
    (project.root / "cache" / "vote_laws.json").write_text(damaged, encoding="utf-8")
    ran, said = checked(project)
    assert (ran, "1 of 1 hold" in said) == ("cl", True)


def test_law_that_fails_is_never_remembered(project: Project) -> None:
    write_law(project, "not os.environ.get('BROKEN', '1')")
    for _ in range(2):
        ran, said = checked(project)
        assert (ran, "0 of 1 hold; broken: test_law" in said) == ("cl" if _ == 0 else "l", True)


def test_law_that_fails_on_request_is_forgotten(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_law(project, "not os.environ.get('BROKEN')")
    assert checked(project)[0] == "cl"
    monkeypatch.setenv("BROKEN", "1")
    assert "0 of 1 hold" in checked(project, "--trust-laws=again")[1]
    monkeypatch.delenv("BROKEN")
    assert checked(project)[0] == "l"


def test_changed_law_is_checked_again(project: Project) -> None:
    checked(project)
    write_law(project, "1 == 1")
    assert checked(project)[0] == "cl"
    project.write("trust_tests/laws/strategies.py", "DRAWN = 1\n")
    assert checked(project)[0] == "cl"


def test_unknown_choice_is_one_line(project: Project) -> None:
    ran = project.run("--trust-laws=never")
    assert (ran.returncode, ran.stderr.count("--trust-laws is one of once, again")) == (4, 1)


def test_cache_that_cannot_be_written_has_laws_checked_in_every_run(project: Project) -> None:
    checked(project)
    for name in ("log", "out"):
        (project.root / name).unlink(missing_ok=True)
    (project.root / "log").touch()
    (project.root / "log").chmod(0o666)
    (project.root / "out").mkdir()
    (project.root / "out").chmod(0o777)
    for _ in range(2):
        ran = run_as_other_user(
            [
                *(sys.executable, "-m", "pytest", "-k", "law or mmlu"),
                f"--trust-reports={project.root}/out/latest",
            ],
            folder=project.root,
            environment={"TRUSTEVAL_CACHE": str(project.root / "cache"), "CI": "true"},
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert "Vote invariants checked: 1 in this run" in ran.stdout
    assert (project.root / "log").read_text(encoding="utf-8") == "lclc"


def _source(module: str) -> str:
    """Return the file of a module of ours, under the package."""
    path = module.removeprefix("trusteval.").replace(".", "/")
    is_package = (ROOT / "trusteval" / path).is_dir()
    return f"{path}/__init__.py" if is_package else f"{path}.py"


def test_key_covers_every_module_the_vote_rests_on() -> None:
    needed, open_ends = set(), {"answers/voting.py"}
    while open_ends:
        name = open_ends.pop()
        needed.add(name)
        tree = ast.parse((ROOT / "trusteval" / name).read_text(encoding="utf-8"))
        froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        own = {_source(n.module) for n in froms if n.module and "trusteval." in n.module}
        open_ends |= own - needed
    assert set(SOURCES) == needed


def test_key_changes_with_the_laws_and_how_many_examples_are_drawn(tmp_path: Path) -> None:
    (tmp_path / "laws.py").write_text("a", encoding="utf-8")
    first = law_key(tmp_path, generated="100 examples")
    assert law_key(tmp_path, generated="100 examples") == first
    assert law_key(tmp_path, generated="5000 examples") != first
    (tmp_path / "laws.py").write_text("b", encoding="utf-8")
    assert law_key(tmp_path, generated="100 examples") != first


def test_memory_keeps_the_newest_versions_only(tmp_path: Path) -> None:
    memory = LawMemory(tmp_path / "laws.json")
    for version in range(30):
        memory.learn(str(version), held=["law"], broken=[], when="2026-01-01T00:00:00Z")
    assert memory.held("29") == {"law": "2026-01-01T00:00:00Z"}
    assert memory.held("0") == {}


def test_shipped_laws_are_remembered_with_the_wrong_votes_they_reject(tmp_path: Path) -> None:
    """The whole folder takes no time the second time."""
    shutil.copy(ROOT / "pytest.ini", tmp_path)
    cache = tmp_path / "cache"
    command = [
        *(sys.executable, "-m", "pytest", "trust_tests/properties", "-p", "no:cacheprovider"),
        *("-k", "idempotent or every_law", "--trust-engine=scripted", "-q"),
        *(f"--trust-model={tmp_path}/script.json", f"--trust-reports={tmp_path}/out/latest"),
    ]
    (tmp_path / "script.json").write_text('{"*": [{"say": "yes"}]}', encoding="utf-8")
    for _ in range(2):
        ran = subprocess.run(
            command,
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "TRUSTEVAL_CACHE": str(cache), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    (held,) = json.loads((cache / "vote_laws.json").read_text(encoding="utf-8")).values()
    assert "test_every_law_rejects_a_wrong_vote" in held
    assert "test_vote[filtering_is_idempotent_and_voting_commutes_with_it]" in held
