"""Which laws of the vote hold, and when that was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trusteval.report.record import Invariant, RunRecord


@dataclass(frozen=True, slots=True)
class Laws:
    """How many laws hold, in a line, when they were checked ("" where not), and each by name."""

    line: str
    checked: str
    each: tuple[Invariant, ...]


def laws(record: RunRecord, *, checked: str) -> Laws:
    """Word the laws of a run."""
    by_name = sorted(record.invariants, key=lambda law: law.name)
    return Laws(_line(record.invariants), checked, tuple(by_name))


def _line(found: Sequence[Invariant]) -> str:
    """Say how many laws of the vote held; names those that did not."""
    if not found:
        return "Vote invariants: not run"
    failed = sorted(i.name for i in found if i.outcome != "passed")
    held = len(found) - len(failed)
    line = f"Vote invariants: {held} of {len(found)} hold"
    return f"{line}; broken: {', '.join(failed)}" if failed else line


def checked_line(names: Sequence[str], *, remembered: Mapping[str, str]) -> str:
    """Say when laws were checked; empty where none was. `remembered` says of some when that was."""
    if not names:
        return ""
    now = len(names) - len(remembered)
    said = [f"{now} in this run"] if now else []
    if remembered:
        since = sorted(set(remembered.values()))
        said.append(
            f"{len(remembered)} on {' and '.join(since)}, and nothing that decides them "
            "has changed since (--trust-laws=again checks anew)"
        )
    return f"Vote invariants checked: {'; '.join(said)}"
