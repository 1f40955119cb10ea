"""What stands in a folder already, and which of a gate's files there is room for beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trusteval.starting.beginning import Beginning
from trusteval.starting.ci import GITLAB_ROOT
from trusteval.starting.configuration import PYTEST_INI, Configured, configured
from trusteval.starting.files import GITLAB_INCLUDE, GITLAB_JOBS, TESTS
from trusteval.starting.placing import is_taken
from trusteval.system.bounded import MIB, read_text

_MOST = 4 * MIB


@dataclass(frozen=True, slots=True)
class Room:
    """Files to write, names that stay as they are, and in lines what is left to the user."""

    new: Mapping[Path, str]
    kept: tuple[str, ...]
    left: tuple[str, ...]


def room_in(folder: Path, texts: Mapping[Path, str], *, beginning: Beginning) -> Room:
    """Look where files would overwrite, or be taken for, what is somebody's already.

    Raises UsageError for a configuration of pytest that cannot be read.
    """
    found = configured(folder)
    holds_tests = _holds_anything(folder / TESTS)
    new: dict[Path, str] = {}
    kept: list[str] = []
    left: list[str] = []
    if found is not None:
        kept.append(found.name)
        left += _unsaid(found, beginning)
    if holds_tests:
        kept.append(f"{TESTS}/")
        left += _untested(folder, texts)
    for path, text in texts.items():
        if (path == PYTEST_INI and found is not None) or (path.parent == TESTS and holds_tests):
            continue
        if is_taken(folder / path):
            kept.append(str(path))
        else:
            new[path] = text
    if str(GITLAB_ROOT) in kept and not _includes_jobs(folder / GITLAB_ROOT):
        left += [f"add to {GITLAB_ROOT}:", *_indented(GITLAB_INCLUDE.splitlines())]
    return Room(new, tuple(kept), tuple(left))


def _holds_anything(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _unsaid(found: Configured, beginning: Beginning) -> Iterator[str]:
    if found.model == beginning.model:
        return
    if found.model is None:
        yield f"{found.name} configures pytest already: add to it"
    else:
        yield f"{found.name} names another model, trust_model = {found.model}: if that is to change"
    settings = beginning.settings()
    yield from _indented(found.lines(settings))


def _untested(folder: Path, texts: Mapping[Path, str]) -> Iterator[str]:
    missing = [path.name for path in texts if path.parent == TESTS and not is_taken(folder / path)]
    if missing:
        yield (
            f"{TESTS}/ was there, so nothing was added to it: it lacks {', '.join(missing)} "
            "(an empty folder shows what they say)"
        )


def _includes_jobs(path: Path) -> bool:
    try:
        return str(GITLAB_JOBS) in read_text(path, most=_MOST, errors="replace")
    except OSError:
        return False


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
