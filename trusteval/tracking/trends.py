"""Parts the scores of a history into trends: what was asked and read alike is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from trusteval.tracking.points import Asked, Point

_DIGITS = 12
"""Of a fingerprint."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One subject on one benchmark, from run to run, asked alike.

    `change` says what was asked otherwise than in the trend before it of the same name; "" where
    there is none.
    """

    model: str
    profile: str
    protocol: str
    benchmark: str
    subject: str
    asked: Asked
    points: tuple[Point, ...]
    change: str = ""


def trends(points: Sequence[Point]) -> list[Trend]:
    """Group points by model, profile, protocol, benchmark and subject, then by how they were asked.

    By name, and those of one name by when they began.
    """
    grouped: dict[tuple[str, str, str, str, str], dict[Asked, list[Point]]] = {}
    for point in sorted(points, key=lambda p: p.started):
        key = (point.model, point.profile, point.protocol, point.benchmark, point.subject)
        grouped.setdefault(key, {}).setdefault(point.asked, []).append(point)
    found = []
    for key, of_one_name in sorted(grouped.items()):
        before: Asked | None = None
        for asked, some in of_one_name.items():
            change = "" if before is None else change_of(before, asked)
            found.append(Trend(*key, asked=asked, points=tuple(some), change=change))
            before = asked
    return found


def change_of(before: Asked, asked: Asked) -> str:
    """Say what differs: "prompts 3f0c9a1be2d4, now a41d77c09355"."""
    pairs = ((f.name, getattr(before, f.name), getattr(asked, f.name)) for f in fields(Asked))
    return "; ".join(
        f"{'sampling seed' if name == 'seed' else name} {_cut(old)}, now {_cut(new)}"
        for name, old, new in pairs
        if old != new
    )


def _cut(text: str) -> str:
    return " ".join(word[:_DIGITS] for word in text.split())
