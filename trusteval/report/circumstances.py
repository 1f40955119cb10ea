"""What differs from run to run: times, memory, machine, versions, command, commit; run.json."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from trusteval.system.machine import describe_machine, package_version
from trusteval.system.url_secrets import without_secrets

SCHEMA_VERSION = 1
"""Of run.json; files without one were written before there was one."""
_PACKAGES = ("trusteval", "torch", "transformers", "gptqmodel", "numpy", "scipy", "pytest")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where, when and by what a run was made; None is what could not be found out.

    `seconds` and `peak_memory_mib` are of the whole run; `builds` say what quantizing took, by
    variant, `laws` when those of the vote were checked, `replaces` when the run began whose
    complete report this incomplete one is in place of, `reports` to which folder it was written.
    """

    started: str | None = None
    seconds: float | None = None
    peak_memory_mib: int | None = None
    machine: Mapping[str, str | int] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    commit: str | None = None
    builds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    laws: str = ""
    replaces: str | None = None
    reports: str | None = None

    def to_document(self) -> dict[str, Any]:
        """Return the content of run.json, but for the ledger."""
        document = {one.name: getattr(self, one.name) for one in fields(self)}
        document["command"] = list(self.command)
        for name in ("replaces", "reports"):
            if document[name] is None:
                del document[name]
        return document

    @property
    def run_line(self) -> str:
        """Say which run a report is of: when it started, at which commit, by which command."""
        said = [
            f"run of {self.started or 'an unknown time'}",
            f"commit {(self.commit or 'unknown')[:12]}",
            *([" ".join(self.command)] if self.command else []),
        ]
        if self.replaces:
            said.append(f"in place of the complete report of {self.replaces}")
        return ", ".join(said)


def circumstances(document: Mapping[str, Any]) -> Circumstances:
    """Rebuild what says which run it was, from a run.json that was checked."""
    known = {one.name: document[one.name] for one in fields(Circumstances) if one.name in document}
    return Circumstances(**{**known, "command": tuple(document.get("command", ()))})


def present_circumstances(
    started: float,
    *,
    builds: Mapping[str, Any],
    laws: str,
    replaces: str | None,
    reports: Path | None = None,
) -> Circumstances:
    """Find out where and how this process runs, which began at `started` (seconds since 1970)."""
    import resource  # not on every system

    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Circumstances(
        started=moment(started),
        seconds=round(time.time() - started, 1),
        peak_memory_mib=max(one.ru_maxrss for one in usage) // 1024,
        machine=describe_machine(),
        versions={name: package_version(name) for name in _PACKAGES},
        command=(Path(sys.argv[0]).name, *map(without_secrets, sys.argv[1:])),
        commit=_commit(),
        builds=dict(builds),
        laws=laws,
        replaces=replaces,
        reports=None if reports is None else _seen_from_here(reports),
    )


def _seen_from_here(directory: Path) -> str:
    """Return a folder as it is called from the present one, the same on any checkout."""
    whole = directory.absolute()
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def moment(seconds: float) -> str:
    """Word a time, in seconds since 1970."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _commit() -> str | None:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
