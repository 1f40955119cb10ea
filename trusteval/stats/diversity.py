"""How alike two members of an ensemble are: in what they get right, and in what they answer.

Definitions of Kuncheva and Whitaker (2003, Machine Learning 51:181), as in DESlib. Codes of
answers are labels from 0 on; a negative code is no label, one for each way to give none (refused,
invalid). Intervals are 90 %, by units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trusteval.stats.association import Association, associate, kappa, phi, yule_q
from trusteval.stats.design import Codes, Design, Flags
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two members by what they get right.

    `agreement` is the share of rows that both get right or both wrong, `disagreement` 1 minus
    it, `double_fault` the share both get wrong; phi, Yule's Q and Cohen's kappa are in [-1, 1], 0
    under independence, 1 where the members never differ.
    """

    agreement: Proportion
    disagreement: Proportion
    double_fault: Proportion
    phi: Association | Undefined
    yule_q: Association | Undefined
    kappa: Association | Undefined


def likeness(a: Flags, b: Flags, *, design: Design) -> Likeness:
    """Compare which rows two members get right; `a` and `b` are true where right."""
    right_a, right_b = a.astype(np.int64), b.astype(np.int64)
    return Likeness(
        agreement=design.share(a == b),
        disagreement=design.share(a != b),
        double_fault=design.share(~a & ~b),
        phi=associate(right_a, right_b, phi, design=design),
        yule_q=associate(right_a, right_b, yule_q, design=design),
        kappa=associate(right_a, right_b, kappa, design=design),
    )


@dataclass(frozen=True, slots=True)
class Concordance:
    """Two members by their answers: the share of rows with one code from both, and its kappa."""

    agreement: Proportion
    kappa: Association | Undefined


def concordance(a: Codes, b: Codes, *, design: Design) -> Concordance:
    """Compare two columns of answers; negative codes agree with themselves like labels do."""
    return Concordance(design.share(a == b), associate(a, b, kappa, design=design))


@dataclass(frozen=True, slots=True)
class SharedErrors:
    """How often two members that both err give the same wrong label.

    `both_wrong` counts the rows that both get wrong, `labelled` those of them on which both gave
    a label: these `agreement` is a share of, and `chance` its mean under guesses that are even
    among the wrong labels, in (0, 1]: 1 where there are two labels.
    """

    both_wrong: int
    labelled: int
    agreement: Proportion | Undefined
    chance: float | Undefined


def agreement_when_both_wrong(
    a: Codes, b: Codes, truth: Codes, *, labels: npt.ArrayLike, design: Design
) -> SharedErrors:
    """Compare the wrong labels of two members with chance, 1 / (k - 1) per row.

    `a`, `b` and `truth` are codes, `labels` is k for each row or for all; ValueError where it is
    below 2 in a row that counts. Kim et al. (arXiv 2506.07962) have the measure.
    """
    both_wrong = (a != truth) & (b != truth)
    within = both_wrong & (a >= 0) & (b >= 0)
    k = np.broadcast_to(np.asarray(labels), a.shape)
    if (k[within] < 2).any():
        raise ValueError(f"expected at least 2 labels per row, got {k[within].min()}")
    weights = design.weights[within]
    none = Undefined("no rows on which both give a wrong label")
    agreement = design.share_within(a == b, within)
    return SharedErrors(
        both_wrong=int(both_wrong.sum()),
        labelled=int(within.sum()),
        agreement=none if isinstance(agreement, Undefined) else agreement,
        chance=float(weights @ (1 / (k[within] - 1)) / weights.sum()) if weights.any() else none,
    )
