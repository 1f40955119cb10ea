"""What the doctor found: one claim about this machine, how bad it is and what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """A WARNING costs something; with a PROBLEM something that was asked for does not work."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


class Topic(StrEnum):
    """What a finding is about, in the order of the report."""

    MACHINE = "machine"
    DEVICE = "device"
    DTYPES = "dtypes"
    KERNELS = "kernels"
    VERSIONS = "versions"
    MODELS = "models"
    DATA = "data"
    CACHE = "cache"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `fix` is what to do about it, empty where nothing is to be done."""

    topic: Topic
    status: Status
    detail: str
    fix: str = ""


def has_problem(findings: Sequence[Finding]) -> bool:
    """Say whether anything does not work."""
    return any(finding.status is Status.PROBLEM for finding in findings)


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Word the findings: a line each, its fix below it, and how many there are of each kind."""
    for finding in findings:
        yield f"{finding.status:<{_STATUS}}  {finding.topic:<{_TOPIC}}  {finding.detail}"
        if finding.fix:
            yield f"{'':{_STATUS + 2 + _TOPIC + 2}}fix: {finding.fix}"
    counts = {s: sum(finding.status is s for finding in findings) for s in Status}
    yield (
        f"{counts[Status.OK]} ok, {_counted(counts[Status.WARNING], 'warning')}, "
        f"{_counted(counts[Status.PROBLEM], 'problem')}"
    )


def findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings as plain values."""
    return [asdict(finding) for finding in findings]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_STATUS = max(map(len, Status))
_TOPIC = max(map(len, Topic))
