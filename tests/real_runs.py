"""Reports of real pytest processes with a scripted engine: one that holds, and what can go wrong.

All have a vote and label probabilities; the good one is accepted as a baseline.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.project import ANSWERS, INI, Project, pytest_in

GATES = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
subjects = ["dense", "gptq-8", "gptq-4", "vote"]
at_most = 20.0
point = true
why = "a model that does not answer cannot be judged"

[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["gptq-8", "gptq-4"]
max_drop = 3.0
level = "warn"
why = "too few questions to tell"

[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["dense"]
reference = "baseline"
at_least = 1.0
max_drop = 30.0
why = "it may not forget what it knew"
"""
KILLED = """
import os, signal


def pytest_runtest_setup(item):
    if "judge" in item.fixturenames and os.environ.get("FAULT") == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
"""
WEIGHED = [{**rule, "probabilities": {"wrong": 0.5, "A": 0.25}} for rule in ANSWERS]
READINGS = [
    {"match": "(?s)my.*answer says wrong", "say": "not wrong"},
    {"match": "answer says wrong", "say": "wrong"},
    {"match": "(?s)which.*Which of the choices", "say": "I like B."},
    {"say": "A"},
]
"""What a judge replies: mostly what is read anyway, here and there the opposite, or no reading."""
_ACCEPTED = ("--trust-baseline=reports/baselines/script-demo.json.gz",)
REFUSES = [{"match": "Label:$", "say": "I cannot answer that."}, *ANSWERS]


def project(root: Path) -> Project:
    """Make a project that every run of this module can be made in."""
    made = Project(root)
    made.write(
        "pytest.ini",
        f"{INI}trust_variants = dense,gptq-8,gptq-4\ntrust_ensembles = vote=dense+gptq-8+gptq-4\n",
    )
    made.write("trust_tests/gates.toml", GATES)
    made.write("conftest.py", KILLED)
    good = {"*": ANSWERS, "dense": WEIGHED, "gptq-8": [*ANSWERS, {"say": "none"}]}
    made.write("script.json", json.dumps(good))
    made.write("judge.json", json.dumps({"*": READINGS}))
    made.write("refusing.json", json.dumps({**good, "gptq-4": REFUSES}))
    return made


def finished(some: Project) -> Path:
    """Judge a model that passes every blocking gate, and accept it; a judge reads answers again."""
    judged = ("--trust-judge=judge.json", "--trust-judge-sample=12")
    return _ran(some, "good", "--trust-probabilities", "--trust-accept", *judged, status=0)


def failed(some: Project) -> Path:
    """Judge a model of which a variant refuses to answer; `finished` was accepted before."""
    return _ran(some, "failed", "--trust-model=refusing.json", *_ACCEPTED, status=1)


def incomplete(some: Project) -> Path:
    """Judge on one benchmark of two."""
    return _ran(some, "incomplete", "-k", "ethics", status=0)


def killed(some: Project) -> Path:
    """Begin a run that is killed before its first verdict."""
    return _ran(some, "killed", status=-9, fault="killed")


def _ran(some: Project, name: str, *arguments: str, status: int, fault: str = "") -> Path:
    folder = some.root / "reports" / name
    ran = pytest_in(some.root, f"--trust-reports={folder}", *arguments, timeout=300, FAULT=fault)
    if ran.returncode != status:
        raise AssertionError(f"expected exit status {status}:\n{ran.stdout}{ran.stderr}")
    return folder
