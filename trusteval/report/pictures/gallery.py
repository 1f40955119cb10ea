"""All pictures of a run, in the order in which a report shows them."""

from __future__ import annotations

from trusteval.report.finished_run import FinishedRun
from trusteval.report.pictures.composition import composition_sketch
from trusteval.report.pictures.costs import costs_sketch
from trusteval.report.pictures.health import health_sketch
from trusteval.report.pictures.limits import limits_sketch
from trusteval.report.pictures.scores import non_answers_sketch, scores_sketch
from trusteval.report.pictures.sketch import Picture, picture_of
from trusteval.report.pictures.trend import trend_sketch
from trusteval.report.pictures.votes import (
    agreement_sketch,
    found_panels,
    leads_sketch,
    vote_cost_sketch,
)
from trusteval.types import Unavailable


def pictures_of(run: FinishedRun) -> tuple[Picture, ...]:
    """Draw a run: scores, non-answers, votes, verdicts, answers, agreement, cost, trend, health.

    All are always there: one that cannot be made says why. The same run gives the same bytes.
    """
    record, answers = run.record, run.answers
    panels = found_panels(answers)
    sketches = (
        scores_sketch(record),
        non_answers_sketch(record),
        leads_sketch(panels),
        limits_sketch(record),
        composition_sketch(record, answers),
        agreement_sketch(panels),
        costs_sketch(record, answers)
        if isinstance(panels, Unavailable)
        else vote_cost_sketch(panels),
        trend_sketch(record, run.history),
        health_sketch(record),
    )
    return tuple(map(picture_of, sketches))
