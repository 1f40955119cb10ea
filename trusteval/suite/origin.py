"""Where a run's benchmark files are: a local directory, the hub, or the demo slice.

Never one in place of another: the demo slice is read by the demo profile alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trusteval.benchmarks.source import DataSource, demo_source
from trusteval.errors import UsageError
from trusteval.suite.hub import materialise
from trusteval.system.files import with_home

ENVIRONMENT = "TRUSTEVAL_DATA"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where files come from, in words, and the source of a benchmark's files."""

    description: str
    source: Callable[[str], DataSource]


def demo_origin() -> Origin:
    """Read the slice that trusteval ships."""
    return Origin("demo slice written for trusteval", lambda _: demo_source())


def find_origin(directory: Path | None, *, cache: Path) -> Origin:
    """Read `directory`, else the one TRUSTEVAL_DATA names, else the hub's pinned revisions.

    Raises UsageError for a directory that is not there.
    """
    named = os.environ.get(ENVIRONMENT)
    directory = directory or (with_home(named) if named else None)
    if directory is None:
        return Origin("Hugging Face hub", lambda benchmark: _from_hub(benchmark, cache))
    if not directory.is_dir():
        raise UsageError(
            f"no data directory at {directory}; --trust-data or {ENVIRONMENT} names a folder with "
            "the benchmarks' original files (docs/benchmarks.md)"
        )
    return Origin("local files", lambda _: DataSource(directory))


def named_origin(directory: Path | None) -> Origin | None:
    """Read `directory`, else the one TRUSTEVAL_DATA names, else nothing: never the hub.

    Raises UsageError for a directory that is not there.
    """
    if directory is None and not os.environ.get(ENVIRONMENT):
        return None
    return find_origin(directory, cache=Path())


def _from_hub(benchmark: str, cache: Path) -> DataSource:
    fetched = materialise(benchmark, cache=cache / "data")
    return DataSource(fetched.root, revisions=fetched.revisions)
