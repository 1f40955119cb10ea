"""A run as a comment on a pull request, and as the summary of a CI job, which is report.md.

Both begin with the answer and the table of verdicts; the items that were lost come second.
"""

from __future__ import annotations

from dataclasses import replace

from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.blocks import Block, grid, if_any
from trusteval.report.formats.details import all_counts, caveats, rest
from trusteval.report.formats.fitting import COMMENT, SUMMARY, Part, fitted
from trusteval.report.formats.flips import flips
from trusteval.report.formats.lead import lead
from trusteval.report.formats.marker import marker
from trusteval.report.formats.not_passed import not_passed
from trusteval.report.markup import Markdown
from trusteval.report.outcomes import signed
from trusteval.report.scores import Scores
from trusteval.report.summary import summarize

_TITLE = "Trustworthiness report"
_LEAD, _FAILED, _MATRIX, _FLIPS, _REST = 0.2, 0.35, 0.2, 0.25, 0.15
"""The most of a place that each part takes of it."""
_COLUMNS = ("dimension", "subject", "score", "90 % interval", "n", "non-answers", "verdict")


def comment(run: FinishedRun, *, votes: Markdown | None = None) -> str:
    """Return at most 60,000 characters of Markdown that begin with a hidden marker.

    `votes` is what is found of the run's ensembles. What follows the verdicts is folded.
    """
    summary = summarize(run.record, run.circumstances)
    said = lead(run, summary, opening=(marker(run), f"### {_TITLE}"))
    matrix = Part("Scores", (_matrix(summary.scores),), _MATRIX, level=4)
    below = (
        replace(part, share=_REST, is_folded=True)
        for part in (caveats(summary), *rest(summary, votes))
    )
    return fitted(
        [
            Part("", (said,), _LEAD),
            Part("What did not pass", if_any(not_passed(run.record)), _FAILED, level=4),
            matrix,
            Part("Items that were lost", flips(run), _FLIPS, level=4),
            *below,
        ],
        COMMENT,
    )


def job_summary(run: FinishedRun, *, votes: Markdown | None = None) -> str:
    """Return at most 900 KiB of Markdown: all that is said of a run, report.md.

    `votes` is what is found of the run's ensembles.
    """
    summary = summarize(run.record, run.circumstances)
    said = lead(run, summary, opening=(f"# {_TITLE}",))
    return fitted(
        [
            Part("", (said,), _LEAD),
            Part("What did not pass", if_any(not_passed(run.record)), _FAILED),
            replace(all_counts(summary.scores), share=_MATRIX),
            Part("Items that were lost", flips(run), _FLIPS),
            caveats(summary),
            *rest(summary, votes),
        ],
        SUMMARY,
    )


def _matrix(scores: Scores) -> Block:
    rows = (
        (r.dimension, r.subject, r.score, r.interval, r.n, r.non_answer_rate, signed(r.verdict))
        for r in scores.rows
    )
    return grid(_COLUMNS, rows)
