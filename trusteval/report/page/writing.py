"""Puts report.html where a run's files are: before its first test, and when all else is kept."""

from __future__ import annotations

from pathlib import Path

from trusteval.errors import UsageError
from trusteval.report.artifacts import PAGE
from trusteval.report.circumstances import Circumstances
from trusteval.report.finished_run import FinishedRun
from trusteval.report.ledger import Ending
from trusteval.report.page.render import notice, page_with, render_page
from trusteval.report.votes import Votes
from trusteval.system.files import write_files


def announce_page(circumstances: Circumstances, directory: Path, *, is_asked: bool) -> None:
    """Say in the place of an earlier page that a run has begun; without a wish for one remove it.

    Raises UsageError for a place that cannot be written.
    """
    path = directory / PAGE
    if is_asked:
        text = notice("The run has not finished", Ending.UNFINISHED.sentence, circumstances)
        write_files({path: text}, follows_links=False)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"cannot remove {path} of an earlier run: {error.strerror}") from error


def write_page(run: FinishedRun, votes: Votes, directory: Path) -> Path:
    """Write the page of a run with what its votes show; UsageError where it cannot be written.

    Whatever keeps it from being made, no page says that the run has not finished.
    """
    path = directory / PAGE
    try:
        text = page_with(run, votes)
    except BaseException:
        why = "making this page failed; report.md and verdicts.json hold what the run found"
        text = notice("This page could not be made", why, run.circumstances)
        write_files({path: text}, follows_links=False)
        raise
    write_files({path: text}, follows_links=False)
    return path


def write_page_to(path: Path, run: FinishedRun) -> None:
    """Write the page of a run to a file that somebody named; UsageError where it cannot be."""
    write_files({path: render_page(run)})
