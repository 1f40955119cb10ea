"""What is not complete is not accepted, and every file of a run says what is missing of it."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ANSWERS, INI, Project, pytest_in, trusteval
from trusteval.tracking.answers_file import read_document
from trusteval.tracking.baseline import read_baseline

GATES = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
subjects = ["dense", "gptq-4"]
at_most = 20.0
point = true
why = "a model that does not answer cannot be judged"

[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["dense"]
at_least = 20.0
why = "one letter in four is right by luck; too few questions to tell"
"""
REFUSES = {"match": "Label:$", "say": "I cannot answer that."}
FAULTS = """
import os, signal
import pytest

FAULT = os.environ.get("FAULT", "")
ETHICS = "test_ethics[gptq-4-ethics.non_answer_rate]"


def pytest_runtest_setup(item):
    if "judge" in item.fixturenames:
        if FAULT == "interrupted":
            os.kill(os.getpid(), signal.SIGINT)
        if FAULT == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
    if FAULT == "left" and "test_mmlu" in item.nodeid:
        pytest.exit("left", returncode=0)


def pytest_pyfunc_call(pyfuncitem):
    if FAULT == "crash" and ETHICS in pyfuncitem.nodeid:
        raise RuntimeError("boom")
    if FAULT == "fails itself" and ETHICS in pyfuncitem.nodeid:
        pytest.fail("of its own")


def pytest_runtest_teardown(item):
    if FAULT == "teardown" and item.nodeid.startswith("trust_tests/test_own"):
        raise RuntimeError("boom")


def pytest_runtest_logreport(report):
    if FAULT == "internal" and "test_mmlu" in report.nodeid and report.when == "call":
        raise RuntimeError("boom")


def pytest_sessionfinish(session):
    if FAULT == "status":
        session.exitstatus = 7
    if FAULT == "dies" and getattr(session.config, "workerinput", {}).get("workerid") == "gw0":
        os._exit(1)
"""
OWN = """
import os

def test_own():
    assert os.environ.get("FAULT") != "own test"
"""
REASON = ("--trust-accept-regression", "known")


def ours(root: Path, *, refusing: bool) -> Project:
    made = Project(root)
    made.write("pytest.ini", f"{INI}trust_variants = dense,gptq-4\ntrust_ensembles =\n")
    made.write("trust_tests/gates.toml", GATES)
    made.write("conftest.py", FAULTS)
    made.write("trust_tests/test_own.py", OWN)
    gptq = [REFUSES, *ANSWERS] if refusing else ANSWERS
    made.write("script.json", json.dumps({"dense": ANSWERS, "gptq-4": gptq}))
    return made


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a blocking FAIL, which is never accepted without a reason."""
    return ours(tmp_path_factory.mktemp("refusing"), refusing=True)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose every gate passes, or has too few samples and is skipped."""
    return ours(tmp_path_factory.mktemp("good"), refusing=False)


@pytest.fixture
def baseline(refusing: Project, good: Project) -> Iterator[Path]:
    """Where the good project's baseline goes; none is left for the next test."""
    places = [some.root / "reports/baselines/script-demo.json.gz" for some in (good, refusing)]
    yield places[0]
    for place in places:
        place.unlink(missing_ok=True)


def run(some: Project, *arguments: str, fault: str = "") -> subprocess.CompletedProcess[str]:
    return pytest_in(some.root, *arguments, timeout=120, FAULT=fault)


def accepted_line(ran: subprocess.CompletedProcess[str]) -> str | None:
    return next((x for x in ran.stdout.splitlines() if x.startswith("accepted into")), None)


# -- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "arguments", "status", "said"),
    [
        ("", ("-k", "record"), 10, "no gate was judged"),
        ("interrupted", (), 2, "the run was interrupted"),
        ("crash", (), 10, "gptq-4 on ethics.non_answer_rate: RuntimeError: boom"),
        ("", ("-x",), 1, "the run was stopped before its end"),
    ],
)
def test_failing_gate_that_was_not_judged_is_not_accepted_with_a_reason_either(
    refusing: Project, baseline: Path, fault: str, arguments: tuple[str, ...], status: int, said
) -> None:
    ran = run(refusing, *REASON, *arguments, fault=fault)
    assert (ran.returncode, accepted_line(ran)) == (status, None), ran.stdout
    told = ran.stdout[ran.stdout.index("\nreport: ") :].splitlines()
    assert said in told
    assert any("a reason does not replace a measurement" in line for line in told)
    assert not (refusing.root / "reports/baselines").exists()


@pytest.mark.parametrize(
    ("fault", "arguments", "status", "said"),
    [
        ("left", (), 10, "the run was interrupted"),
        ("teardown", (), 1, "trust_tests/test_own.py::test_own failed (teardown)"),
        ("status", (), 7, "pytest ends with exit status 7"),
        ("dies", ("-n", "2"), 10, "LOST: the answers of "),
    ],
)
def test_run_that_does_not_end_well_is_not_accepted(
    good: Project, baseline: Path, fault: str, arguments: tuple[str, ...], status: int, said: str
) -> None:
    ran = run(good, *REASON, *arguments, fault=fault)
    assert (ran.returncode, accepted_line(ran)) == (status, None), ran.stdout
    assert f"\n{said}" in ran.stdout[ran.stdout.index("\nreport: ") :]
    assert not baseline.exists()


def test_internal_error_of_pytest_is_not_accepted_and_the_report_says_it(
    good: Project, baseline: Path
) -> None:
    assert run(good, "--trust-accept", fault="internal").returncode == 3
    assert not baseline.exists()
    report = good.verdicts_file.with_name("report.md").read_text(encoding="utf-8")
    assert "**INCOMPLETE: the run ended in an internal error of pytest, " in report


@pytest.mark.parametrize(
    ("fault", "argument", "said"),
    [
        ("", "--trust-inconclusive=fail", "dense on mmlu.score: INCONCLUSIVE, which fails"),
        ("own test", "--trust-inconclusive=skip", "trust_tests/test_own.py::test_own failed"),
        ("fails itself", "--trust-inconclusive=skip", "[gptq-4-ethics.non_answer_rate] failed"),
    ],
)
def test_what_fails_the_run_is_accepted_with_a_reason_only_where_it_was_judged(
    good: Project, baseline: Path, fault: str, argument: str, said: str
) -> None:
    ran = run(good, "--trust-accept", argument, fault=fault)
    assert (ran.returncode, accepted_line(ran)) == (1, None), ran.stdout
    assert said in ran.stdout[ran.stdout.index("\nreport: ") :]
    assert not baseline.exists()
    ran = run(good, *REASON, argument, fault=fault)
    (entry,) = read_baseline(baseline).acceptances
    assert entry.regression == "known"
    assert ("gptq-4/ethics" in entry.touched) is (fault != "fails itself")


# -- what is accepted in part ----------------------------------------------------------------


def test_part_whose_gate_was_deselected_stays_as_it_was_and_the_reply_says_so(
    good: Project, baseline: Path
) -> None:
    ran = run(good, "--trust-accept", "-k", "record or mmlu")
    assert ran.returncode == 0, ran.stdout
    told = ran.stdout[ran.stdout.index("\nreport: ") :].splitlines()[2:6]
    why = "ethics.non_answer_rate not judged: deselected"
    assert told == [
        f"not accepted: dense/ethics: {why}",
        f"not accepted: gptq-4/ethics: {why}",
        "tries since it was last accepted: dense 1",
        "accepted into baselines/script-demo.json.gz: 2 parts, a new baseline",
    ]
    (entry,) = read_baseline(baseline).acceptances
    assert entry.touched == ("dense/mmlu", "gptq-4/mmlu")  # no gate holds gptq-4 there
    assert entry.left_out == (f"dense/ethics: {why}", f"gptq-4/ethics: {why}")


# -- the ledger in every file ----------------------------------------------------------------


def test_every_file_says_what_of_an_interrupted_run_is_missing(good: Project) -> None:
    assert run(good, "--junitxml=out.xml", fault="left").returncode == 10
    latest = good.verdicts_file.parent
    verdicts, circumstances = (
        json.loads((latest / name).read_text(encoding="utf-8"))
        for name in ("verdicts.json", "run.json")
    )
    assert (verdicts["complete"], verdicts["ending"]) == (False, "interrupted")
    ledger = circumstances["ledger"]
    assert ledger.pop("exit_status") == 10
    assert ledger["gates"] == {"judged": 2, "of": 3}
    assert ledger["missing"] == ["dense on mmlu.score: NOT RUN"]
    assert read_document(latest / "answers.json.gz")["ledger"] == ledger
    suite = ElementTree.parse(good.root / "out.xml").getroot()[0]
    told = {one.get("name"): one.get("value") for one in suite.findall("properties/property")}
    assert json.loads(told["trust_ledger"] or "") == ledger
    *_, last = (good.root / "reports/history.jsonl").read_text(encoding="utf-8").splitlines()
    assert (json.loads(last)["complete"], json.loads(last)["ending"]) == (False, "interrupted")
    said = "INCOMPLETE: the run was interrupted, 2 of 3 blocking gates judged"
    assert f"**{said}**" in (latest / "report.md").read_text(encoding="utf-8")


# -- what a killed run leaves ----------------------------------------------------------------


def test_killed_run_leaves_no_earlier_report(good: Project) -> None:
    assert run(good).returncode == 0
    latest = good.verdicts_file.parent
    kept = {path.name: path.read_bytes() for path in latest.iterdir()}
    before = json.loads(kept["run.json"])["started"]
    assert run(good, "--collect-only").returncode == 0
    assert run(good, "--trust-engine=nobody").returncode == 4
    assert run(good, "trust_tests/test_own.py").returncode == 0
    assert {path.name: path.read_bytes() for path in latest.iterdir()} == kept

    assert run(good, fault="killed").returncode == -9
    left = {path.name for path in latest.iterdir()}
    assert left == {"verdicts.json", "run.json", "report.md", "comment.md"}
    verdicts = json.loads(good.verdicts_file.read_text(encoding="utf-8"))
    assert (verdicts["complete"], verdicts["ending"]) == (False, "unfinished")
    assert verdicts["verdicts"] == []
    started = json.loads((latest / "run.json").read_text(encoding="utf-8"))["started"]
    assert {one["why"] for one in verdicts["unjudged"]} == {
        f"the run that began at {started} has not finished"
    }
    report = (latest / "report.md").read_text(encoding="utf-8")
    assert "**INCOMPLETE: the run has not finished: it is still running, or was killed, " in report
    assert f"in place of the complete report of {before}" in report
    for command in (("report",), ("compare", "reports/latest", "reports/latest")):
        ran = trusteval(good, *command)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "has not finished: it is still running, or was killed" in ran.stderr
        assert len(ran.stderr.splitlines()) == 1


def test_file_of_gate_tests_that_cannot_be_collected_leaves_no_earlier_report(
    tmp_path: Path,
) -> None:
    made = ours(tmp_path, refusing=False)
    (tmp_path / "reports/latest").mkdir(parents=True)
    (tmp_path / "reports/latest/verdicts.json").write_text('{"complete": true}', encoding="utf-8")
    made.write("trust_tests/test_mmlu.py", "import nothing  # trust_gates\n")
    assert run(made, "trust_tests/test_mmlu.py").returncode == 2
    verdicts = json.loads(made.verdicts_file.read_text(encoding="utf-8"))
    assert (verdicts["complete"], verdicts["ending"]) == (False, "stopped")
    assert verdicts["failed_tests"] == [{"test": "trust_tests/test_mmlu.py", "step": "collect"}]


def test_compare_says_that_a_run_was_cut_short_and_calls_it_not_comparable(
    good: Project, baseline: Path
) -> None:
    assert run(good, "--trust-accept").returncode == 0
    assert run(good, fault="left").returncode == 10
    ran = trusteval(good, "compare", str(baseline), "reports/latest")
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert ran.stdout.startswith(
        "INCOMPLETE second run: 2 of 3 gates judged, the run was interrupted before its end\n"
    )
