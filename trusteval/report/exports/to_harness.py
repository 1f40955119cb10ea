"""Writes a run in lm-evaluation-harness' layout: OUT/SUBJECT/results_DATE.json and its samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from trusteval.report.exports.figures import figures
from trusteval.report.exports.harness_results import Task, folder_name, results_document
from trusteval.report.exports.harness_samples import (
    ACCURACY,
    NON_ANSWER,
    hashed,
    sample_lines,
    task_name,
)
from trusteval.report.exports.place import file_at, folder_at
from trusteval.report.exports.private import file_stem
from trusteval.report.finished_run import FinishedRun
from trusteval.tracking.answered_run import AnsweredRun

_NO_DATE = "unknown"


def to_harness(
    run: FinishedRun, answers: AnsweredRun, parts: Sequence[tuple[str, str]], *, out: Path
) -> list[Path]:
    """Write the folders of some subjects on some benchmarks, and return them.

    Raises UsageError for a place that cannot be written.
    """
    date = _date(run)
    folders = []
    for subject in dict.fromkeys(subject for subject, _ in parts):
        folder = folder_at(out / folder_name(run, subject))
        tasks = [
            _write_samples(
                answers, part, folder, date=date, protocol=str(run.record.facts.protocol)
            )
            for part in parts
            if part[0] == subject
        ]
        known = figures(run.record, subjects=[subject])
        document = results_document(run, subject, tasks=tasks, figures=known)
        text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        with file_at(folder / f"results_{date}.json") as file:
            file.write(f"{text}\n".encode(errors="backslashreplace"))
        folders.append(folder)
    return folders


def _write_samples(
    answers: AnsweredRun, part: tuple[str, str], folder: Path, *, date: str, protocol: str
) -> Task:
    n = n_right = n_non_answers = 0
    hashes = []
    with file_at(folder / f"samples_{task_name(part[1])}_{date}.jsonl") as file:
        for line in sample_lines(answers, part, protocol=protocol):
            text = json.dumps(line, ensure_ascii=False, allow_nan=False)
            file.write(f"{text}\n".encode(errors="backslashreplace"))
            n, n_right = n + 1, n_right + int(line[ACCURACY])
            n_non_answers += int(line[NON_ANSWER])
            hashes.append(f"{line['doc_hash']}{line['prompt_hash']}{line['target_hash']}")
    return Task(part[1], n, n_right, n_non_answers, hashed("".join(hashes)))


def _date(run: FinishedRun) -> str:
    """Return when a run started, as the harness writes it in names of files."""
    started = run.circumstances.started
    return _NO_DATE if started is None else file_stem(started.removesuffix("Z").replace(":", "-"))
