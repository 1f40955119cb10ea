"""What a gate is: one row of gates.toml, and whom it holds to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from trusteval.types import DENSE, DRAWN, Level

BASELINE = "baseline"
"""The reference that is no subject: what was accepted before."""


class Rival(StrEnum):
    """A reference that is made of a vote's own members.

    BEST_MEMBER: whichever of them is best. FALLBACK: the chain that answers by the highest
    precision, unless it gives no valid answer.
    """

    BEST_MEMBER = "best-member"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Gate:
    """One row of gates.toml: what is measured, the limits it must keep, and why.

    Limits are points. `at_least` and `at_most` bound the value. The others compare with
    `reference`, a subject, the accepted baseline or a vote's rival, paired by sample: `max_drop`
    and `max_rise` say how much worse, `gap_shift` how far the rates of two groups may move apart;
    `detect_drop` looks for any drop and never passes. `min_group` raises how many answered rows
    each group needs.
    `point` compares the point estimate with an absolute limit, for samples too small to resolve
    it. `profiles` are those the row belongs to, none for all. `number` is its place in the file.
    """

    benchmark: str
    metric: str
    why: str
    setting: str | None = None
    subjects: tuple[str, ...] = ("*",)
    at_least: float | None = None
    at_most: float | None = None
    max_drop: float | None = None
    max_rise: float | None = None
    gap_shift: float | None = None
    detect_drop: bool = False
    reference: str = DENSE
    min_group: int | None = None
    point: bool = False
    level: Level = Level.BLOCK
    profiles: tuple[str, ...] = ()
    number: int = field(default=0, compare=False)

    @property
    def id(self) -> str:
        """The row's name in test ids: benchmark, setting where given, metric, other reference."""
        against = None if self.reference == DENSE else f"against_{self.reference}"
        return ".".join(filter(None, (self.benchmark, self.setting, self.metric, against)))

    @property
    def is_absolute(self) -> bool:
        return self.at_least is not None or self.at_most is not None

    @property
    def is_anchored(self) -> bool:
        """Whether a limit of the value itself keeps somebody out."""
        return (self.at_least or 0) > 0 or (100 if self.at_most is None else self.at_most) < 100

    @property
    def holds_nobody(self) -> bool:
        """Whether no answers can break it: at least 0, at most 100, a drop of at most 100."""
        return not (self.is_anchored or self.detect_drop or any(m < 100 for m in self.margins))

    @property
    def is_relative(self) -> bool:
        """Whether it compares with its reference."""
        return self.detect_drop or bool(self.margins)

    @property
    def rival(self) -> Rival | None:
        """What is made of a vote's own members that it compares with, if it does."""
        is_rival = self.is_relative and self.reference in list(Rival)
        return Rival(self.reference) if is_rival else None

    @property
    def limits(self) -> tuple[float, ...]:
        """The limits of the value itself."""
        return tuple(limit for limit in (self.at_least, self.at_most) if limit is not None)

    @property
    def margins(self) -> tuple[float, ...]:
        """How much worse than its reference a subject may be, and how far a gap may move."""
        asked = (self.max_drop, self.max_rise, self.gap_shift)
        return tuple(margin for margin in asked if margin is not None)

    @property
    def is_tested(self) -> bool:
        """Whether it is one of those that share the error of 0.05."""
        return self.level is Level.BLOCK and not self.point

    def compares(self, subject: str) -> bool:
        """Say whether a subject is compared; none is with itself."""
        return self.is_relative and subject != self.reference

    def applies_to(self, subject: str) -> bool:
        """Say whether a subject of this name is held to the gate."""
        named = any(matches(subject, pattern) for pattern in self.subjects)
        return named and (self.is_absolute or self.compares(subject))

    def is_for(self, profile: str) -> bool:
        """Say whether the row is judged under a profile."""
        return not self.profiles or profile in self.profiles


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of the shipped gates.toml that holds nobody of a run: its place, name and patterns.

    `unscored_by` is the protocol that does not score its benchmark, None where it does.
    """

    number: int
    gate: str
    subjects: tuple[str, ...]
    unscored_by: str | None = None

    def __str__(self) -> str:
        why = ", ".join(self.subjects)
        if self.unscored_by is not None:
            why = f"the protocol {self.unscored_by} does not score it"
        return f"gate {self.number} {self.gate} ({why})"


def matches(subject: str, pattern: str) -> bool:
    """Say whether a row's pattern names a subject.

    Draws at a temperature are named by a pattern that has their "~" too, never by the way: they
    were not what a limit was set for.
    """
    return (DRAWN in pattern or DRAWN not in subject) and fnmatchcase(subject, pattern)


def row_sentences(
    origin: str, *, left_out: Iterable[str], without_row: Iterable[str], unbreakable: Iterable[str]
) -> list[str]:
    """Say which rows of a file hold nobody of a run or nobody at all, and whom no row holds."""
    rows, whom, loose = list(left_out), list(without_row), list(unbreakable)
    holds = (
        f"1 row of {origin} applies" if len(rows) == 1 else f"{len(rows)} rows of {origin} apply"
    )
    return [
        *([f"{holds} to no subject of this run, left out: {', '.join(rows)}"] if rows else []),
        *([f"no row of {origin} judges {'; '.join(whom)}"] if whom else []),
        *(
            f"{row} of {origin} has a limit that no answers can break: its PASS says only that "
            "there is a value"
            for row in loose
        ),
    ]


def family_size(gates: Iterable[Gate], subject: str) -> int:
    """Count the blocking rows that hold a subject: what shares its error of 0.05, at least 1."""
    return max(1, sum(gate.applies_to(subject) for gate in gates if gate.is_tested))
