"""Puts an input into a folder: files, and what lies where a file is expected and is none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from bench.fuzzing.mutation import MARK
from bench.fuzzing.trial import Files


def lay_out(files: Files, folder: Path) -> None:
    """Make `folder` hold these files and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith(MARK):
            _lay_out_otherwise(path, content.removeprefix(MARK).decode(errors="replace"))
        else:
            path.write_bytes(content)


def _lay_out_otherwise(path: Path, what: str) -> None:
    match what.split():
        case ["pipe"]:
            os.mkfifo(path)
        case ["folder"]:
            path.mkdir()
        case ["loop"]:
            path.symlink_to(path.name)
        case ["link", place]:
            path.symlink_to(place)
        case _:
            pass
