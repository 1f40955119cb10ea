"""Which answers a judge reads: a stratified sample, the same items of every subject where it can.

Strata are a setting and a reading of it; a stratum's places go to the items with the smallest
numbers that the seed gives them, whoever answered (permanent random numbers: Ohlsson 1995). So the
draw is fair within a stratum, and members of a vote are read on mostly the same items.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from trusteval.answers.table import AnswerTable
from trusteval.stats.allocation import shared_by_roots
from trusteval.types import Sample

SEED = 0
"""What items get their numbers by; it is in the report."""
_LEAST = 2
"""Answers per stratum, on average, below which strata are merged."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """Answers drawn with equal chances: `rows` of the sample table, of the `size` there are."""

    size: int
    rows: tuple[int, ...]


def draw(answers: AnswerTable, *, most: int, seed: int = SEED) -> tuple[Stratum, ...]:
    """Draw `most` of the answers that a subject gave, or all for 0.

    Where there are fewer than 2 places for each reading of each setting, the strata are the
    readings alone; where there are fewer again, all answers are one.
    """
    rows = answers.rows.tolist()
    if not rows:
        return ()
    places = min(most, len(rows)) or len(rows)
    parts = _parts(answers, most=places)
    samples = answers.sample_table.samples
    numbers = {row: _number(samples[row], seed) for row in rows}
    shares = shared_by_roots([len(part) for part in parts], places)
    return tuple(
        Stratum(len(part), tuple(sorted(sorted(part, key=numbers.__getitem__)[:share])))
        for part, share in zip(parts, shares, strict=True)
    )


def _parts(answers: AnswerTable, *, most: int) -> list[list[int]]:
    """Return the rows of each stratum, of the finest parting that has places enough."""
    setting = answers.sample_table.setting
    readings = [(row, int(answers.code[row])) for row in answers.rows.tolist()]
    fine, coarse = dict[tuple[int, int], list[int]](), dict[int, list[int]]()
    for row, reading in readings:
        fine.setdefault((int(setting[row]), reading), []).append(row)
        coarse.setdefault(reading, []).append(row)
    if _LEAST * len(fine) <= most:
        return [fine[key] for key in sorted(fine)]
    if _LEAST * len(coarse) <= most:
        return [coarse[key] for key in sorted(coarse)]
    return [[row for row, _ in readings]]


def _number(sample: Sample, seed: int) -> bytes:
    """Return an item's own random number: the same of every subject and in every run."""
    return hashlib.sha256(f"{seed} {sample.setting.id} {sample.id}".encode()).digest()
