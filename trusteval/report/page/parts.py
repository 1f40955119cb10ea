"""The sections of the page that are lines and tables: scores, rows, subjects, laws, provenance."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.report.finished_run import FinishedRun
from trusteval.report.judge import JudgeSummary
from trusteval.report.page.judge_items import with_texts
from trusteval.report.page.run_tables import (
    asked_table,
    beside_table,
    build_table,
    circumstance_table,
    fact_table,
    headline_table,
    law_table,
    perplexity_table,
    protocol_table,
    score_table,
    subject_table,
)
from trusteval.report.record import RunRecord
from trusteval.report.scores import PROTOCOLS_NOTE
from trusteval.report.summary import Summary
from trusteval.tables import Table


@dataclass(frozen=True, slots=True)
class Part:
    """A section that can be linked to as `place`: its lines, its tables, then those in a fold."""

    place: str
    title: str
    lines: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    folded: tuple[Table, ...] = ()


def parts_of(run: FinishedRun, summary: Summary) -> tuple[Part, ...]:
    """Return the sections in their order; one with nothing to show says so."""
    return (
        *_of_scores(run.record, summary),
        *_of_judge(run, summary.judge),
        _of_health(run.record),
        Part("asked", "Rows asked", (), (asked_table(summary.scores.asked),)),
        _of_subjects(summary),
        Part("laws", "Laws of the vote", _said_of_laws(summary), (law_table(summary.laws),)),
        Part(
            "provenance",
            "Provenance",
            (),
            (fact_table(run.record), circumstance_table(run.circumstances)),
        ),
    )


def _of_scores(record: RunRecord, summary: Summary) -> tuple[Part, Part]:
    found = summary.scores
    means = (headline_table(found.headlines),) if found.headlines else ()
    beside = (beside_table(record),) if found.beside else ()
    silence = (
        "Non-answers are refusals and invalid outputs together; where answers are open, as of "
        "prompts to decline, a refusal is an answer."
    )
    return (
        Part(
            "scores",
            "Scores",
            (silence,),
            (score_table(found), *means, *beside, *found.kinds),
        ),
        Part(
            "protocols",
            "Scores under every protocol",
            (f"Gates read {found.protocol}. {PROTOCOLS_NOTE}",),
            (protocol_table(found),),
        ),
    )


def _of_judge(run: FinishedRun, judge: JudgeSummary | None) -> tuple[Part, ...]:
    if judge is None:
        return ()
    lines = (*judge.who, *judge.doubts, *judge.notes)
    items = (with_texts(judge.items, run.answers),) if judge.items.rows else ()
    tables = tuple(table for table in (judge.table, judge.corrected) if table.rows)
    return (Part("judge", "Judge", lines, tables, items),)


def _of_health(record: RunRecord) -> Part:
    found = perplexity_table(record)
    said = "What a variant must not lose, whatever it is asked: how well it predicts a fixed text."
    if not found.rows:
        return Part("health", "Perplexity", ("Perplexity was not measured in this run.",))
    return Part("health", "Perplexity", (said,), (found,))


def _of_subjects(summary: Summary) -> Part:
    told = summary.provenance
    builds = (build_table(told.builds),) if told.builds else ()
    lines = () if told.builds else ("No checkpoint was quantized in this run.",)
    return Part("subjects", "Subjects and builds", lines, (subject_table(told.subjects), *builds))


def _said_of_laws(summary: Summary) -> tuple[str, ...]:
    checked = (f"{summary.laws.checked}.",) if summary.laws.checked else ()
    return (f"{summary.laws.line}.", *checked)
