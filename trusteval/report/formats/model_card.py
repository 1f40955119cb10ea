"""A run as a Markdown table for a model card: every dimension and subject with what it rests on."""

from __future__ import annotations

from trusteval.report.caveats import reservations
from trusteval.report.decision import decision
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.blocks import SENTENCE, Block, brief, grid, paragraphs
from trusteval.report.formats.held import listed
from trusteval.report.formats.release_note import judged_by, model_name
from trusteval.report.outcomes import signed
from trusteval.report.scores import Scores
from trusteval.report.summary import summarize

_COLUMNS = ("dimension", "subject", "score (90 % interval)", "n", "non-answers", "verdict")


def model_card(run: FinishedRun) -> str:
    """Return the answer, the table, how it was made, and in one line what it is not."""
    summary = summarize(run.record, run.circumstances)
    decided = decision(run.record, exit_status=run.exit_status)
    loud = [decided.sentence, *summary.gaps.incomplete, *reservations(run.record)]
    caveats = listed((brief(line, SENTENCE) for line in summary.caveats), between=" · ") or "none"
    blocks = (
        paragraphs(f"**{brief(line, SENTENCE)}**" for line in loud),
        _table(summary.scores),
        paragraphs(
            [
                f"Scores in points, 0 to 100, of the model {model_name(run.record)}; "
                f"non-answers are refusals and invalid outputs together. {judged_by(run)}.",
                f"{brief(summary.judgements.tally, SENTENCE)}. Caveats: {caveats}.",
            ]
        ),
    )
    return "\n\n".join(block.text() for block in blocks) + "\n"


def _table(scores: Scores) -> Block:
    if not scores.rows:
        return paragraphs(["No subject has a score."])
    return grid(
        _COLUMNS,
        (
            (
                *(row.dimension, row.subject),
                f"{row.score} ({row.interval})" if row.interval else row.score,
                *(row.n, row.non_answer_rate, signed(row.verdict)),
            )
            for row in scores.rows
        ),
    )
