"""`trusteval export`: a finished run in the files and trackers of others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.printing import say

_ONLY: dict[str, tuple[str, ...]] = {
    "into": ("model-index",),
    "dataset": ("eval-results", "model-index"),
    "source": ("eval-results",),
    "without_texts": ("csv", "parquet", "mlflow", "wandb"),
}
"""Options that not every kind has."""


def add_export(commands: Any) -> None:
    """Declare `trusteval export`."""
    from trusteval.report.exports.kind import Kind

    kinds = [str(kind) for kind in Kind]
    export = commands.add_parser(
        "export",
        help="write a finished run for the hub, MLflow, W&B, spreadsheets or other tools",
        epilog="Exit code: 0 written; 2 wrong usage, a run that has not finished or has no "
        "answers, a place that cannot be written. docs/exports.md has what each kind holds.",
    )
    add = export.add_argument
    add("run_folder", type=Path, metavar="RUN", help="a reports folder")
    add("--to", required=True, choices=kinds, metavar="KIND", help=", ".join(kinds))
    add(
        "--out",
        metavar="PLACE",
        help="a file (model-index, csv, parquet) or a folder (the others); for mlflow also the "
        "address of a tracking store, without it MLFLOW_TRACKING_URI",
    )
    add("--into", type=Path, metavar="README.md", help="model-index: the card to change in place")
    add(
        "--subject",
        action="append",
        default=[],
        metavar="NAME",
        help="only this one; may be given several times (default: all)",
    )
    add(
        "--without-texts",
        action="store_true",
        help="no word of an item or a response: benchmarks under licence, harmful texts (csv, "
        "parquet; mlflow and wandb get verdicts.json alone)",
    )
    add(
        "--dataset",
        action="append",
        default=[],
        metavar="BENCHMARK=OWNER/NAME:TASK",
        help="eval-results, model-index: the hub's dataset and task that a benchmark is",
    )
    add("--source", metavar="URL", help="eval-results: where the results can be looked up")
    export.set_defaults(run=_export)


def _export(asked: argparse.Namespace) -> int:
    from trusteval.report.exports.kind import Kind
    from trusteval.report.exports.published import named_datasets
    from trusteval.report.exports.writing import Wanted, export
    from trusteval.report.finished_run import finished_run

    _refuse_unfitting(asked)
    wanted = Wanted(
        kind=Kind(asked.to),
        out=asked.out,
        into=asked.into,
        subjects=tuple(asked.subject),
        with_texts=not asked.without_texts,
        named=named_datasets(asked.dataset),
        source=asked.source,
    )
    run = finished_run(asked.run_folder, with_answers=wanted.kind.needs_answers)
    say(export(run, wanted, directory=asked.run_folder))
    return 0


def _refuse_unfitting(asked: argparse.Namespace) -> None:
    """Raise UsageError for an option that would do nothing."""
    for name, kinds in _ONLY.items():
        if getattr(asked, name) and asked.to not in kinds:
            option = name.replace("_", "-")
            raise UsageError(f"--{option} goes with {', '.join(kinds)}, not with {asked.to}")
    if asked.into is not None and asked.out is not None:
        raise UsageError("--into changes a card and --out makes one: give one of them")
