"""The recorded files of other tools, and copies of them that a test may change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"
BEFORE = RECORDED / "lm_eval-0.4.13" / "before"
OLD = RECORDED / "lm_eval-0.4.9"
INSPECT_OLD = RECORDED / "inspect_ai-0.3.150"
INSPECT_NEW = RECORDED / "inspect_ai-0.3.285"

Line = dict[str, Any]


def copied(folder: Path, to: Path) -> Path:
    """Copy a recorded folder to a place where it may be changed."""
    return shutil.copytree(folder, to / folder.name)


def samples_of(folder: Path, task: str) -> Path:
    """Return the file that holds a task's samples."""
    (path,) = folder.rglob(f"samples_{task}_*.jsonl")
    return path


def results_of(folder: Path) -> Path:
    """Return the one file of results."""
    (path,) = folder.rglob("results_*.json")
    return path


def lines_of(path: Path) -> list[Line]:
    """Return the objects of a file of lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path: Path, lines: list[Line]) -> None:
    """Put other lines into a file."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def change_json(path: Path, change: Callable[[Any], object]) -> None:
    """Change what a JSON file holds, in place."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")
