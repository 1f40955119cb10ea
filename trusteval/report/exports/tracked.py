"""What a tracker of experiments is told of a run: MLflow and Weights & Biases alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from trusteval.report.exports.figures import Figure, figures
from trusteval.report.exports.private import model_label, without_folders
from trusteval.report.exports.worth import subject_result, worth
from trusteval.report.finished_run import FinishedRun
from trusteval.report.outcomes import shown_outcome
from trusteval.report.record import RunRecord
from trusteval.tracking.reader_version import reader_of

VERDICT_COLUMNS = (
    *("gate", "subject", "benchmark", "level", "verdict"),
    *("score", "low", "high", "drop", "reference", "why"),
)
Cell = str | float | None


@dataclass(frozen=True, slots=True)
class TrackedSubject:
    """One subject: how it was made, its metrics by "benchmark.metric", and those without a value.

    `tags` say what it comes to, and its worst verdict on each benchmark.
    """

    name: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    undefined: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """A run: how it was asked, what it came to, its subjects, and every gate with its verdict.

    `note` is the answer with all that stands beside it.
    """

    name: str
    params: Mapping[str, str]
    tags: Mapping[str, str]
    note: str
    subjects: tuple[TrackedSubject, ...]
    verdicts: tuple[tuple[Cell, ...], ...]


def tracked_run(run: FinishedRun, *, subjects: Collection[str]) -> TrackedRun:
    """Return what a tracker is told; of local paths the last part only."""
    record, said = run.record, worth(run)
    known = figures(record, subjects=subjects)
    names = [name for name in record.subjects if name in subjects]
    return TrackedRun(
        name=f"{model_label(record)} {run.circumstances.started or 'at an unknown time'}",
        params=_params(run),
        tags={
            "trusteval.result": said.result,
            "trusteval.may_ship": said.whole,
            "trusteval.complete": "yes" if said.is_complete else "no",
            "trusteval.caveats": said.note or "none",
        },
        note=said.whole,
        subjects=tuple(_subject(run, name, known) for name in names),
        verdicts=tuple(_verdicts(record, subjects)),
    )


def _params(run: FinishedRun) -> dict[str, str]:
    facts, told = run.record.facts, run.circumstances
    known = {
        "model": model_label(run.record),
        "engine": facts.engine,
        "profile": facts.profile,
        "protocol": facts.protocol,
        "reader": reader_of(facts),
        "data": facts.data,
        "prompts_sha256": facts.prompts_sha256,
        "gates_sha256": facts.gates_sha256,
        "commit": told.commit,
        "started": told.started,
        "trusteval": told.versions.get("trusteval"),
    }
    return {
        name: "unknown" if one is None else without_folders(str(one)) for name, one in known.items()
    }


def _subject(run: FinishedRun, name: str, known: list[Figure]) -> TrackedSubject:
    own = [one for one in known if one.line.subject == name]
    notes = {note: told for one in own for note, told in one.line.notes.items()}
    return TrackedSubject(
        name,
        params={f"variant.{note}": without_folders(told) for note, told in sorted(notes.items())},
        metrics={
            f"{one.line.benchmark}.{metric}": value
            for one in own
            for metric, value in _metrics(one).items()
            if value is not None
        },
        undefined={
            f"{one.line.benchmark}.score": without_folders(one.undefined)
            for one in own
            if one.undefined is not None
        },
        tags={
            "trusteval.subject_result": subject_result(run, name),
            **{f"trusteval.gates.{one.line.benchmark}": one.verdict for one in own},
        },
    )


def _metrics(figure: Figure) -> dict[str, float | None]:
    return {
        "score": figure.value,
        "low": figure.low,
        "high": figure.high,
        "non_answer_rate": figure.non_answer_rate,
        "n": float(figure.n),
    }


def _verdicts(record: RunRecord, subjects: Collection[str]) -> list[tuple[Cell, ...]]:
    """Return every gate with its verdict, and those without one, by gate and subject."""
    rows: list[tuple[Cell, ...]] = []
    for one in record.verdicts:
        interval = one.score.interval
        rows.append(
            (
                *(one.gate, one.subject, one.benchmark, one.level.value, shown_outcome(one)),
                one.score.value,
                *((None, None) if interval is None else (interval.low, interval.high)),
                None if one.change is None else one.change.value,
                one.reference,
                without_folders(one.message),
            )
        )
    for lost in record.unjudged:
        level = None if lost.level is None else lost.level.value
        asked = (lost.gate, lost.subject, lost.benchmark, level, lost.cause.value)
        rows.append((*asked, *[None] * 5, without_folders(lost.why)))
    return sorted(
        (row for row in rows if row[1] in subjects), key=lambda row: (str(row[0]), str(row[1]))
    )
