"""Which files of a folder of lm-evaluation-harness are read: the newest samples of each task."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import TrackingError

_DATE = r"(?P<date>\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)"
_SAMPLES = re.compile(rf"samples_(?P<task>.+)_{_DATE}\.jsonl", re.DOTALL)
_RESULTS = re.compile(rf".+_{_DATE}\.json", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Recording:
    """The newest samples of a task and the results of the same run.

    `older` are the files of earlier runs, which are not read.
    """

    task: str
    samples: Path
    results: Path | None
    older: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class LmEvalFolder:
    """What of a folder is read, and all its results, the newest last."""

    recordings: tuple[Recording, ...]
    results: tuple[Path, ...]


def is_lm_eval_file(path: Path) -> bool:
    """Whether a file is called as lm-evaluation-harness calls what it writes."""
    return bool(_SAMPLES.fullmatch(path.name) or _is_results(path))


def find_recordings(folder: Path) -> LmEvalFolder:
    """Find what a folder holds, directly or in one folder per model.

    Raises TrackingError, which says what to do, for results without samples and for the folders
    of several models.
    """
    places = [place for place in (folder, *_folders(folder)) if _holds(place)]
    if len(places) > 1:
        named = ", ".join(sorted(place.name or str(place) for place in places))
        raise TrackingError(
            f"{folder} holds the results of several models: {named}; name the folder of one"
        )
    place = places[0]
    results = {_date(path): path for path in sorted(place.iterdir()) if _is_results(path)}
    samples: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(place.iterdir()):
        if found := _SAMPLES.fullmatch(path.name):
            samples[found["task"]].append(path)
    if not samples:
        raise TrackingError(
            f"{place} holds results and no samples, which alone say what each item earned; run "
            "lm_eval again with --log_samples"
        )
    recordings = [_newest(task, paths, results=results) for task, paths in sorted(samples.items())]
    return LmEvalFolder(tuple(recordings), tuple(results[date] for date in sorted(results)))


def is_newer(path: Path, other: Path) -> bool:
    """Whether a file of a folder was written by a later run than another."""
    return _date(path) > _date(other)


def _newest(task: str, paths: list[Path], *, results: dict[str, Path]) -> Recording:
    *older, newest = sorted(paths, key=_date)
    return Recording(task, newest, results.get(_date(newest)), tuple(older))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _holds(place: Path) -> bool:
    return any(is_lm_eval_file(path) for path in place.iterdir())


def _is_results(path: Path) -> bool:
    return bool(_RESULTS.fullmatch(path.name))


def _date(path: Path) -> str:
    return path.stem.rpartition("_")[2]
