"""Gathers what the processes of one pytest run found, and keeps it when the run ends."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from trusteval.benchmarks import BENCHMARKS
from trusteval.judging.record import JudgeRecord
from trusteval.report.artifacts import announce, complete_report
from trusteval.report.circumstances import Circumstances, moment, present_circumstances
from trusteval.report.counting import tries_so_far
from trusteval.report.findings import Findings
from trusteval.report.keeping import Accepting, Kept, keep, show
from trusteval.report.ledger import Ending
from trusteval.report.record import RunRecord
from trusteval.report.score_entries import score_entries
from trusteval.report.summary import Summary, summarize
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
from trusteval.run import Run
from trusteval.run.judge import judge_facts
from trusteval.tracking.answered_run import AnsweredRun, answered_run, joined
from trusteval.tracking.history import NAME as HISTORY
from trusteval.tracking.tries import Attempt
from trusteval.tracking.vote_leads import VoteLead, vote_leads


class ReportCollector:
    """The report of one pytest run, filled test by test.

    `collected` is what its processes collected, `misses_gates` says that a file of gates could not
    be; `kept` is what it left when it ended, `page` its report.html.
    """

    def __init__(self, *, started: float) -> None:
        self._started = started
        self.findings = Findings()
        self.collected: Collected | None = None
        self.ending = Ending.FINISHED
        self.has_begun = False
        self.misses_gates = False
        self.doubts: list[str] = []
        self.kept = Kept(None, None)
        self.page: Path | None = None
        self._answers: list[AnsweredRun] = []
        self._lost_answers: dict[str, list[str]] = {}
        self._replaced: str | None = None
        self._tries: TryCount | None = None
        self._leads: list[VoteLead] | None = None

    def add_answers(self, text: str) -> None:
        """Take what a process judged, item by item, as `answers_text` wrote it."""
        self._answers.append(answered_run(json.loads(text)))

    def add_answered(self, answers: AnsweredRun) -> None:
        """Take what this process judged, item by item."""
        self._answers.append(answers)

    @property
    def is_told(self) -> bool:
        """Whether this run has a report: it found something, or put one away when it began."""
        is_asked = self.collected is not None and bool(self.collected.selected)
        return self.has_begun or not self.findings.is_empty or is_asked or self.misses_gates

    # -- what is missing -----------------------------------------------------------------

    def lose_the_rest(self, run: Run) -> None:
        """Take gates that were to run as errors, because no worker was left to run them."""
        for one in self.record(run).unjudged:
            if one.cause is Cause.NOT_RUN and one.why == ENDED:
                why = "lost: workers died and none was left to judge it"
                self.findings.failures.append(
                    Failure(one.subject, why, Cause.ERROR, one.benchmark, one.gate)
                )

    def lose_answers(self, run: Run) -> None:
        """Find which subjects were scored by a process whose answers did not come home."""
        kept, lost = self._answered(run).answer_tables, dict[str, list[str]]()
        for benchmark, subject in sorted(self.findings.scores):
            if (subject, benchmark) not in kept:
                lost.setdefault(subject, []).append(benchmark)
        self._lost_answers = lost

    def misses_something(self, run: Run) -> bool:
        """Say whether tests of gates were to run and never did, or what was judged was lost."""
        record = self.record(run)
        return bool(record.lost_answers) or any(one.why == ENDED for one in record.unjudged)

    def has_one_try_too_many(self, run: Run) -> bool:
        """Say whether a subject's weights came after as many tries as --trust-tries allows."""
        return bool(beyond_lines(self.record(run)))

    # -- all of it -----------------------------------------------------------------------

    def record(self, run: Run) -> RunRecord:
        """Return all that was gathered, and what has no verdict."""
        found = self.findings
        unjudged = find_unjudged(
            asked_of(run),
            judged=found.verdicts,
            failures=found.failures,
            collected=self.collected,
        )
        judge = judge_facts(run.options)
        said = {one.subject for one in unjudged if one.cause is not Cause.NOT_RUN}
        return RunRecord(
            facts=run.facts(),
            subjects=[subject.name for subject in run.subjects],
            scores=list(found.scores.values()),
            verdicts=list(found.verdicts.values()),
            invariants=found.invariants,
            broken=found.broken,
            not_recorded=run.not_recorded,
            unjudged=unjudged,
            ending=self.ending,
            failed_tests=found.failed_tests(but_of=said),
            lost_answers=self._lost_answers,
            doubts=self.doubts,
            tries=self._tries,
            vote_leads=self._leads,
            judge=None if judge is None else JudgeRecord(judge, tuple(found.readings.values())),
        )

    def summary(self, run: Run) -> Summary:
        """Word all that was gathered, for a terminal."""
        return summarize(self.record(run), Circumstances(laws=self.findings.laws_line))

    def answers(self, run: Run) -> AnsweredRun:
        """Return what the processes judged, item by item."""
        return self._answered(run)

    def replaced(self, record: RunRecord) -> str | None:
        """Return when the run began in place of whose complete report an incomplete one is."""
        return None if record.is_complete else self._replaced

    # -- beginning and end ---------------------------------------------------------------

    def begin(self, run: Run, directory: Path) -> None:
        """Put in the place of an earlier report that this run has begun.

        Raises UsageError for a place that cannot be written.
        """
        self._replaced = complete_report(directory)
        self.has_begun = True
        why = f"the run that began at {moment(self._started)} has not finished"
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
        with_page = run.options.html == "on"
        told = self._circumstances(nothing, directory)
        announce(nothing, told, directory, with_page=with_page)

    def look_back(self, run: Run, directory: Path) -> None:
        """Find what needs all answers: the tries of every subject, by the history beside the
        reports, and how far votes are ahead of the best of their members.
        """
        answers = self._answered(run)
        scores = score_entries(self.record(run), answers)
        self._tries = tries_so_far(
            Attempt(run.options.model, run.profile.name, run.gates_sha256, scores),
            history=directory.parent / HISTORY,
            accepted=run.baseline or run.options.baseline,
            limit=run.options.tries,
        )
        self._leads = list(vote_leads(answers))

    def finish(self, run: Run, directory: Path, *, exit_status: int) -> None:
        """Write what the run leaves, and accept it if that is asked.

        Nothing where nothing was to be judged.
        """
        if not self.is_told:
            return
        record, path = self.record(run), run.options.baseline
        wish = None if path is None else Accepting(path, run.options.regression)
        self.kept = keep(
            record,
            self._answered(run),
            self._circumstances(record, directory),
            directory,
            failed=self.findings.failed_verdicts,
            exit_status=exit_status,
            accepting=wish if run.options.accept else None,
        )

    def show(self, run: Run, directory: Path) -> None:
        """Write what takes longest, where the report could be: its votes, and report.html."""
        if self.kept.written_to is not None:
            with_page = run.options.html == "on"
            self.page = show(directory, with_page=with_page)

    def _answered(self, run: Run) -> AnsweredRun:
        """Join what the processes judged, leaving out those who were only compared with."""
        whole = joined([AnsweredRun(run.facts()), *self._answers])
        names = {subject.name for subject in run.subjects}
        answer_tables = {
            key: answer_table
            for key, answer_table in whole.answer_tables.items()
            if key[0] in names
        }
        return replace(whole, answer_tables=answer_tables)

    def _circumstances(self, record: RunRecord, directory: Path) -> Circumstances:
        return present_circumstances(
            self._started,
            builds=self.findings.builds,
            laws=self.findings.laws_line,
            replaces=self.replaced(record),
            reports=directory,
        )


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
