"""The history of runs: one self-describing line of JSON per run, appended and never rewritten.

A run that repeats the one before it, but for its time, adds no line.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.printable import printable_json
from trusteval.system.bounded import MIB, loads, opened, refuse_special, shown_size
from trusteval.system.turns import hold
from trusteval.tracking.points import Point, points_of
from trusteval.tracking.run_facts import RunFacts
from trusteval.tracking.score_entry import ScoreEntry

SCHEMA_VERSION = 1
NAME = "history.jsonl"
_APPENDED = (
    os.O_RDWR
    | os.O_APPEND
    | os.O_CREAT
    | os.O_CLOEXEC
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
"""A link in its place could name anybody's file."""
_TAIL = 2**22
"""How many bytes from the end a run that is repeated is looked for in."""
_KIND = ("model", "engine", "profile", "protocol")
"""Facts that runs which may repeat each other share."""
_LONGEST_LINE = 4 * MIB
"""What the line of a run may hold; one of seven subjects has 16 KiB."""
_MOST_HISTORY = 512 * MIB


@dataclass(frozen=True, slots=True)
class Entry:
    """What the history keeps of one run: its scores, and by whom and when they were made."""

    started: str
    commit: str | None
    machine: Mapping[str, str | int]
    versions: Mapping[str, str]
    facts: RunFacts
    scores: Sequence[ScoreEntry]
    broken: Mapping[str, str]
    is_complete: bool
    ending: str

    def to_document(self) -> dict[str, Any]:
        """Return plain values: a line of the history."""
        return {
            "started": self.started,
            "commit": self.commit,
            "machine": dict(self.machine),
            "versions": dict(self.versions),
            "facts": self.facts.to_document(),
            "scores": [entry.to_document() for entry in self.scores],
            "broken": dict(self.broken),
            "complete": self.is_complete,
            "ending": self.ending,
        }


def append_run(path: Path, record: Mapping[str, Any], *, patience: float = 30.0) -> bool:
    """Append one run, while no other process does, so that all lines are kept and whole.

    Returns whether it did: a run that differs from the last one of its model, engine, profile and
    protocol in nothing but when it started is that run again. A line that a crash left unfinished
    is closed first. Raises TrackingError for a place that cannot be written, or that another
    process does not let go of for `patience` seconds.
    """
    whole_run = {"schema": SCHEMA_VERSION, **record}
    line = printable_json(json.dumps(whole_run, sort_keys=True, ensure_ascii=False))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, _APPENDED, 0o644)
        try:
            refuse_special(os.fstat(handle).st_mode, path)
            hold(handle, patience=patience)
            size = os.fstat(handle).st_size
            tail = os.pread(handle, _TAIL, max(0, size - _TAIL))
            if _is_repeated(json.loads(line), tail):
                return False
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            whole = f"{chr(10) if torn else ''}{line}\n".encode()
            if os.write(handle, whole) < len(whole):
                with suppress(OSError):
                    os.ftruncate(handle, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(handle)
    except OSError as error:
        why = "it is a link" if error.errno == errno.ELOOP else error.strerror
        raise TrackingError(f"cannot write {path}: {why}") from error
    return True


def _is_repeated(run: Mapping[str, Any], tail: bytes) -> bool:
    """Whether the last run of the same kind says the same, but for when it started."""
    for line in reversed(tail.split(b"\n")):
        try:
            before = loads(line)
        except ValueError:
            continue
        if isinstance(before, dict) and _kind(before) == _kind(run):
            return {**before, "started": None} == {**run, "started": None}
    return False


def _kind(run: Mapping[str, Any]) -> list[Any]:
    facts = run.get("facts")
    return [facts.get(name) for name in _KIND] if isinstance(facts, dict) else []


def read_history(path: Path) -> tuple[list[Point], int]:
    """Return every score of every run as written, and how many lines cannot be read.

    A torn line, one that is too long, of another schema, or with a value that is no score's, is
    left out and counted. Raises TrackingError where there is no history, or one beyond all bounds.
    """
    points: list[Point] = []
    unreadable = 0
    try:
        for line in _lines(path):
            try:
                run = loads(line.decode(errors="replace"))
                if run["schema"] != SCHEMA_VERSION:
                    raise ValueError(f"schema {run['schema']}")
                points += points_of(run)
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
                unreadable += 1
    except OSError as error:
        raise TrackingError(f"no history at {path}: {error.strerror}; run a gate first") from error
    return points, unreadable


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines that are not blank; of one that is too long, its first bytes."""
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > _MOST_HISTORY:
            raise OSError(errno.EFBIG, f"more than {shown_size(_MOST_HISTORY)}", str(path))
        # JSON escapes line feeds and no other break: splitlines() would cut a name in two.
        while line := file.readline(_LONGEST_LINE):
            rest = line
            while len(rest) == _LONGEST_LINE and not rest.endswith(b"\n"):
                rest = file.readline(_LONGEST_LINE)
            if line.strip():
                yield line
