"""Tells what could not be measured from what is worse: pytest's ERROR from its FAILED.

A gate's test fails by its verdict. Whatever else ends it (an engine, a checkpoint, a disk, a
worker) is machinery, and machinery is an error, with an exit status of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from trusteval.errors import BrokenError, TrustEvalError
from trusteval.plugin.parametrize import gate_test_id
from trusteval.printable import printable_line

if TYPE_CHECKING:
    from trusteval.report.unjudged import Cause, Failure
    from trusteval.run import Run

UNMEASURED = 10
"""Exit status of a run in which something could not be measured and nothing else failed."""
FAILURE = "trust_failure"
"""The property that says who was not judged."""


def mark(
    report: pytest.TestReport,
    item: pytest.Item,
    excinfo: pytest.ExceptionInfo[BaseException] | None,
) -> None:
    """Let a test of ours that machinery ended be an ERROR, and carry home who was not judged.

    A broken variant stays FAILED: that its weights are damaged was measured.
    """
    from trusteval.report.unjudged import Cause

    if report.failed and excinfo is not None and _is_machinery(excinfo, item):
        is_broken = isinstance(excinfo.value, BrokenError)
        why = one_line(f"{excinfo.typename}: {excinfo.value}")
        _carry(report, item, why=why, cause=Cause.BROKEN if is_broken else Cause.ERROR)
        if report.when == "call" and not is_broken:
            report.when = "setup"  # pytest's word for "did not get as far as a verdict"
    elif not _is_of_a_gate(item) or _has_verdict(report):
        return
    elif report.skipped:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else "expected to fail"
        _carry(report, item, why=one_line(why), cause=Cause.NOT_RUN)
    elif report.when == "call":
        _carry(report, item, why="its test ended without calling judge", cause=Cause.NOT_RUN)


def _carry(report: pytest.TestReport, item: pytest.Item, *, why: str, cause: Cause) -> None:
    """Add to a test's report who was not judged."""
    from trusteval.report.unjudged import Failure

    asked = getattr(item, "callspec", None)
    params: Mapping[str, object] = asked.params if asked else {}
    subject = params.get("subject") or params.get("ensemble")
    gate = params.get("gate")
    failure = Failure(
        subject=getattr(subject, "name", item.name),
        why=why,
        cause=cause,
        benchmark=getattr(gate, "benchmark", None) or _text(params.get("benchmark_name")),
        gate=getattr(gate, "id", None),
    )
    report.user_properties.append((FAILURE, json.dumps(asdict(failure))))


def _is_of_a_gate(item: pytest.Item) -> bool:
    """Say whether a test is a gate's; pytest skips one that stands for no gates at all."""
    asked = getattr(item, "callspec", None)
    return asked is not None and hasattr(asked.params.get("gate"), "id")


def _has_verdict(report: pytest.TestReport) -> bool:
    return any(name == "trust_verdict" for name, _ in report.user_properties)


def failure_of_lost_test(nodeid: str, run: Run, *, why: str) -> Failure | None:
    """Return who was not judged because a worker died, by the test's name; None if not ours."""
    from trusteval.report.unjudged import Failure

    name = re.sub(r"-share-\d+$", "", nodeid.partition("[")[2].rpartition("]")[0])
    for gate in run.gates:
        for subject in run.subjects:
            if escaped(gate_test_id(gate, subject.name)) == name and gate.applies_to(subject.name):
                return Failure(subject.name, why, benchmark=gate.benchmark, gate=gate.id)
    for subject in run.subjects:
        if escaped(subject.name) == name:
            return Failure(subject.name, why)
        for benchmark in run.benchmarks:
            if escaped(f"{subject.name}-{benchmark}") == name:
                return Failure(subject.name, why, benchmark=benchmark)
    return None


def one_line(text: str) -> str:
    """Return a text that can be printed, without line breaks and runs of blanks."""
    return printable_line(" ".join(text.split()))


def _is_machinery(excinfo: pytest.ExceptionInfo[BaseException], item: pytest.Item) -> bool:
    error = excinfo.value
    if isinstance(error, pytest.fail.Exception | pytest.skip.Exception | pytest.exit.Exception):
        return False
    if isinstance(error, TrustEvalError) or not isinstance(error, AssertionError):
        return True
    # What a test of the user's own asserts is a failure; an engine's assertion is not.
    return excinfo.traceback[-1].path != item.path


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def escaped(name: str) -> str:
    """Return a name as pytest writes it in test ids."""
    return name.encode("unicode_escape").decode("ascii")
