"""Gathers what tests found, from this process or from xdist workers, and writes the files."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from trusteval.files import write_files
from trusteval.machine import describe_machine, package_version
from trusteval.report.record import (
    Invariant,
    RunRecord,
    ScoreLine,
    score_line_from_dict,
    verdict_from_dict,
)
from trusteval.run import Run
from trusteval.types import Verdict

_PACKAGES = ("trusteval", "torch", "transformers", "gptqmodel", "numpy", "scipy", "pytest")


class ReportCollector:
    """The report of one pytest run, filled test by test."""

    def __init__(self, *, started: float) -> None:
        self._started = started
        self._scores: dict[tuple[str, str], ScoreLine] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._invariants: dict[str, Invariant] = {}
        self._broken: dict[str, str] = {}
        self._builds: dict[str, object] = {}
        self.written_to: Path | None = None

    def add(self, name: str, value: object, *, outcome: str) -> None:
        """Take one property of a test report; others than ours are left alone."""
        match name:
            case "trust_score":
                line = score_line_from_dict(json.loads(str(value)))
                self._scores[line.benchmark, line.subject] = line
            case "trust_verdict":
                verdict = verdict_from_dict(json.loads(str(value)))
                self._verdicts[verdict.gate, verdict.subject] = verdict
            case "trust_broken":
                found = json.loads(str(value))
                self._broken[found["subject"]] = found["why"]
            case "trust_build":
                self._builds.update(json.loads(str(value)))
            case "vote_invariant":
                self._invariants[str(value)] = Invariant(str(value), outcome)

    @property
    def has_results(self) -> bool:
        """Whether a subject was scored, judged or found broken."""
        return bool(self._scores or self._verdicts or self._broken)

    def record(self, run: Run) -> RunRecord:
        """Return all that was gathered."""
        return RunRecord(
            facts=run.facts(),
            subjects=[subject.name for subject in run.subjects],
            scores=list(self._scores.values()),
            verdicts=list(self._verdicts.values()),
            invariants=list(self._invariants.values()),
            broken=self._broken,
        )

    def write(self, run: Run, directory: Path) -> None:
        """Write verdicts.json, run.json and report.md, if anything was scored or judged."""
        if not self.has_results:
            return
        from trusteval.report.markdown import render_markdown

        record = self.record(run)
        circumstances = self._circumstances()
        directory.mkdir(parents=True, exist_ok=True)
        write_files(
            {
                directory / "verdicts.json": record.to_json(),
                directory / "run.json": json.dumps(
                    circumstances, indent=2, sort_keys=True, ensure_ascii=False
                ),
                directory / "report.md": render_markdown(record, circumstances),
            }
        )
        self.written_to = directory

    def _circumstances(self) -> dict[str, object]:
        """What differs from run to run: times, memory, machine, versions, command, commit."""
        usage = [
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        return {
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._started)),
            "seconds": round(time.time() - self._started, 1),
            "peak_memory_mib": max(one.ru_maxrss for one in usage) // 1024,
            "machine": describe_machine(),
            "versions": {name: package_version(name) for name in _PACKAGES},
            "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
            "commit": _commit(),
            "builds": self._builds,
        }


def _commit() -> str | None:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
