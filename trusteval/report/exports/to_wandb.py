"""A run in Weights & Biases: its figures as a summary, its gates as a table, its files beside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trusteval.checkpoints.foreign import in_one_line
from trusteval.errors import UsageError
from trusteval.report.exports.place import folder_at
from trusteval.report.exports.tracked import VERDICT_COLUMNS, TrackedRun

PROJECT = "trusteval"
_OFFLINE = "offline"
_SUBJECT_COLUMNS = ("subject", "metric", "value", "undefined")


def to_wandb(tracked: TrackedRun, files: Iterable[Path], *, out: Path) -> str:
    """Log a run into a folder, and return where; to the server if WANDB_MODE is online.

    Raises UsageError where W&B is not installed or cannot be used.
    """
    folder = folder_at(out)
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    os.environ.setdefault("WANDB_DATA_DIR", str(folder))  # tables, elsewhere kept in the home
    try:
        import wandb
    except ImportError as error:
        raise UsageError(
            f"exporting to wandb needs W&B ({error}): pip install 'trusteval[wandb]'"
        ) from error
    mode = os.environ.get("WANDB_MODE", _OFFLINE)
    try:
        with _started(wandb, tracked, folder, mode) as run:
            _log(wandb, run, tracked)
            for file in files:
                shutil.copyfile(file, Path(run.dir) / file.name)
            where = Path(str(run.settings.sync_dir))
    except (wandb.Error, OSError, ValueError) as error:
        reason = in_one_line(error)
        raise UsageError(f"W&B does not take the run: {reason}") from error
    return f"{where} (to upload: wandb sync {where})" if mode == _OFFLINE else f"{where} ({mode})"


def _started(wandb: Any, tracked: TrackedRun, folder: Path, mode: str) -> Any:
    """Begin a run that tells nothing of this machine: no host, user, command or code."""
    settings = wandb.Settings(
        console="off",
        disable_code=True,
        disable_git=True,
        silent=True,
        x_disable_machine_info=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
    )
    return wandb.init(
        project=PROJECT,
        name=tracked.name,
        dir=str(folder),
        mode=mode,
        config={**tracked.params, **tracked.tags, "subjects": _configs(tracked)},
        notes=tracked.note,
        tags=[tracked.tags["trusteval.result"]],
        settings=settings,
    )


def _configs(tracked: TrackedRun) -> dict[str, dict[str, str]]:
    return {one.name: {**one.params, **one.tags} for one in tracked.subjects}


def _log(wandb: Any, run: Any, tracked: TrackedRun) -> None:
    figures = [
        (subject.name, name, value, None)
        for subject in tracked.subjects
        for name, value in subject.metrics.items()
    ] + [
        (subject.name, name, None, why)
        for subject in tracked.subjects
        for name, why in subject.undefined.items()
    ]
    run.log(
        {
            "verdicts": wandb.Table(list(VERDICT_COLUMNS), [list(row) for row in tracked.verdicts]),
            "figures": wandb.Table(list(_SUBJECT_COLUMNS), [list(row) for row in figures]),
        }
    )
    for subject, name, value, why in figures:
        run.summary[f"{subject}/{name}"] = f"undefined: {why}" if value is None else value
    for name, told in tracked.tags.items():
        run.summary[name] = told
