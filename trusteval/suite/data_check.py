"""Tells what a data directory holds: per benchmark what is there, missing or deviates.

And what that costs: the settings that cannot be asked, or not as published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.adult_raw import NAME as ADULT_RAW
from trusteval.benchmarks.adult_raw import are_published, held_people
from trusteval.benchmarks.benchmark import Benchmark
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
class SettingFinding:
    """One setting's rows and state; `reason` says what is wrong."""

    name: str
    state: State
    rows: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One benchmark's settings, its files by sha256 and what stands in for what."""

    benchmark: str
    settings: Sequence[SettingFinding]
    sha256: Mapping[str, str] = field(default_factory=dict)
    substitutes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_damage(self) -> bool:
        """Whether files that are there cannot be used as published."""
        return any(s.state in (State.DEVIATING, State.MALFORMED) for s in self.settings)


def is_damaged(findings: Sequence[Finding]) -> bool:
    """Say whether a file that is there cannot be used as published, or nothing is there."""
    states = {setting.state for finding in findings for setting in finding.settings}
    return any(finding.is_damage for finding in findings) or states == {State.ABSENT}


def check_data(directory: Path) -> list[Finding]:
    """Look at every benchmark's files below `directory`; raises UsageError if it is none."""
    origin = find_origin(directory, cache=directory)
    texts = load_prompt_texts()
    return [
        _check(benchmark, origin.source(benchmark.name), texts) for benchmark in BENCHMARKS.values()
    ]


def _check(benchmark: Benchmark, source: DataSource, texts: PromptTexts) -> Finding:
    settings = [_check_setting(benchmark, name, source, texts) for name in benchmark.settings]
    if benchmark.name == ADULT_RAW:
        settings = [_check_people(source)]
    return Finding(benchmark.name, settings, dict(source.sha256), dict(source.substitutes))


def _check_setting(
    benchmark: Benchmark, name: str, source: DataSource, texts: PromptTexts
) -> SettingFinding:
    setting = benchmark.settings[name]
    try:
        questions = benchmark.load(source, setting, texts)
    except MissingDataError as error:
        return SettingFinding(name, State.ABSENT, 0, str(error).partition(". Point")[0])
    except DataError as error:
        return SettingFinding(name, State.MALFORMED, 0, str(error))
    rows = len(questions)
    if setting.n_expected not in (None, rows):
        reason = f"expected {setting.n_expected} rows, got {rows}"
        return SettingFinding(name, State.DEVIATING, rows, reason)
    match published_fingerprint(setting):
        case None:
            return SettingFinding(name, State.UNKNOWN, rows)
        case published if published == fingerprint(questions):
            return SettingFinding(name, State.PUBLISHED, rows)
    return SettingFinding(name, State.DEVIATING, rows, "the rows differ from the published ones")


def _check_people(source: DataSource) -> SettingFinding:
    try:
        held = held_people(source)
    except MissingDataError as error:
        return SettingFinding("draws", State.ABSENT, 0, str(error).partition(". Point")[0])
    except DataError as error:
        return SettingFinding("draws", State.MALFORMED, 0, str(error))
    shown = ", ".join(f"{group} {label} {n}" for (group, label), n in held.items())
    state = State.PUBLISHED if are_published(source) else State.DEVIATING
    return SettingFinding("draws", state, sum(held.values()), f"to draw from: {shown}")


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Word the findings: a line per benchmark, below it a line per fault with what it costs."""
    for finding in findings:
        usable = [s for s in finding.settings if s.rows]
        rows = sum(setting.rows for setting in usable)
        yield f"{finding.benchmark}: {len(usable)} of {len(finding.settings)} settings, {rows} rows"
        for state in State:
            by_reason: dict[str, list[str]] = {}
            for setting in finding.settings:
                if setting.state is state and (setting.reason or state is not State.PUBLISHED):
                    by_reason.setdefault(setting.reason, []).append(setting.name)
            if len(by_reason) > _MOST_REASONS:
                first, *others = by_reason
                names = [name for named in by_reason.values() for name in named]
                by_reason = {f"{first}; and {len(others)} more": names}
            for reason, names in by_reason.items():
                yield f"  {_WORDS[state]}: {', '.join(names)}{f' ({reason})' if reason else ''}"
        for wanted, used in finding.substitutes.items():
            yield f"  substitute: {used} stands in for {wanted}"


_MOST_REASONS = 5  # more are told by an example
_WORDS = {
    State.PUBLISHED: "as published",
    State.UNKNOWN: "no published fingerprint to compare with",
    State.DEVIATING: "deviates",
    State.ABSENT: "missing, cannot be asked",
    State.MALFORMED: "malformed, cannot be asked",
}


def findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings as plain values."""
    return [asdict(finding) for finding in findings]
