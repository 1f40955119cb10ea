"""Whom the gates of a run compare each subject with, so that flips can be shown."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.report.browse.part import Part
from trusteval.report.record import RunRecord
from trusteval.report.references import reference_of
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import aligned
from trusteval.types import Unavailable, Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A reference by its `name` in the gates, and its answers to a part's items, or why not.

    `called` says who that is: a best member, for example.
    """

    name: str
    called: str
    answers: AnswerTable | Unavailable


def comparisons_of(
    record: RunRecord, run: AnsweredRun, part: Part, subject: str
) -> tuple[Comparison, ...]:
    """Return all that a subject's gates on a benchmark compare it with, once each."""
    names = dict.fromkeys(
        name
        for verdict in record.verdicts
        if (verdict.subject, verdict.benchmark) == (subject, part.benchmark)
        and (name := _reference(verdict)) is not None
    )
    return tuple(_comparison(run, part, subject, name) for name in names)


def _reference(verdict: Verdict) -> str | None:
    """Return what a gate compared a subject with; earlier versions named it in the change alone."""
    if verdict.reference is not None:
        return verdict.reference
    return None if verdict.change is None else verdict.change.reference


def _comparison(run: AnsweredRun, part: Part, subject: str, name: str) -> Comparison:
    found = reference_of(run, subject=subject, benchmark=part.benchmark, reference=name)
    if isinstance(found, Unavailable):
        return Comparison(name, name, found)
    return Comparison(name, found.name, _in_order(found.answers, part.sample_table))


def _in_order(answers: AnswerTable, sample_table: SampleTable) -> AnswerTable | Unavailable:
    return answers if answers.sample_table is sample_table else aligned(answers, sample_table)
