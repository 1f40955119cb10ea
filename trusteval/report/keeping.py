"""Keeps what a run found: its report, its answers, a line of history, perhaps a baseline."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.report.artifacts import write_answers, write_items, write_report
from trusteval.report.circumstances import Circumstances
from trusteval.report.finished_run import finished_run
from trusteval.report.record import RunRecord
from trusteval.report.score_entries import score_entries
from trusteval.report.standing import standing
from trusteval.report.votes import study_of_votes
from trusteval.tracking.accepting import AcceptanceOutcome, AcceptanceReply, Request, accept
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.history import NAME, Entry, append_run
from trusteval.tracking.score_entry import ScoreEntry


@dataclass(frozen=True, slots=True)
class Accepting:
    """The wish to accept a run at `path`; `regression` says why it may be worse than before."""

    path: Path
    regression: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the report was written, None if it could not be; what became of the wish to accept."""

    written_to: Path | None
    reply: AcceptanceReply | None


def keep(
    record: RunRecord,
    answers: AnsweredRun,
    circumstances: Circumstances,
    directory: Path,
    *,
    failed: Collection[tuple[str, str]],
    exit_status: int,
    accepting: Accepting | None,
) -> Kept:
    """Write what a run leaves, but for what `show` does; accept it, if that is asked.

    `failed` are the gates and subjects whose tests failed at their verdict. What cannot be written
    is said in the reply.
    """
    written_to, reply = None, None
    scores = score_entries(record, answers)
    try:
        write_report(record, circumstances, directory, exit_status=exit_status)
        written_to = directory
        write_answers(record, answers, directory)
        if scores or record.broken:
            entry = _entry(record, circumstances, scores)
            append_run(directory.parent / NAME, entry.to_document())
        if accepting is not None:
            reply = accept(
                _request(record, circumstances, accepting),
                answers,
                scores=scores,
                standing=standing(record, failed=failed, exit_status=exit_status),
            )
    except UsageError as error:
        reply = AcceptanceReply(AcceptanceOutcome.COULD_NOT, (str(error),))
    return Kept(written_to, reply)


def show(directory: Path, *, with_page: bool) -> Path | None:
    """Write what takes longest, once all else is kept: the votes into report.md, and report.html.

    Made of the files themselves, as it is later. Returns where the page is, None where none is
    asked for; raises UsageError for what cannot be written.
    """
    from trusteval.report.page.writing import write_page

    run = finished_run(directory)
    votes = study_of_votes(run.answers)
    write_items(run, votes, directory)
    return write_page(run, votes, directory) if with_page else None


def _entry(record: RunRecord, circumstances: Circumstances, scores: Sequence[ScoreEntry]) -> Entry:
    return Entry(
        started=str(circumstances.started),
        commit=circumstances.commit,
        machine=circumstances.machine,
        versions=circumstances.versions,
        facts=record.facts,
        scores=scores,
        broken=record.broken,
        is_complete=record.is_complete,
        ending=record.ending.value,
    )


def _request(record: RunRecord, circumstances: Circumstances, accepting: Accepting) -> Request:
    return Request(
        accepting.path,
        date=str(circumstances.started),
        commit=circumstances.commit,
        versions=circumstances.versions,
        regression=accepting.regression,
        tries={} if record.tries is None else record.tries.made,
    )
