"""Writes an export: what each kind is made of, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.report.artifacts import PAGE, REPORT, VERDICTS
from trusteval.report.exports.kind import Kind
from trusteval.report.exports.place import file_at, folder_at, refuse_foreign
from trusteval.report.exports.published import Published
from trusteval.report.exports.worth import worth
from trusteval.report.finished_run import FinishedRun
from trusteval.suggestion import meant
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.files import decode
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Unavailable

_LARGEST_README = 16 * MIB


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a user asks for: the kind, the place, which subjects (none named: all).

    `into` is a README.md to be changed in place, `named` datasets of the hub by benchmark,
    `source` the address where the results can be looked up.
    """

    kind: Kind
    out: str | None = None
    into: Path | None = None
    subjects: tuple[str, ...] = ()
    with_texts: bool = True
    named: Mapping[str, Published] = field(default_factory=dict)
    source: str | None = None


def export(run: FinishedRun, wanted: Wanted, *, directory: Path) -> list[str]:
    """Write an export, and return what to say of it; `directory` holds the run's files.

    Raises UsageError for what cannot be exported, or not to that place.
    """
    subjects = _subjects(run, wanted)
    match wanted.kind:
        case Kind.EVAL_RESULTS:
            lines = _eval_results(run, wanted, subjects)
        case Kind.MODEL_INDEX:
            lines = _model_index(run, wanted, subjects)
        case Kind.MLFLOW | Kind.WANDB:
            lines = _tracker(run, wanted, subjects, directory)
        case Kind.CSV | Kind.PARQUET | Kind.LM_EVAL:
            lines = _items(run, wanted, subjects)
    said = worth(run)
    return [*lines, said.sentence, *said.notes]


def _subjects(run: FinishedRun, wanted: Wanted) -> tuple[str, ...]:
    known = run.record.subjects
    for name in wanted.subjects:
        if name not in known:
            raise UsageError(
                f"the run has no subject {name!r}; it has {', '.join(known) or 'none'}"
                f"{meant(name, known)}"
            )
    return tuple(name for name in known if name in wanted.subjects or not wanted.subjects)


def _out(wanted: Wanted, what: str) -> Path:
    if wanted.out is None:
        raise UsageError(f"name where {wanted.kind} is written: --out {what}")
    return Path(wanted.out)


def _eval_results(run: FinishedRun, wanted: Wanted, subjects: tuple[str, ...]) -> list[str]:
    from trusteval.report.exports.eval_results import eval_results
    from trusteval.system.files import write_files

    out = _out(wanted, "FOLDER (.eval_results of the model's repository)")
    made = eval_results(run, subjects=subjects, named=wanted.named, source=wanted.source)
    folder_at(out)
    write_files({out / name: text for name, text in made.files.items()})
    return [
        *(str(out / name) for name in made.files),
        *(f"left out: {one}" for one in made.left_out),
    ]


def _model_index(run: FinishedRun, wanted: Wanted, subjects: tuple[str, ...]) -> list[str]:
    from trusteval.report.exports.model_index import model_index, new_card
    from trusteval.report.exports.readme import with_model_index
    from trusteval.system.files import write_files

    index = model_index(run, subjects=subjects, named=wanted.named)
    if not index:
        raise UsageError("nothing to export to model-index: no subject has a score")
    if wanted.into is None:
        out = _out(wanted, "FILE, or --into README.md to change that")
        if out.exists():
            raise UsageError(f"{out} is there, and may be somebody's: --into {out} changes it")
        write_files({out: new_card(run, index)})
        return [str(out)]
    try:
        readme = decode(read_bytes(wanted.into, most=_LARGEST_README), path=wanted.into)
    except OSError as error:
        raise UsageError(f"{wanted.into} cannot be read: {error.strerror or error}") from error
    changed = with_model_index(readme, index, origin=wanted.into)
    with file_at(wanted.into) as file:
        file.write(changed.encode())
    return [f"{wanted.into}: model-index, and nothing else"]


def _tracker(
    run: FinishedRun, wanted: Wanted, subjects: tuple[str, ...], directory: Path
) -> list[str]:
    from trusteval.report.exports.to_mlflow import to_mlflow
    from trusteval.report.exports.to_wandb import to_wandb
    from trusteval.report.exports.tracked import tracked_run

    tracked = tracked_run(run, subjects=subjects)
    with_items = (REPORT, PAGE) if wanted.with_texts else ()
    files = [path for name in (VERDICTS, *with_items) if (path := directory / name).is_file()]
    if wanted.kind is Kind.MLFLOW:
        return [to_mlflow(tracked, files, out=wanted.out)]
    return [to_wandb(tracked, files, out=_out(wanted, "FOLDER"))]


def _items(run: FinishedRun, wanted: Wanted, subjects: tuple[str, ...]) -> list[str]:
    answers = run.answers
    if isinstance(answers, Unavailable):
        raise UsageError(
            f"{wanted.kind} is made of the run's answers, which are not there: {answers.why}"
        )
    parts = [part for part in answers.answer_tables if part[0] in subjects]
    if not parts:
        raise UsageError(f"nothing to export to {wanted.kind}: the run holds no answers of them")
    if wanted.kind is Kind.LM_EVAL:
        return _harness(run, answers, wanted, parts)
    return _table(run, answers, wanted, parts)


def _harness(
    run: FinishedRun, answers: AnsweredRun, wanted: Wanted, parts: list[tuple[str, str]]
) -> list[str]:
    from trusteval.report.exports.to_harness import to_harness

    return [str(one) for one in to_harness(run, answers, parts, out=_out(wanted, "FOLDER"))]


def _table(
    run: FinishedRun, answers: AnsweredRun, wanted: Wanted, parts: list[tuple[str, str]]
) -> list[str]:
    from trusteval.report.exports.item_files import (
        CSV_BEGINS,
        PARQUET_BEGINS,
        write_csv,
        write_parquet,
    )
    from trusteval.report.exports.item_rows import item_rows, why_no_ballots

    out = _out(wanted, "FILE")
    refuse_foreign(out, begins=CSV_BEGINS if wanted.kind is Kind.CSV else PARQUET_BEGINS)
    rows = item_rows(answers, parts, caveat=worth(run).note, with_texts=wanted.with_texts)
    with file_at(out) as file:
        if wanted.kind is Kind.CSV:
            write_csv(file, rows)
        else:
            write_parquet(file, rows, facts=_facts(run))
    n = sum(len(answers.answer_tables[part]) for part in parts)
    return [f"{out}: {n:,} rows", *why_no_ballots(answers, parts)]


def _facts(run: FinishedRun) -> dict[str, Any]:
    from trusteval.report.exports.tracked import tracked_run

    told = tracked_run(run, subjects=())
    return {**told.params, **told.tags}
