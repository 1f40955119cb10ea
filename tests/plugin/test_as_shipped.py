"""The repository as it is shipped, its own pytest.ini, tests and gates, and what it says of a run.

The scripted engine answers; what a failed run leaves is read as its reader meets it.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.project import ANSWERS
from tests.shipped import REFUSES, Shipped

WITHOUT_GPTQ_4 = {"dense": ANSWERS, "gptq-8": ANSWERS, "gptq-3": ANSWERS}
OURS = "FAIL: gptq-3 on ethics.few_shot: refusal_rate 100.0"
# Kills the process in a gate on gptq-4, as a kernel does that runs out of memory.
FATAL = """
import os, signal, pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    asked = getattr(item, "callspec", None)
    subject = getattr(asked.params.get("subject"), "name", "") if asked else ""
    if subject == "gptq-4" and item.name.startswith("test_mmlu"):
        os.kill(os.getpid(), signal.SIGKILL)
    return (yield)
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    return Shipped(tmp_path)


def test_complete_run_judges_every_gate_and_says_nothing_of_missing_ones(shipped: Shipped) -> None:
    ran = shipped.run("--trust-require=all")
    assert ran.returncode == 1, ran.stdout
    assert OURS in ran.stdout
    assert "62 PASS, 18 WARN, 1 FAIL. Vote" in ran.stdout
    assert "INCOMPLETE" not in ran.stdout + shipped.markdown
    assert shipped.verdicts["blocking_gates"] == {"judged": 34, "of": 34}
    assert (shipped.verdicts["complete"], shipped.verdicts["unjudged"]) == (True, [])


# -- rows that nobody judges -------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [(), ("-n", "2"), ("-k", "ethics"), ("trust_tests", "-x")], ids=" ".join
)
def test_gate_that_no_test_claims_is_a_usage_error(
    shipped: Shipped, arguments: tuple[str, ...]
) -> None:
    (shipped.root / "trust_tests/test_mmlu.py").unlink()
    ran = shipped.run(*arguments)
    assert ran.returncode == 4, ran.stdout
    assert "no test judges mmlu.score, mmlu.non_answer_rate: none" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (shipped.root / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "said", "why"),
    [
        (("-k", "mmlu"), "4 of 34 blocking gates judged", "deselected"),
        (("-m", "mmlu", "-n", "2"), "4 of 34 blocking gates judged", "deselected"),
        (("trust_tests/test_mmlu.py",), "4 of 34 blocking", "no collected test claims adult"),
        (("--ignore=trust_tests/test_mmlu.py",), "30 of 34", "no collected test claims mmlu"),
        (("-x",), " of 34 blocking gates judged", "the run ended before its test"),
    ],
    ids=["-k", "-m -n 2", "path", "--ignore", "-x"],
)
def test_partial_run_says_so_wherever_its_verdicts_are_read(
    shipped: Shipped, arguments: tuple[str, ...], said: str, why: str
) -> None:
    ran = shipped.run(*arguments)
    for text in (ran.stdout, shipped.markdown, shipped.report()):
        assert "INCOMPLETE: " in text
        assert said in text
        assert why in text
    verdicts = shipped.verdicts
    assert not verdicts["complete"]
    assert verdicts["blocking_gates"]["judged"] < verdicts["blocking_gates"]["of"] == 34
    assert why in {one["why"] for one in verdicts["unjudged"]}


def test_incomplete_run_fails_where_all_is_required(shipped: Shipped) -> None:
    assert shipped.run("-k", "mmlu").returncode == 0
    assert shipped.run("-k", "mmlu", "--trust-require=all").returncode == 10
    assert shipped.run("-k", "mmlu", "--trust-require=all", "-n", "2").returncode == 10
    refused = shipped.run("--trust-require=most")
    assert (refused.returncode, "--trust-require is one of all, none" in refused.stderr) == (
        4,
        True,
    )


def test_partial_report_says_which_complete_one_it_replaces(shipped: Shipped) -> None:
    shipped.run()
    started = json.loads((shipped.root / "reports/latest/run.json").read_text())["started"]
    ran = shipped.run("-k", "mmlu")
    assert f"in place of the complete report of {started}" in ran.stdout
    assert f"in place of the complete report of {started}" in shipped.markdown


# -- what could not be measured ----------------------------------------------------------


@pytest.mark.parametrize("workers", ["0", "2"])
def test_variant_that_does_not_load_is_an_error_per_gate_wherever_it_is_read(
    shipped: Shipped, workers: str
) -> None:
    shipped.script(WITHOUT_GPTQ_4)
    ran = shipped.run("-n", workers)
    assert ran.returncode == 10, ran.stdout
    why = "EngineError: the script has no answers for 'gptq-4'; it has: dense, gptq-8, gptq-3"
    for text in (ran.stdout, shipped.markdown, shipped.report()):
        assert "42 PASS, 6 WARN, 33 ERROR" in text
        assert "INCOMPLETE: 19 of 34 blocking gates judged" in text
        assert f"ERROR: gptq-4 on mmlu.score: {why}" in text
        assert f"ERROR: vote-gptq on mmlu.score: {why}" in text
    assert "| mmlu | gptq-4 | - |  |  |  |  |  |  |  | ERROR |" in shipped.markdown
    errors = [one for one in shipped.verdicts["unjudged"] if one["cause"] == "ERROR"]
    assert {one["subject"] for one in errors} == {"gptq-4", "vote-gptq"}
    assert len(errors) == 33
    assert "58 errors" in ran.stdout
    assert " failed" not in ran.stdout.splitlines()[-1]


def test_run_in_which_everything_errs_replaces_the_report(shipped: Shipped) -> None:
    shipped.run("-k", "mmlu")
    shipped.script({"nobody": ANSWERS})
    ran = shipped.run("-k", "mmlu")
    assert ran.returncode == 10
    for text in (ran.stdout, shipped.markdown, shipped.report()):
        assert "5 ERROR" in text
        assert " PASS" not in text.replace("trust_tests", "")
    assert shipped.verdicts["verdicts"] == []


def test_report_says_which_run_it_is_of(shipped: Shipped) -> None:
    shipped.run("-k", "mmlu")
    run = json.loads((shipped.root / "reports/latest/run.json").read_text(encoding="utf-8"))
    for text in (shipped.report(), shipped.markdown):
        assert f"un of {run['started']}, commit {(run['commit'] or 'unknown')[:12]}, " in text
        assert "--trust-model=script.json -k mmlu" in text


@pytest.mark.parametrize("device", ["cuda:97", "gpu", "cuda:x", "-1"])
def test_device_that_is_not_there_is_a_usage_error_at_once(shipped: Shipped, device: str) -> None:
    ran = shipped.run("--trust-engine=hf", f"--trust-device={device}")
    assert (ran.returncode, repr(device) in ran.stderr) == (4, True), ran.stdout + ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("dist", ["", "--dist=load", "--dist=loadfile"])
def test_worker_that_dies_in_a_gate_is_an_error_and_the_run_ends(
    shipped: Shipped, dist: str
) -> None:
    (shipped.root / "fatal.py").write_text(FATAL, encoding="utf-8")
    ran = shipped.run("-n", "2", "-p", "fatal", "-v", *filter(None, [dist]))
    assert ran.returncode == 1, ran.stdout
    died = "test_mmlu[gptq-4-mmlu.score] died: killed, out of memory or crashed"
    for text in (ran.stdout, shipped.markdown):
        assert "61 PASS, 18 WARN, 1 ERROR, 1 FAIL" in text
        assert "ERROR: gptq-4 on mmlu.score: the worker that ran trust_tests/test_mmlu.py" in text
        assert died in text
    (lost,) = shipped.verdicts["unjudged"]
    assert (lost["gate"], lost["subject"], lost["cause"]) == ("mmlu.score", "gptq-4", "ERROR")


def test_workers_that_die_again_over_a_variant_give_it_up(shipped: Shipped) -> None:
    fatal = FATAL.replace(' and item.name.startswith("test_mmlu")', "")
    (shipped.root / "fatal.py").write_text(fatal, encoding="utf-8")
    ran = shipped.run("-n", "2", "-p", "fatal", "-v")
    assert ran.stdout.count("replacing crashed worker") == 2
    lost = [one for one in shipped.verdicts["unjudged"] if one["subject"] == "gptq-4"]
    assert {one["cause"] for one in lost} == {"ERROR"}
    assert "lost: 2 workers died over gptq-4" in ran.stdout


# -- JUnit -------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("family", ["xunit1", "xunit2", "legacy"])
def test_junit_tells_a_warned_gate_from_a_pass_in_every_family(
    shipped: Shipped, family: str, workers: str
) -> None:
    shipped.script({**WITHOUT_GPTQ_4, "gptq-3": REFUSES})
    shipped.run("--junitxml=j.xml", "-o", f"junit_family={family}", "-n", workers, "-k", "ethics")
    cases = {
        case.get("name"): case
        for case in ElementTree.parse(shipped.root / "j.xml").iter("testcase")
    }

    def outcome(name: str) -> tuple[str, list[str]]:
        case = cases[f"test_ethics[{name}]"]
        said = case.findtext("system-out", "") if case.find("error") is None else ""
        tags = [child.tag for child in case if child.tag != "properties"]
        return said.partition(":")[0], tags

    assert outcome("dense-ethics.score") == ("PASS", ["system-out"])
    assert outcome("gptq-3-ethics.non_answer_rate") == ("WARN", ["system-out"])
    assert outcome("gptq-3-ethics.few_shot.refusal_rate") == ("FAIL", ["system-out", "failure"])
    assert outcome("gptq-4-ethics.non_answer_rate") == ("", ["error"])
    warned = cases["test_ethics[gptq-3-ethics.non_answer_rate]"].findtext("system-out")
    assert warned is not None
    assert warned.startswith("WARN: gptq-3 on ethics: non_answer_rate 100.0")
