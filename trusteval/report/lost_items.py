"""The items behind a verdict: what a reference has right and a subject has not, with all texts.

Which rows count is the metric's own: right answers for an accuracy, silence for a rate of
non-answers, any other answer for a gap between groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.table import AnswerTable, Flags
from trusteval.metrics.making import Rate
from trusteval.metrics.metric import METRICS, Direction, Metric
from trusteval.report.references import Side, reference_of
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import item_name, shown_answer, shown_text
from trusteval.types import Prompt, Unavailable, Verdict


@dataclass(frozen=True, slots=True)
class LostItem:
    """One item of a verdict: what was asked, what was right, what both sides answered and said.

    `prompt` and what was said are None where the run does not hold them, as of a vote, which says
    nothing itself; `reference` and its answer are None where a subject is held to a limit alone.
    """

    item: str
    text: str
    target: str
    prompt: Prompt | None
    answer: str
    said: str | None
    reference: str | None = None
    reference_answer: str | None = None
    reference_said: str | None = None


@dataclass(frozen=True, slots=True)
class LostItems:
    """The items that speak against a subject, `n` in all; the first of them as they were asked."""

    n: int
    shown: tuple[LostItem, ...]


def lost_items(run: AnsweredRun, verdict: Verdict, *, most: int) -> LostItems | Unavailable:
    """Return up to `most` items that speak against a subject by one gate, or why none is known.

    Where it is compared: those that speak against it and not against its reference; of a gap
    between groups, those answered otherwise. Else all that are wrong, or no answer, by the metric.
    """
    who, benchmark = verdict.subject, verdict.benchmark
    if (who, benchmark) not in run.answer_tables:
        return Unavailable(f"the answers of {who} are not among those of the run")
    ours, its = Side(who, run.answer_tables[who, benchmark]), _compared(run, verdict)
    if isinstance(its, Unavailable):
        return its
    flags = _against(ours, its, METRICS[verdict.score.metric])
    if verdict.setting is not None:
        flags &= _of_setting(ours.answers, verdict.setting)
    places = np.flatnonzero(flags).tolist()
    return LostItems(len(places), tuple(_items(run, benchmark, ours, its, places[:most])))


def _compared(run: AnsweredRun, verdict: Verdict) -> Side | Unavailable | None:
    if verdict.reference is None:
        return None
    return reference_of(
        run,
        subject=verdict.subject,
        benchmark=verdict.benchmark,
        reference=verdict.reference,
    )


def _against(ours: Side, its: Side | None, metric: Metric) -> Flags:
    if its is None:
        return _speaks_against(ours.answers, metric)
    if metric.is_disparity:
        said = [[shown_answer(row.answer) for row in side.answers] for side in (ours, its)]
        return np.array([one != other for one, other in zip(*said, strict=True)], np.bool_)
    return _speaks_against(ours.answers, metric) & ~_speaks_against(its.answers, metric)


def _speaks_against(answers: AnswerTable, metric: Metric) -> Flags:
    """Say of each row whether it makes the metric worse; wrong answers where rows are no shares."""
    match metric.made:
        case Rate(holds, among=among):
            counts = np.ones(len(answers), np.bool_) if among is None else among(answers)
            is_good = holds(answers) == (metric.direction is Direction.HIGHER_IS_BETTER)
            return np.asarray(counts & ~is_good)
        case _:
            return ~answers.correct


def _of_setting(answers: AnswerTable, setting: str) -> Flags:
    table = answers.sample_table
    names = np.array(table.settings)
    return np.asarray(names[table.setting[answers.rows]] == setting)


def _items(
    run: AnsweredRun, benchmark: str, ours: Side, its: Side | None, places: Sequence[int]
) -> Iterator[LostItem]:
    asked = run.prompts.get(benchmark)
    for place in places:
        row = ours.answers[place]
        yield LostItem(
            item=item_name(row.sample),
            text=shown_text(row.sample),
            target=row.sample.target,
            prompt=None if asked is None else asked[place],
            answer=shown_answer(row.answer),
            said=_said(run, (ours.name, benchmark), place),
            reference=None if its is None else its.name,
            reference_answer=None if its is None else shown_answer(its.answers[place].answer),
            reference_said=None if its is None else _said(run, (its.name, benchmark), place),
        )


def _said(run: AnsweredRun, key: tuple[str, str], place: int) -> str | None:
    found = run.said.get(key)
    return None if found is None else found.at(place).text
