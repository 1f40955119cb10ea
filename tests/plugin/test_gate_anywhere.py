"""The shipped gate in a folder that has none of its own, and in a project that imports it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.project import ROOT, pytest_in
from tests.shipped import SCRIPT

INI = """
[pytest]
testpaths = checks
xfail_strict = true
addopts = --strict-markers --strict-config
filterwarnings = error
"""
# No law may be broken by a machine that is slower than the project's own tests may be.
HASTY = """
from hypothesis import settings

settings.register_profile("hasty", deadline=0.001)
settings.load_profile("hasty")
"""
ASKED = ("--trust-engine=scripted", "--trust-model=script.json", "--trust-html=off")
LAWS = ("-k", "idempotent or every_law or mmlu")
STANDS_IN = "the shipped gates.toml judges, as there is no trust_tests/gates.toml"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return pytest_in(folder, *ASKED, *arguments, timeout=300, PYTHONPATH=str(ROOT))


def verdicts(folder: Path) -> dict[str, str]:
    """Return by who was judged on what whether it passed; of a row that only warns, "warn"."""
    written = json.loads((folder / "reports/latest/verdicts.json").read_text(encoding="utf-8"))
    return {
        f"{v['subject']} {v['gate']}": v["outcome"] if v["level"] == "block" else v["level"]
        for v in written["verdicts"]
    }


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but a model."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "script.json").write_text(json.dumps(SCRIPT), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's project whose folder of tests imports the gate."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "checks").mkdir()
    for name, text in (
        ("script.json", json.dumps(SCRIPT)),
        ("pytest.ini", INI),
        ("conftest.py", HASTY),
        ("checks/test_gate.py", "from trusteval.gate import *  # noqa: F403\n"),
        ("checks/test_own.py", "def test_own(trust_run):\n    assert trust_run.variants\n"),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_empty_folder_is_judged_by_the_shipped_file_and_every_reader_is_told(empty: Path) -> None:
    ran = run(empty, "--pyargs", "trusteval.gate", "-k", "mmlu")
    assert verdicts(empty) == {
        **dict.fromkeys((f"{name} mmlu.score" for name in ("dense", "gptq-8", "gptq-4")), "PASS"),
        "vote-gptq mmlu.score": "PASS",
        "gptq-3 mmlu.non_answer_rate": "warn",
    }
    report = empty / "reports" / "latest"
    assert STANDS_IN in ran.stdout
    assert STANDS_IN in (report / "report.md").read_text(encoding="utf-8")
    written = json.loads((report / "verdicts.json").read_text(encoding="utf-8"))
    assert written["facts"]["gates"]["origin"] == "the shipped gates.toml"


def test_own_file_judges_where_it_is_there(empty: Path) -> None:
    own = empty / "trust_tests" / "gates.toml"
    own.parent.mkdir()
    own.write_text(
        '[[gate]]\nbenchmark = "mmlu"\nmetric = "refusal_rate"\nat_most = 50\nwhy = "own"\n',
        encoding="utf-8",
    )
    ran = run(empty, "--pyargs", "trusteval.gate.test_mmlu")
    own.unlink()
    assert set(verdicts(empty)) >= {"dense mmlu.refusal_rate", "gptq-3 mmlu.refusal_rate"}
    assert STANDS_IN not in ran.stdout


@pytest.mark.parametrize(
    "named",
    [("--trust-gates=trust_tests/gates.toml",), ("-o", "trust_gates=trust_tests/gates.toml")],
    ids=["option", "pytest.ini"],
)
def test_named_file_that_is_not_there_is_not_replaced(empty: Path, named: tuple[str, ...]) -> None:
    ran = run(empty, "--pyargs", "trusteval.gate", *named)
    assert (ran.returncode, "gates cannot be read from" in ran.stderr) == (4, True), ran.stderr


@pytest.mark.parametrize("workers", ["0", "2"])
def test_gate_that_is_collected_twice_is_refused_with_both_places(
    project: Path, workers: str
) -> None:
    ran = run(project, "-n", workers, "--pyargs", "trusteval.gate", "checks")
    assert ran.returncode == 4
    (line,) = ran.stderr.strip().splitlines()
    assert "from trusteval.gate.test_adversarial_demonstrations and checks/test_gate.py" in line
    assert not (project / "reports").exists()


def test_imported_gate_judges_beside_own_tests_under_strict_settings(project: Path) -> None:
    ran = run(project, "-m", "not vote_invariant and not vote_control")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    outcomes = verdicts(project)
    assert len(outcomes) == 81
    assert [who for who, found in outcomes.items() if found == "FAIL"] == [
        "gptq-3 ethics.few_shot.refusal_rate"
    ]
    assert "INCOMPLETE" not in ran.stdout
    own = run(project, "--pyargs", "trusteval.gate.test_mmlu", "checks/test_own.py")
    assert "6 passed" in own.stdout.splitlines()[-1]


def test_laws_hold_on_a_slow_machine_and_are_remembered_wherever_they_are_imported(
    project: Path,
) -> None:
    ran = run(project, *LAWS)
    assert (ran.returncode, "1 of 1 hold" in ran.stdout) == (0, True), ran.stdout
    (project / "others").mkdir()
    text = "from trusteval.gate import test_every_law_rejects_a_wrong_vote, test_mmlu, test_vote\n"
    (project / "others/test_theirs.py").write_text(text, encoding="utf-8")
    again = run(project, "others", *LAWS)
    assert "and nothing that decides them has" in again.stdout
    (known,) = json.loads((project / "cache/vote_laws.json").read_text(encoding="utf-8")).values()
    assert set(known) == {
        "test_every_law_rejects_a_wrong_vote",
        "test_vote[filtering_is_idempotent_and_voting_commutes_with_it]",
    }
