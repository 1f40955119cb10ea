"""Worlds in which the truth is known: rows, what a judge makes of them, and how its errors look."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from trusteval.stats.judge_errors import Calibration, JudgedCell, Said

Flags = npt.NDArray[np.bool_]


def said(yes: int, n: int, *, first_unit: int = 0) -> Said:
    """Build `n` rows of as many units, of which a judge says yes to the first ones."""
    return Said((np.arange(n) < yes).astype(float), np.ones(n), np.arange(n) + first_unit)


def cell(
    judged: tuple[int, int],
    sensitivity: tuple[int, int],
    specificity: tuple[int, int],
    *,
    weight: float = 1.0,
    place: int = 0,
) -> JudgedCell:
    """Build a cell from counts: yes of judged rows, right of true ones, right of false ones."""
    at = 10**6 * place
    right, n_false = specificity
    return JudgedCell(
        weight,
        said(*judged, first_unit=at),
        Calibration(
            said(*sensitivity, first_unit=at + 10**5),
            said(n_false - right, n_false, first_unit=at + 2 * 10**5),
        ),
    )


def drawn_world(
    rng: np.random.Generator,
    *,
    share: float,
    n: int,
    n_labels: int,
    sensitivity: float,
    specificity: float,
    place: int = 0,
) -> JudgedCell | None:
    """Draw judged rows and, apart from them, labelled ones; None where those are of one kind."""
    _, judged = _draw(rng, n, share, sensitivity, specificity)
    holds, by_judge = _draw(rng, n_labels, share, sensitivity, specificity)
    if holds.all() or not holds.any():
        return None
    at = 10**6 * place
    labelled = Said(by_judge.astype(float), np.ones(n_labels), np.arange(n_labels) + at + 10**5)
    rows = Said(judged.astype(float), np.ones(n), np.arange(n) + at)
    return JudgedCell(1.0, rows, Calibration.of(labelled, holds))


def _draw(
    rng: np.random.Generator, n: int, share: float, sensitivity: float, specificity: float
) -> tuple[Flags, Flags]:
    holds = rng.random(n) < share
    yes = np.where(holds, rng.random(n) < sensitivity, rng.random(n) >= specificity)
    return holds, yes
