"""Gathers what tests found, from this process or from xdist workers, and writes the files."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import UsageError
from trusteval.files import write_files
from trusteval.machine import describe_machine, package_version
from trusteval.report.record import (
    Invariant,
    RunRecord,
    ScoreLine,
    score_line_from_dict,
    verdict_from_dict,
)
from trusteval.report.summary import verdict_of
from trusteval.report.tries import FACT, TryCount, beyond_lines
from trusteval.report.trying import tries_so_far
from trusteval.report.unjudged import (
    ENDED,
    Asked,
    Cause,
    Collected,
    Failure,
    find_unjudged,
)
from trusteval.run import Run
from trusteval.store.keys import digest
from trusteval.tracking.accepting import Reply, Request, accept
from trusteval.tracking.answered_run import AnsweredRun, answered_run, joined
from trusteval.tracking.answers_file import NAME as ANSWERS
from trusteval.tracking.answers_file import write_document
from trusteval.tracking.confounds import VOTERS
from trusteval.tracking.history import NAME as HISTORY
from trusteval.tracking.history import append_run
from trusteval.tracking.vote_leads import FACT as LEADS
from trusteval.tracking.vote_leads import VoteLead, vote_leads
from trusteval.types import Verdict

_KEPT = ("started", "commit", "machine", "versions")
"""Which circumstances the history keeps."""
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
        self.replaced: str | None = None
        self.reply: Reply | None = None
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

    def lose_the_rest(self, run: Run) -> None:
        """Take gates that were to run as errors, because no worker was left to run them."""
        for one in self.record(run).unjudged:
            if one.cause is Cause.NOT_RUN and one.why == ENDED:
                why = "lost: workers died and none was left to judge it"
                self.add_failure(Failure(one.subject, why, Cause.ERROR, one.benchmark, one.gate))

    def was_cut_short(self, run: Run) -> bool:
        """Say whether tests of gates were to run and never did."""
        return any(one.why == ENDED for one in self.record(run).unjudged)

    def record(self, run: Run) -> RunRecord:
        """Return all that was gathered, and what has no verdict."""
        return RunRecord(
            facts=self._facts(run),
            subjects=[subject.name for subject in run.subjects],
            scores=list(self._scores.values()),
            verdicts=list(self._verdicts.values()),
            invariants=list(self._invariants.values()),
            broken=self._broken,
            not_recorded=run.not_recorded,
            unjudged=find_unjudged(
                asked_of(run),
                judged=self._verdicts,
                failures=self._failures,
                collected=self.collected,
            ),
        )

    def _facts(self, run: Run) -> Mapping[str, object]:
        """Return the run's facts, and what was found of its tries and votes at its end."""
        tries = {} if self._tries is None else {FACT: self._tries.to_document()}
        leads = {} if self._leads is None else {LEADS: [asdict(one) for one in self._leads]}
        return {**run.facts(), **tries, **leads}

    def compare_votes(self, run: Run) -> None:
        """Find how far votes are ahead of the best of their members."""
        self._leads = list(vote_leads(self._answered(run)))

    def count_tries(self, run: Run, directory: Path) -> None:
        """Count the tries of every subject that was judged, by the history beside the reports."""
        scores = score_lines(self.record(run), self._answered(run))
        self._tries = tries_so_far(run, scores, directory.parent / HISTORY)

    def has_one_try_too_many(self, run: Run) -> bool:
        """Say whether a subject's weights came after as many tries as --trust-tries allows."""
        return bool(beyond_lines(self.record(run)))

    def write(self, run: Run, directory: Path) -> None:
        """Write the report, the answers and a line of history; accept, if that is asked.

        Nothing where nothing was to be judged. What cannot be written is said in `reply`.
        """
        if not self.has_results:
            return
        record, circumstances = self.record(run), self._circumstances()
        if not record.is_complete and (replaced := _complete_report(directory)) is not None:
            circumstances["replaces"] = replaced
            self.replaced = replaced
        answers = self._answered(run)
        scores = score_lines(record, answers)
        try:
            self._write_report(record, circumstances, directory)
            write_document(directory / ANSWERS, answers.to_document(with_texts=True))
            if scores or record.broken:
                append_run(
                    directory.parent / HISTORY,
                    {
                        **{name: circumstances[name] for name in _KEPT},
                        "facts": run.facts(),
                        "scores": scores,
                        "broken": dict(record.broken),
                    },
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
                self.reply = accept(
                    request, answers, scores=scores, failed=_not_let_through(record)
                )
        except UsageError as error:
            self.reply = Reply(False, (str(error),))

    def _write_report(
        self, record: RunRecord, circumstances: Mapping[str, object], directory: Path
    ) -> None:
        """Write verdicts.json, run.json and report.md."""
        from trusteval.report.markdown import render_markdown

        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"cannot write {directory}: {error.strerror}") from error
        run_json = json.dumps(circumstances, indent=2, sort_keys=True, ensure_ascii=False)
        write_files(
            {
                directory / "verdicts.json": record.to_json(),
                directory / "run.json": run_json,
                directory / "report.md": render_markdown(record, circumstances),
            }
        )
        self.written_to = directory

    def _answered(self, run: Run) -> AnsweredRun:
        """Join what the processes judged, leaving out those who were only compared with."""
        whole = joined([AnsweredRun(run.facts()), *self._answers])
        names = {subject.name for subject in run.subjects}
        sheets = {key: sheet for key, sheet in whole.sheets.items() if key[0] in names}
        return replace(whole, sheets=sheets)

    def _circumstances(self) -> dict[str, Any]:
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
            "laws": self.laws_line,
        }


def score_lines(record: RunRecord, answers: AnsweredRun) -> list[dict[str, Any]]:
    """Return every headline score with its interval, verdict and weights, for baselines."""
    return [
        {
            "subject": line.subject,
            "benchmark": line.benchmark,
            "dimension": line.dimension.value,
            "value": line.score.value,
            "interval": None if line.score.interval is None else asdict(line.score.interval),
            "n": line.score.counts.n,
            "non_answer_rate": line.non_answer_rate,
            "verdict": verdict_of(line, record.verdicts, record.unjudged),
            "weights": weights_of(answers.identities.get((line.subject, line.benchmark), {})),
            "data": answers.data.get(line.benchmark, {}).get("sha256"),
        }
        for line in sorted(record.scores, key=lambda line: (line.subject, line.benchmark))
    ]


def weights_of(identity: Mapping[str, Any]) -> str | None:
    """Return the fingerprint of a subject's weights, of a vote's over all of its members'.

    None where there is none: a server does not show its weights. A recording is its own.
    """
    if VOTERS not in identity:
        is_served = identity.get("engine") == "openai"
        return None if is_served else identity.get("weights") or identity.get("recording")
    weights = [weights_of(member) for _, member in sorted(identity[VOTERS].items())]
    return digest(weights) if all(weights) else None


def _not_let_through(record: RunRecord) -> list[str]:
    """Say which blocking gates fail, what is broken and what erred: a baseline is none of them."""
    failed = sorted((v.subject, v.gate) for v in record.verdicts if v.blocks)
    return [
        *(f"{subject} fails {gate}" for subject, gate in failed),
        *(why for _, why in sorted(record.broken.items())),
        *(one.sentence for one in record.unjudged if one.cause is Cause.ERROR),
        *beyond_lines(record),
    ]


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


def _complete_report(directory: Path) -> str | None:
    """Return when the run began whose complete report lies there; None if none does."""
    try:
        found = json.loads((directory / "verdicts.json").read_text(encoding="utf-8"))
        run = json.loads((directory / "run.json").read_text(encoding="utf-8"))
        return str(run["started"]) if found["complete"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


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
