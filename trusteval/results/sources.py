"""Reads what another tool recorded of one model, whichever of those known it is.

The one door to the readers: `read_tool_run` for what `is_tool_run` says yes to.
"""

from __future__ import annotations

from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.results.inspect_log.logs import is_log, logs_of
from trusteval.results.inspect_log.run import read_inspect
from trusteval.results.lm_eval.folder import is_lm_eval_file
from trusteval.results.lm_eval.run import read_lm_eval
from trusteval.results.tool_run import ToolRun
from trusteval.system.files import explaining_places, is_there

READ = "a folder of lm-evaluation-harness (--output_path, with --log_samples) or a log of inspect"
"""What can be read, in words."""


def is_tool_run(place: Path) -> bool:
    """Whether a file or folder looks like another tool's, by names and first bytes alone."""
    with explaining_places():
        if not is_there(place):
            return False
        if not place.is_dir():
            return is_log(place) or is_lm_eval_file(place)
        return any(is_log(path) or is_lm_eval_file(path) for path in _files(place))


def read_tool_run(place: Path) -> ToolRun:
    """Read one model's results: a folder of lm-evaluation-harness, a log of inspect or several.

    Raises TrackingError, in one line that says what to do, for a place that is not there or holds
    no such results, results without samples, those of several models or of two tools, a file that
    is damaged, and one of a version that is not read; PlaceError for a place that is closed.
    """
    with explaining_places():
        if not is_there(place):
            raise TrackingError(f"{place} is not there; expected {READ}")
        if place.is_dir():
            return _read_folder(place)
        if is_lm_eval_file(place):
            raise TrackingError(f"{place} is one file of a folder; name the folder")
        if not is_log(place):
            raise TrackingError(f"{place} is nothing that can be read; expected {READ}")
        return read_inspect(place, [place])


def _read_folder(folder: Path) -> ToolRun:
    logs = logs_of(folder)
    files = _files(folder)
    below = sorted({path.parent.name for path in files if path.parent != folder and is_log(path)})
    of_lm_eval = any(map(is_lm_eval_file, files))
    if of_lm_eval and (logs or below):
        raise TrackingError(f"{folder} holds results of two tools; put each into a folder")
    if of_lm_eval:
        return read_lm_eval(folder)
    if below:
        too = "logs, and others" if logs else "logs"
        raise TrackingError(
            f"{folder} holds {too} in its folders {', '.join(below)}; name a folder of logs alone"
        )
    if logs:
        return read_inspect(folder, logs)
    raise TrackingError(f"{folder} holds nothing that can be read; expected {READ}")


def _files(folder: Path) -> list[Path]:
    """Return a folder's files and those of the folders in it, one of which each model has."""
    found = list(folder.iterdir())
    below = [path for inner in found if inner.is_dir() for path in inner.iterdir()]
    return [path for path in (*found, *below) if not path.is_dir()]
