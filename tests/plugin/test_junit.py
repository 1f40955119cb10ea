"""The file of --junitxml as GitLab and Jenkins read it, from real runs in both families."""

from __future__ import annotations

import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.project import ANSWERS
from tests.report.records import ENDED
from tests.shipped import REFUSES, Shipped
from trusteval.report.run_cases import CaseOutcome, run_cases

# In the schema of xunit2, as strict readers hold it.
ATTRIBUTES = {"name", "time", "classname"}
CHILDREN = {"skipped", "error", "failure", "system-out", "system-err"}
OF_THE_RUN = ("every gate has a verdict", "no gate warns", "the run ends as its tests do")
HOSTILE = "\x00\x1b[2J\ud800 ]]> <![CDATA[x]]> & \u202e\ufffe [[ATTACHMENT|/etc/passwd]]"
OWN = f"""
import os, signal, pytest

HOSTILE = {HOSTILE!r}

def test_one():
    print(HOSTILE)
    pytest.fail(HOSTILE + "x" * 1_000_000)

@pytest.fixture
def broken():
    yield
    raise RuntimeError(HOSTILE)

def test_twice(broken):
    raise AssertionError(HOSTILE)

@pytest.mark.parametrize("name", ["a::b", "a[b]", "a]@b", "a/b.py", HOSTILE])
def test_odd(name):
    pytest.skip(name)
"""
UNDECIDED = """
[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["dense"]
at_least = 25.0
why = "too near"
"""
LEFT = """
def test_left():
    raise KeyboardInterrupt
"""


@dataclass(frozen=True)
class Shown:
    """What GitLab makes of a test case: its status, and the one text that it shows."""

    status: str
    text: str
    output: str


def read(path: Path) -> dict[tuple[str, str], Shown]:
    """Read a file as GitLab does: by class and name, one text each, none of a test that passed."""
    found: dict[tuple[str, str], Shown] = {}
    for case in ElementTree.parse(path).iter("testcase"):
        key = case.get("classname", ""), case.get("name", "")
        assert all(key)
        assert key not in found
        assert len(case.findall("system-out")) <= 1  # it takes none of a file with two
        status = next((s for s in ("failure", "error", "skipped") if case.find(s) is not None), "")
        found[key] = Shown(status, case.findtext(status, "") if status else "", _output(case))
    return found


def _output(case: ElementTree.Element) -> str:
    return case.findtext("system-out", "")


def of_the_run(path: Path) -> list[Shown]:
    cases = read(path)
    return [cases["trusteval.run", name] for name in OF_THE_RUN]


def refuse_unknown_to_xunit2(path: Path) -> None:
    (suite,) = ElementTree.parse(path).getroot()
    counted = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for case in suite.iter("testcase"):
        assert set(case.attrib) <= ATTRIBUTES
        assert {child.tag for child in case} <= CHILDREN
        counted["tests"] += 1
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            counted[key] += case.find(tag) is not None
    assert {key: int(suite.get(key, "")) for key in counted} == counted


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    some = Shipped(tmp_path)
    some.script({"*": ANSWERS, "gptq-3": REFUSES})
    return some


def run(some: Shipped, *arguments: str) -> subprocess.CompletedProcess[str]:
    return some.run("--junitxml=j.xml", *arguments)


@pytest.mark.parametrize(
    ("logging", "family", "workers"),
    [("no", "xunit2", "0"), ("no", "xunit1", "2"), ("all", "xunit1", "0"), ("all", "xunit2", "2")],
)
def test_verdicts_stand_where_readers_look_and_the_file_is_taken(
    shipped: Shipped, family: str, workers: str, logging: str
) -> None:
    options = ("-o", f"junit_family={family}", "-o", f"junit_logging={logging}", "-n", workers)
    ran = run(shipped, *options)
    assert ran.returncode == 1, ran.stdout
    path = shipped.root / "j.xml"
    cases = read(path)
    messages = {v["message"] for v in shipped.verdicts["verdicts"]}
    assert len(messages) == 81
    for message in messages:
        shown = [case for case in cases.values() if message in case.output]
        assert len(shown) == 1, message
        assert shown[0].output.split(":")[0] in ("PASS", "WARN", "FAIL") or logging == "no"
    failed = [case for case in cases.values() if case.status == "failure"]
    assert [case.text.partition(":")[0] for case in failed] == ["FAIL"]
    sentence, *items = failed[0].text.splitlines()
    assert sentence in failed[0].output
    assert any("I cannot answer that." in line for line in items)
    if family == "xunit2":
        refuse_unknown_to_xunit2(path)
    else:
        assert list(ElementTree.parse(path).iter("property"))


def test_gate_that_cannot_be_decided_is_skipped_with_its_sentence(shipped: Shipped) -> None:
    gates = shipped.root / "trust_tests/gates.toml"
    gates.write_text(UNDECIDED, encoding="utf-8")
    assert run(shipped, "-k", "mmlu").returncode == 0
    cases = read(shipped.root / "j.xml")
    shown = cases["trust_tests.test_mmlu", "test_mmlu[dense-mmlu.score]"]
    message = shipped.verdicts["verdicts"][0]["message"]
    assert shown.status == "skipped"
    assert f"INCONCLUSIVE: {message}" in shown.text
    assert f"INCONCLUSIVE: {message}" in shown.output


def test_complete_run_says_so_and_gates_that_warn_are_seen_by_who_sees_no_output(
    shipped: Shipped,
) -> None:
    run(shipped)
    whole, warns, ends = of_the_run(shipped.root / "j.xml")
    assert (whole.status, whole.output) == (
        "",
        "62 PASS, 18 WARN, 1 FAIL; the run finished",
    )
    assert warns.status == "skipped"
    assert warns.text.count("WARN: gptq-3 on ") == 10
    assert ends.status == ""


def test_what_is_left_out_on_purpose_is_skipped_and_what_is_lost_is_an_error(
    shipped: Shipped,
) -> None:
    shipped.script({"*": ANSWERS})
    assert run(shipped, "-k", "ethics").returncode == 0
    whole, _, ends = of_the_run(shipped.root / "j.xml")
    assert (whole.status, ends.status) == ("skipped", "")
    assert whole.text.startswith("INCOMPLETE: ")
    assert "NOT RUN: dense on mmlu.score: deselected" in whole.text

    assert run(shipped, "-k", "ethics", "--trust-require=all").returncode == 10
    whole, _, ends = of_the_run(shipped.root / "j.xml")
    assert (whole.status, ends.status) == ("error", "")

    shipped.script({"dense": ANSWERS, "gptq-8": ANSWERS, "gptq-3": ANSWERS})
    assert run(shipped).returncode == 10
    whole, _, ends = of_the_run(shipped.root / "j.xml")
    assert (whole.status, ends.status) == ("error", "")
    assert "ERROR: gptq-4 on mmlu.score: " in whole.text


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("logging", ["no", "all"])
def test_any_text_and_any_name_gives_one_valid_file_of_different_cases(
    shipped: Shipped, workers: str, logging: str
) -> None:
    # xdist loses a worker over half a surrogate pair in a test that is not ours.
    own = OWN if workers == "0" else OWN.replace(r"\ud800", "")
    (shipped.root / "trust_tests/test_own.py").write_text(own, encoding="utf-8")
    ran = run(shipped, "-k", "own or ethics", "-n", workers, "-o", f"junit_logging={logging}")
    assert ran.returncode == 1, ran.stdout[-2000:]
    path = shipped.root / "j.xml"
    refuse_unknown_to_xunit2(path)
    cases = read(path)
    own = {name: shown for (module, name), shown in cases.items() if module.endswith("test_own")}
    assert sum(name.startswith("test_odd") for name in own) == 5
    assert own["test_one"].status == "failure"
    assert "x" * 1_000_000 in own["test_one"].text
    assert (own["test_twice"].status, own["test_twice (2)"].status) == ("failure", "error")


def test_run_that_was_interrupted_names_the_test_it_was_in_and_says_what_is_missing(
    shipped: Shipped,
) -> None:
    (shipped.root / "trust_tests/test_left.py").write_text(LEFT, encoding="utf-8")
    assert run(shipped, "-k", "left or ethics").returncode == 2
    path = shipped.root / "j.xml"
    cases = read(path)
    assert ("trust_tests.test_left", "test_left") in cases
    whole, *_ = of_the_run(path)
    assert whole.status == "error"
    assert whole.text.startswith("INCOMPLETE: the run was interrupted, ")


def test_run_that_asks_nothing_has_no_cases_of_ours(tmp_path: Path) -> None:
    shipped = Shipped(tmp_path)
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    run(shipped, "test_own.py")
    assert [name for _, name in read(tmp_path / "j.xml")] == ["test_own"]


def test_exit_status_that_no_test_case_explains_is_an_error_with_the_reason() -> None:
    record = replace(ENDED["green"].record, tries=ENDED["red"].record.tries)
    whole, _, ends = run_cases(record, exit_status=1, is_red=False)
    assert (whole.outcome, ends.outcome) == (CaseOutcome.PASSED, CaseOutcome.ERROR)
    assert any("--trust-tries allows 2: it does not pass" in line for line in ends.lines)
    *_, ends = run_cases(record, exit_status=1, is_red=True)
    assert ends.outcome is CaseOutcome.PASSED
