"""Gathers what tests found, from this process or from xdist workers, and writes the files."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import UsageError
from trusteval.plugin.trying import tries_so_far
from trusteval.report.artifacts import announce, complete_report, write_answers, write_report
from trusteval.report.ledger import Ending, FailedTest
from trusteval.report.record import (
    Invariant,
    RunRecord,
)
from trusteval.report.score_entries import score_entries
from trusteval.report.score_line import ScoreLine, score_line_from_dict
from trusteval.report.standing import standing
from trusteval.report.tries import beyond_lines
from trusteval.report.try_count import TryCount
from trusteval.report.unjudged import (
    ENDED,
    Asked,
    Cause,
    Collected,
    Failure,
    Unjudged,
    find_unjudged,
)
from trusteval.report.verdict_document import verdict_from_dict
from trusteval.run import Run
from trusteval.system.machine import describe_machine, package_version
from trusteval.system.url_secrets import without_secrets
from trusteval.tracking.accepting import Decision, Reply, Request, accept
from trusteval.tracking.answered_run import AnsweredRun, answered_run, joined
from trusteval.tracking.history import NAME as HISTORY
from trusteval.tracking.history import Entry, append_run
from trusteval.tracking.vote_leads import VoteLead, vote_leads
from trusteval.types import Verdict

_PACKAGES = ("trusteval", "torch", "transformers", "gptqmodel", "numpy", "scipy", "pytest")


class ReportCollector:
    """The report of one pytest run, filled test by test."""

    def __init__(self, *, started: float) -> None:
        self._started = started
        self._scores: dict[tuple[str, str], ScoreLine] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._invariants: dict[str, Invariant] = {}
        self._remembered: dict[str, str] = {}
        self._broken: dict[str, str] = {}
        self._failures: list[Failure] = []
        self._builds: dict[str, object] = {}
        self.collected: Collected | None = None
        self._answers: list[AnsweredRun] = []
        self.written_to: Path | None = None
        self.ending = Ending.FINISHED
        self.has_begun = False
        self.misses_gates = False
        self._replaced: str | None = None
        self._failed_verdicts: set[tuple[str, str]] = set()
        self._lost_answers: dict[str, list[str]] = {}
        self._failed_tests: dict[FailedTest, str | None] = {}
        self.reply: Reply | None = None
        self.doubts: list[str] = []
        self._tries: TryCount | None = None
        self._leads: list[VoteLead] | None = None

    def add(self, name: str, value: object, *, outcome: str) -> None:
        """Take one property of a test report; others than ours are left alone."""
        match name:
            case "trust_score":
                line = score_line_from_dict(json.loads(str(value)))
                self._scores[line.benchmark, line.subject] = line
            case "trust_verdict":
                verdict = verdict_from_dict(json.loads(str(value)))
                self._verdicts[verdict.gate, verdict.subject] = verdict
                if outcome == "failed":
                    self._failed_verdicts.add((verdict.gate, verdict.subject))
            case "trust_broken":
                found = json.loads(str(value))
                self._broken[found["subject"]] = found["why"]
            case "trust_failure":
                found = json.loads(str(value))
                self.add_failure(Failure(**{**found, "cause": Cause(found["cause"])}))
            case "trust_build":
                self._builds.update(json.loads(str(value)))
            case "vote_invariant":
                self._invariants[str(value)] = Invariant(str(value), outcome)
            case "vote_remembered":
                name, _, when = str(value).rpartition(" ")
                self._remembered[name] = when

    def add_failure(self, failure: Failure) -> None:
        """Take what kept a test from judging, recording or loading a subject."""
        self._failures.append(failure)

    def add_failed_test(self, failed: FailedTest, *, subject: str | None = None) -> None:
        """Take a test whose failure no verdict says; `subject` is who it kept from being judged."""
        self._failed_tests[failed] = subject

    def add_answers(self, text: str) -> None:
        """Take what a process judged, item by item, as `answers_text` wrote it."""
        self._answers.append(answered_run(json.loads(text)))

    def add_answered(self, answers: AnsweredRun) -> None:
        """Take what this process judged, item by item."""
        self._answers.append(answers)

    @property
    def laws_line(self) -> str:
        """Say when the laws of the vote were checked; empty where they did not run."""
        if not self._invariants:
            return ""
        now = len(self._invariants) - len(self._remembered)
        said = [f"{now} in this run"] if now else []
        if self._remembered:
            since = sorted(set(self._remembered.values()))
            said.append(
                f"{len(self._remembered)} on {' and '.join(since)}, and nothing that decides them "
                "has changed since (--trust-laws=again checks anew)"
            )
        return f"Vote invariants checked: {'; '.join(said)}"

    @property
    def has_results(self) -> bool:
        """Whether a subject was scored, judged, failed, or was to be judged."""
        found = self._scores or self._verdicts or self._broken or self._failures
        return bool(found or (self.collected and self.collected.selected))

    @property
    def is_told(self) -> bool:
        """Whether this run has a report: it found something, or put one away when it began."""
        return self.has_begun or self.has_results or self.misses_gates

    def lose_the_rest(self, run: Run) -> None:
        """Take gates that were to run as errors, because no worker was left to run them."""
        for one in self.record(run).unjudged:
            if one.cause is Cause.NOT_RUN and one.why == ENDED:
                why = "lost: workers died and none was left to judge it"
                self.add_failure(Failure(one.subject, why, Cause.ERROR, one.benchmark, one.gate))

    def misses_something(self, run: Run) -> bool:
        """Say whether tests of gates were to run and never did, or what was judged was lost."""
        record = self.record(run)
        return bool(record.lost_answers) or any(one.why == ENDED for one in record.unjudged)

    def record(self, run: Run) -> RunRecord:
        """Return all that was gathered, and what has no verdict."""
        unjudged = find_unjudged(
            asked_of(run),
            judged=self._verdicts,
            failures=self._failures,
            collected=self.collected,
        )
        said = {one.subject for one in unjudged if one.cause is not Cause.NOT_RUN}
        return RunRecord(
            facts=run.facts(),
            subjects=[subject.name for subject in run.subjects],
            scores=list(self._scores.values()),
            verdicts=list(self._verdicts.values()),
            invariants=list(self._invariants.values()),
            broken=self._broken,
            not_recorded=run.not_recorded,
            unjudged=unjudged,
            ending=self.ending,
            failed_tests=[one for one, who in self._failed_tests.items() if who not in said],
            lost_answers=self._lost_answers,
            doubts=self.doubts,
            tries=self._tries,
            vote_leads=self._leads,
        )

    def lose_answers(self, run: Run) -> None:
        """Find which subjects were scored by a process whose answers did not come home."""
        kept, lost = self._answered(run).sheets, dict[str, list[str]]()
        for benchmark, subject in sorted(self._scores):
            if (subject, benchmark) not in kept:
                lost.setdefault(subject, []).append(benchmark)
        self._lost_answers = lost

    def compare_votes(self, run: Run) -> None:
        """Find how far votes are ahead of the best of their members."""
        self._leads = list(vote_leads(self._answered(run)))

    def count_tries(self, run: Run, directory: Path) -> None:
        """Count the tries of every subject that was judged, by the history beside the reports."""
        scores = score_entries(self.record(run), self._answered(run))
        self._tries = tries_so_far(run, scores, directory.parent / HISTORY)

    def has_one_try_too_many(self, run: Run) -> bool:
        """Say whether a subject's weights came after as many tries as --trust-tries allows."""
        return bool(beyond_lines(self.record(run)))

    def begin(self, run: Run, directory: Path) -> None:
        """Put in the place of an earlier report that this run has begun.

        Raises UsageError for a place that cannot be written.
        """
        self._replaced = complete_report(directory)
        self.has_begun = True
        why = f"the run that began at {self._moment()} has not finished"
        nothing = RunRecord(
            facts=run.facts(),
            subjects=[subject.name for subject in run.subjects],
            scores=(),
            verdicts=(),
            invariants=(),
            not_recorded=run.not_recorded,
            unjudged=[
                Unjudged(a.subject, Cause.NOT_RUN, why, a.gate, a.benchmark, a.dimension, a.level)
                for a in asked_of(run)
            ],
        )
        announce(nothing, self._circumstances(nothing), directory)

    def finish(self, run: Run, directory: Path, *, exit_status: int) -> None:
        """Write the report, the answers and a line of history; accept, if that is asked.

        Nothing where nothing was to be judged. What cannot be written is said in `reply`.
        """
        if not self.is_told:
            return
        answers = self._answered(run)
        record = self.record(run)
        circumstances = self._circumstances(record)
        scores = score_entries(record, answers)
        try:
            write_report(record, circumstances, directory, exit_status=exit_status)
            self.written_to = directory
            write_answers(record, answers, directory)
            if scores or record.broken:
                append_run(
                    directory.parent / HISTORY,
                    Entry(
                        started=circumstances["started"],
                        commit=circumstances["commit"],
                        machine=circumstances["machine"],
                        versions=circumstances["versions"],
                        facts=run.facts(),
                        scores=scores,
                        broken=record.broken,
                        is_complete=record.is_complete,
                        ending=record.ending.value,
                    ).to_document(),
                )
            if run.options.accept and run.options.baseline is not None:
                request = Request(
                    run.options.baseline,
                    date=circumstances["started"],
                    commit=circumstances["commit"],
                    versions=circumstances["versions"],
                    regression=run.options.regression,
                    tries={} if self._tries is None else self._tries.made,
                )
                own = standing(record, failed=self._failed_verdicts, exit_status=exit_status)
                self.reply = accept(request, answers, scores=scores, standing=own)
        except UsageError as error:
            self.reply = Reply(Decision.COULD_NOT, (str(error),))

    def _answered(self, run: Run) -> AnsweredRun:
        """Join what the processes judged, leaving out those who were only compared with."""
        whole = joined([AnsweredRun(run.facts()), *self._answers])
        names = {subject.name for subject in run.subjects}
        sheets = {key: sheet for key, sheet in whole.sheets.items() if key[0] in names}
        return replace(whole, sheets=sheets)

    def _moment(self) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._started))

    def _circumstances(self, record: RunRecord) -> dict[str, Any]:
        """What differs from run to run: times, memory, machine, versions, command, commit."""
        replaced = self.replaced(record)
        usage = [
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        return {
            "started": self._moment(),
            "seconds": round(time.time() - self._started, 1),
            "peak_memory_mib": max(one.ru_maxrss for one in usage) // 1024,
            "machine": describe_machine(),
            "versions": {name: package_version(name) for name in _PACKAGES},
            "command": [Path(sys.argv[0]).name, *map(without_secrets, sys.argv[1:])],
            "commit": _commit(),
            "builds": self._builds,
            "laws": self.laws_line,
            **({} if replaced is None else {"replaces": replaced}),
        }

    def replaced(self, record: RunRecord) -> str | None:
        """Return when the run began in place of whose complete report an incomplete one is."""
        return None if record.is_complete else self._replaced


def asked_of(run: Run) -> list[Asked]:
    """Return every gate and subject that a run is to judge."""
    return [
        Asked(
            gate.id, subject.name, gate.benchmark, BENCHMARKS[gate.benchmark].dimension, gate.level
        )
        for gate in run.gates
        for subject in run.subjects
        if gate.applies_to(subject.name)
    ]


def answers_text(answers: AnsweredRun) -> str:
    """Serialise what a process judged, for the way home from a worker."""
    return json.dumps(answers.to_document(with_texts=True))


def _commit() -> str | None:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
