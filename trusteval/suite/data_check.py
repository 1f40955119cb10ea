"""Tells what a data directory holds: per benchmark what is there, missing or deviates.

And what that costs: the settings that cannot be asked, or not as published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Benchmark, Pool
from trusteval.benchmarks.prompts import PromptTexts, load_prompt_texts
from trusteval.benchmarks.source import DataSource
from trusteval.errors import DataError, MissingDataError
from trusteval.suite.fingerprints import fingerprint, published_fingerprint
from trusteval.suite.origin import find_origin


class State(StrEnum):
    """PUBLISHED rows have the published fingerprint; UNKNOWN ones have none to compare with."""

    PUBLISHED = "published"
    UNKNOWN = "unknown"
    DEVIATING = "deviating"
    ABSENT = "absent"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class SettingRows:
    """One setting's rows and state; `reason` says what is wrong."""

    name: str
    state: State
    rows: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BenchmarkFiles:
    """One benchmark's settings, its files by sha256 and what stands in for what."""

    benchmark: str
    settings: Sequence[SettingRows]
    sha256: Mapping[str, str] = field(default_factory=dict)
    substitutes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_damage(self) -> bool:
        """Whether files that are there cannot be used as published."""
        return any(s.state in (State.DEVIATING, State.MALFORMED) for s in self.settings)


def is_damaged(checked: Sequence[BenchmarkFiles]) -> bool:
    """Say whether a file that is there cannot be used as published, or nothing is there."""
    states = {setting.state for found in checked for setting in found.settings}
    return any(found.is_damage for found in checked) or states == {State.ABSENT}


def check_data(directory: Path) -> list[BenchmarkFiles]:
    """Look at every benchmark's files below `directory`; raises UsageError if it is none."""
    origin = find_origin(directory, cache=directory)
    texts = load_prompt_texts()
    return [
        _check(benchmark, origin.source(benchmark.name), texts) for benchmark in BENCHMARKS.values()
    ]


def _check(benchmark: Benchmark, source: DataSource, texts: PromptTexts) -> BenchmarkFiles:
    settings = [_check_setting(benchmark, name, source, texts) for name in benchmark.settings]
    if benchmark.pool is not None:
        settings.append(_check_pool(benchmark.pool, source))
    return BenchmarkFiles(benchmark.name, settings, dict(source.sha256), dict(source.substitutes))


def _check_setting(
    benchmark: Benchmark, name: str, source: DataSource, texts: PromptTexts
) -> SettingRows:
    setting = benchmark.settings[name]
    try:
        questions = benchmark.load(source, setting, texts)
    except MissingDataError as error:
        return SettingRows(name, State.ABSENT, 0, str(error).partition(". Point")[0])
    except DataError as error:
        return SettingRows(name, State.MALFORMED, 0, str(error))
    rows = len(questions)
    if setting.n_expected not in (None, rows):
        reason = f"expected {setting.n_expected} rows, got {rows}"
        return SettingRows(name, State.DEVIATING, rows, reason)
    match published_fingerprint(setting):
        case None:
            return SettingRows(name, State.UNKNOWN, rows)
        case published if published == fingerprint(questions):
            return SettingRows(name, State.PUBLISHED, rows)
    return SettingRows(name, State.DEVIATING, rows, "the rows differ from the published ones")


def _check_pool(count: Callable[[DataSource], Pool], source: DataSource) -> SettingRows:
    try:
        pool = count(source)
    except MissingDataError as error:
        return SettingRows("draws", State.ABSENT, 0, str(error).partition(". Point")[0])
    except DataError as error:
        return SettingRows("draws", State.MALFORMED, 0, str(error))
    shown = ", ".join(f"{group} {label} {n}" for (group, label), n in pool.held.items())
    state = State.PUBLISHED if pool.are_published else State.DEVIATING
    return SettingRows("draws", state, sum(pool.held.values()), f"to draw from: {shown}")


def data_lines(checked: Sequence[BenchmarkFiles]) -> Iterator[str]:
    """Word what was found: a line per benchmark, below it a line per fault with what it costs."""
    for found in checked:
        usable = [s for s in found.settings if s.rows]
        rows = sum(setting.rows for setting in usable)
        yield f"{found.benchmark}: {len(usable)} of {len(found.settings)} settings, {rows} rows"
        for state in State:
            by_reason: dict[str, list[str]] = {}
            for setting in found.settings:
                if setting.state is state and (setting.reason or state is not State.PUBLISHED):
                    by_reason.setdefault(setting.reason, []).append(setting.name)
            if len(by_reason) > _MOST_REASONS:
                first, *others = by_reason
                names = [name for named in by_reason.values() for name in named]
                by_reason = {f"{first}; and {len(others)} more": names}
            for reason, names in by_reason.items():
                said = f"{_some(names)}{f' ({reason})' if reason else ''}"
                yield f"  {_WORDS[state]}: {said}"
        for wanted, used in found.substitutes.items():
            yield f"  substitute: {used} stands in for {wanted}"


def _some(names: Sequence[str]) -> str:
    """List names, of very many the first."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_FIRST_NAMES])} and {len(names) - _FIRST_NAMES} more"


_MOST_NAMES, _FIRST_NAMES = 60, 6
_MOST_REASONS = 5  # more are told by an example
_WORDS = {
    State.PUBLISHED: "as published",
    State.UNKNOWN: "no published fingerprint to compare with",
    State.DEVIATING: "deviates",
    State.ABSENT: "missing, cannot be asked",
    State.MALFORMED: "malformed, cannot be asked",
}


def data_document(checked: Sequence[BenchmarkFiles]) -> list[dict[str, Any]]:
    """Return what was found as plain values."""
    return [asdict(found) for found in checked]
