"""What a run was asked to judge and did not, and why: neither error nor silence is a verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from trusteval.system.plain import fields_in
from trusteval.types import Dimension, Level

ENDED = "the run ended before its test"


class Cause(StrEnum):
    """ERROR: it could not be measured; BROKEN: its weights are; NOT_RUN: no test judged it."""

    ERROR = "ERROR"
    BROKEN = "BROKEN"
    NOT_RUN = "NOT RUN"


@dataclass(frozen=True, slots=True)
class Asked:
    """A gate and a subject that the run is to judge."""

    gate: str
    subject: str
    benchmark: str
    dimension: Dimension
    level: Level


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept a test from judging, recording or loading a subject.

    `benchmark` and `gate` are None where the test was about no single one.
    """

    subject: str
    why: str
    cause: Cause = Cause.ERROR
    benchmark: str | None = None
    gate: str | None = None


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A gate without a verdict; without a gate, a subject that no gate holds and that failed."""

    subject: str
    cause: Cause
    why: str
    gate: str | None = None
    benchmark: str | None = None
    dimension: Dimension | None = None
    level: Level | None = None

    @property
    def sentence(self) -> str:
        """Say who was not judged on what, and why, in one line."""
        where = self.gate or self.benchmark
        return f"{self.subject} on {where}: {self.why}" if where else f"{self.subject}: {self.why}"


@dataclass(frozen=True, slots=True)
class Collected:
    """What pytest collected: the benchmarks that tests claim, and the gates and subjects to run."""

    claimed: frozenset[str]
    selected: frozenset[tuple[str, str]]

    def why_not_run(self, asked: Asked) -> str:
        """Say why a gate that nobody judged had no test."""
        if (asked.gate, asked.subject) in self.selected:
            return ENDED
        if asked.benchmark in self.claimed:
            return "deselected"
        return f"no collected test claims {asked.benchmark}"

    def to_document(self) -> dict[str, list[Any]]:
        """Return what goes home from a worker as JSON."""
        return {"claimed": sorted(self.claimed), "selected": sorted(map(list, self.selected))}


def collected_from_document(values: Mapping[str, Any]) -> Collected:
    """Rebuild what a worker collected."""
    pairs = frozenset((gate, subject) for gate, subject in values["selected"])
    return Collected(frozenset(values["claimed"]), pairs)


def find_unjudged(
    asked: Iterable[Asked],
    *,
    judged: Collection[tuple[str, str]],
    failures: Sequence[Failure],
    collected: Collected | None,
) -> list[Unjudged]:
    """Return every gate and subject without a verdict, then subjects that failed beside them.

    The first failure of a gate's own test is its reason. `collected` is None where no worker lived
    to tell.
    """
    pairs = list(asked)
    found = _gates_without_verdict(pairs, judged=judged, failures=failures, collected=collected)
    gated: set[tuple[str, str | None]] = {(pair.subject, pair.benchmark) for pair in pairs}
    for failure in failures:
        key = failure.subject, failure.benchmark
        if failure.benchmark and failure.gate is None and key not in gated:
            gated.add(key)
            found.append(
                Unjudged(failure.subject, failure.cause, failure.why, benchmark=failure.benchmark)
            )
    said = {one.subject for one in found if one.cause is not Cause.NOT_RUN}
    for failure in failures:
        if failure.benchmark is None and failure.subject not in said:
            said.add(failure.subject)
            found.append(Unjudged(failure.subject, failure.cause, failure.why))
    return found


def _gates_without_verdict(
    asked: Iterable[Asked],
    *,
    judged: Collection[tuple[str, str]],
    failures: Sequence[Failure],
    collected: Collected | None,
) -> list[Unjudged]:
    own = {(f.gate, f.subject): f for f in reversed(failures) if f.gate is not None}
    found = []
    for pair in asked:
        if (pair.gate, pair.subject) in judged:
            continue
        failure = own.get((pair.gate, pair.subject))
        if failure is not None:
            cause, why = failure.cause, failure.why
        else:
            cause, why = Cause.NOT_RUN, collected.why_not_run(pair) if collected else ENDED
        found.append(
            Unjudged(
                pair.subject, cause, why, pair.gate, pair.benchmark, pair.dimension, pair.level
            )
        )
    return found


def unjudged_from_dict(values: Mapping[str, Any]) -> Unjudged:
    """Rebuild from `dataclasses.asdict`."""
    closed = {
        "cause": Cause(values["cause"]),
        "dimension": None if values["dimension"] is None else Dimension(values["dimension"]),
        "level": None if values["level"] is None else Level(values["level"]),
    }
    return Unjudged(**{**fields_in(values, Unjudged), **closed})
