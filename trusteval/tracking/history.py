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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.printable import printable_json
from trusteval.system.bounded import MIB, loads, opened, refuse_special, shown_size
from trusteval.system.turns import hold
from trusteval.tracking.run_facts import RunFacts, Sampling, run_facts

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
_MOST_POINTS = 1000.0
_MOST_ROWS = 2**53


UNKNOWN = "unknown"
"""What a line of an earlier version does not say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What besides model, profile and protocol has to be the same for scores to be one trend.

    Fingerprints of the prompts and of the rows (where the rows come from, in earlier versions'
    lines), the seed that rows were drawn with, the version that read the answers; in words.
    """

    prompts: str
    data: str
    seed: str
    reader: str


@dataclass(frozen=True, slots=True)
class Point:
    """One score of one subject in one run, points; `low` and `high` are its 90 % interval.

    `asked` says how the run was asked and read, `gates` by which file it was judged; `is_complete`
    whether all that the run was asked was judged, which earlier versions did not keep.
    """

    started: datetime
    commit: str | None
    model: str
    profile: str
    protocol: str
    asked: Asked
    gates: str
    weights: str | None
    subject: str
    benchmark: str
    dimension: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    verdict: str
    is_complete: bool = True


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
                points += _points(loads(line.decode(errors="replace")))
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


def chosen_points(
    points: Sequence[Point], *, subject: str | None, benchmark: str | None
) -> list[Point]:
    """Keep the points of a subject, and of a benchmark or dimension.

    Raises TrackingError where there is none, naming what there is.
    """
    chosen = [
        point
        for point in points
        if subject in (None, point.subject)
        and benchmark in (None, point.benchmark, point.dimension)
    ]
    if not points:
        raise TrackingError("the history holds no score that can be read; run a gate first")
    if not chosen:
        subjects, benchmarks = (
            ", ".join(dict.fromkeys(names))
            for names in ((p.subject for p in points), (p.benchmark for p in points))
        )
        raise TrackingError(f"nothing is recorded of that; there is {subjects} on {benchmarks}")
    return chosen


def _points(run: Mapping[str, Any]) -> list[Point]:
    if run["schema"] != SCHEMA_VERSION:
        raise ValueError(f"schema {run['schema']}")
    facts = run_facts(run["facts"])
    commit, started = run["commit"], datetime.fromisoformat(run["started"])
    return [
        Point(
            started=(started if started.tzinfo else started.replace(tzinfo=UTC)).astimezone(UTC),
            commit=None if commit is None else _text(commit),
            model=Path(_text(facts.model)).name,
            profile=_text(facts.profile),
            protocol=_text(facts.protocol),
            asked=_asked(facts, line),
            gates=facts.gates_sha256 or UNKNOWN,
            weights=None if line["weights"] is None else _text(line["weights"]),
            subject=_text(line["subject"]),
            benchmark=_text(line["benchmark"]),
            dimension=_text(line["dimension"]),
            value=None if line["value"] is None else _in_points(line["value"]),
            low=None if line["interval"] is None else _in_points(line["interval"]["low"]),
            high=None if line["interval"] is None else _in_points(line["interval"]["high"]),
            n=_count(line["n"]),
            verdict=_text(line["verdict"]),
            is_complete=run.get("complete") is not False,
        )
        for line in run["scores"]
    ]


def _asked(facts: RunFacts, line: Mapping[str, Any]) -> Asked:
    rows = line.get("data")
    return Asked(
        prompts=facts.prompts_sha256 or UNKNOWN,
        data=facts.data or UNKNOWN if rows is None else f"rows {_text(rows)}",
        seed=_seed(facts.sampling),
        reader=UNKNOWN if facts.reader is None else str(facts.reader),
    )


def _seed(sampling: Sampling | None) -> str:
    if sampling is None:
        return UNKNOWN
    return "none" if sampling.seed is None else str(sampling.seed)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {type(value).__name__}")
    return value


def _in_points(value: Any) -> float:
    """Return a number of points; what is not finite, or beyond all scores, is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, got {type(value).__name__}")
    if not -_MOST_POINTS <= value <= _MOST_POINTS:
        raise ValueError(f"expected points, got {value}")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_ROWS:
        raise ValueError("expected a number of rows")
    return value
