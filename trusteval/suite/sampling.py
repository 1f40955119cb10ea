"""Draws units, seeded, stratified and nested, and never tears one apart.

A unit is a unit with all its rows in all settings (docs/method.md, intervals). A larger
sample contains the smaller: units of a stratum have one fixed order, and samples are prefixes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.portion import Quota

SEED = 2511

Stratum = tuple[str, ...]


def draw(
    questions: Mapping[str, Sequence[Question]], quotas: Sequence[Quota], *, seed: int = SEED
) -> dict[str, tuple[Question, ...]]:
    """Keep the questions (setting to rows) of the units drawn.

    A unit belongs to the first quota in whose settings it occurs, and to none otherwise.
    """
    strata, occurs = _units(questions)
    rows = Counter(question.sample.unit for asked in questions.values() for question in asked)
    chosen: set[str] = set()
    left = dict(strata)
    for quota in quotas:
        mine = {unit: left[unit] for unit in left if not occurs[unit].isdisjoint(quota.settings)}
        if quota.proportional:
            mine = {unit: (*stratum, *sorted(occurs[unit])) for unit, stratum in mine.items()}
        ordered = _order(mine, proportional=quota.proportional, seed=seed)[: quota.units]
        if quota.most_rows is not None:
            sums = accumulate(rows[unit] for unit in ordered)
            ordered = ordered[: sum(total <= quota.most_rows for total in sums)]
        chosen.update(ordered)
        left = {unit: stratum for unit, stratum in left.items() if unit not in mine}
    return {
        name: tuple(question for question in asked if question.sample.unit in chosen)
        for name, asked in questions.items()
    }


def _units(
    questions: Mapping[str, Sequence[Question]],
) -> tuple[dict[str, Stratum], dict[str, set[str]]]:
    """Return every unit's stratum, and the settings it occurs in."""
    strata: dict[str, Stratum] = {}
    occurs: dict[str, set[str]] = {}
    for name, rows in questions.items():
        for question in rows:
            sample = question.sample
            # Of a text whose rows have several labels, the first in the alphabet.
            stratum = (str(sample.group), sample.target)
            strata[sample.unit] = min(strata.get(sample.unit, stratum), stratum)
            occurs.setdefault(sample.unit, set()).add(name)
    return strata, occurs


def _order(strata: Mapping[str, Stratum], *, proportional: bool, seed: int) -> list[str]:
    """Order units so that every prefix is spread over the strata."""
    members: dict[Stratum, list[str]] = {}
    for unit, stratum in strata.items():
        members.setdefault(stratum, []).append(unit)
    placed = []
    for stratum, units in sorted(members.items()):
        size = len(units) if proportional else 1
        ranked = sorted(units, key=lambda unit: _rank(unit, seed))
        placed += [((i + 0.5) / size, stratum, unit) for i, unit in enumerate(ranked)]
    return [unit for _, _, unit in sorted(placed)]


def _rank(unit: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{unit}".encode()).digest()
