"""How alike members are, two by two: in their answers, in their errors, in their silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from trusteval.answers.table import Codes, Flags
from trusteval.ensemble.ballots import REFUSED, Ballots, ballots_of
from trusteval.ensemble.figures import spread
from trusteval.ensemble.panels import Panels
from trusteval.stats.association import associate, phi
from trusteval.stats.design import Design
from trusteval.stats.diversity import agreement_when_both_wrong, concordance, likeness
from trusteval.stats.undefined import Undefined
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_PAIR = (Column("ensemble"), Column("benchmark"), Column("member"), Column("other"))
Cells = tuple[Cell, ...]


def pair_tables(panels: Panels) -> tuple[Table, ...]:
    """Show every pair of members by answers, by being right, and by each outcome apart."""
    numbered = [(panel, ballots_of(panel)) for panel in panels.panels]

    def rows(of_pair: Callable[[Ballots, int, int], Iterator[Cells]]) -> tuple[Cells, ...]:
        return tuple(
            (panel.ensemble, panel.benchmark, panel.names[a], panel.names[b], *cells)
            for panel, ballots in numbered
            for a, b in combinations(range(ballots.n_members), 2)
            for cells in of_pair(ballots, a, b)
        )

    return (
        Table("agreement", "Do two members give the same answer", _AGREEMENT, rows(_agreement)),
        Table(
            "likeness", "Are two members right on the same items", _LIKENESS, rows(_likeness), _TOLD
        ),
        Table("outcomes", "Each outcome apart", _OUTCOMES, rows(_outcomes), _TOLD_OUTCOMES),
    )


# -- by answers ----------------------------------------------------------------------------

_AGREEMENT = (
    *_PAIR,
    Column("same answer", Kind.SHARE),
    Column("kappa", Kind.NUMBER),
    Column("both wrong", Kind.COUNT),
    Column("with labels", Kind.COUNT),
    Column("the same wrong label", Kind.SHARE),
    Column("by chance", Kind.SHARE),
)


def _agreement(ballots: Ballots, a: int, b: int) -> Iterator[Cells]:
    ours, its, design = ballots.joined[:, a], ballots.joined[:, b], ballots.design
    answers = concordance(ours, its, design=design)
    errors = agreement_when_both_wrong(
        ours, its, ballots.truth, labels=ballots.n_labels, design=design
    )
    chance = errors.chance
    yield (
        spread(answers.agreement),
        spread(answers.kappa),
        errors.both_wrong,
        errors.labelled,
        spread(errors.agreement),
        Unavailable(f"undefined: {chance.reason}") if isinstance(chance, Undefined) else chance,
    )


# -- by being right ------------------------------------------------------------------------

_LIKENESS = (
    *_PAIR,
    Column("disagreement", Kind.SHARE),
    Column("double fault", Kind.SHARE),
    Column("phi", Kind.NUMBER),
    Column("Yule's Q", Kind.NUMBER),
    Column("kappa", Kind.NUMBER),
)
_TOLD = (
    "Disagreement: one of the two is right; double fault: both are wrong; phi, Q and kappa are 0 "
    "for independent members and 1 for members that are right on the same items (Kuncheva and "
    "Whitaker 2003).",
)


def _likeness(ballots: Ballots, a: int, b: int) -> Iterator[Cells]:
    found = likeness(ballots.right[:, a], ballots.right[:, b], design=ballots.design)
    yield (
        spread(found.disagreement),
        spread(found.double_fault),
        spread(found.phi),
        spread(found.yule_q),
        spread(found.kappa),
    )


# -- by outcome ----------------------------------------------------------------------------

_OUTCOMES = (
    *_PAIR,
    Column("outcome"),
    Column("member's", Kind.SHARE),
    Column("other's", Kind.SHARE),
    Column("both", Kind.SHARE),
    Column("phi", Kind.NUMBER),
)
_TOLD_OUTCOMES = (
    "Member's, other's, both: the share of items on which it comes to this; phi: do they come to "
    "it on the same items.",
)


def _outcomes(ballots: Ballots, a: int, b: int) -> Iterator[Cells]:
    for name, flags in _flags(ballots.codes, ballots.right).items():
        yield (name, *_outcome(flags[:, a], flags[:, b], design=ballots.design))


def _flags(codes: Codes, right: Flags) -> dict[str, Flags]:
    return {
        "correct": right,
        "wrong": (codes >= 0) & ~right,
        "refused": codes == REFUSED,
        "invalid": codes < REFUSED,
    }


def _outcome(ours: Flags, its: Flags, *, design: Design) -> Cells:
    if not (ours | its).any():
        return (0.0, 0.0, 0.0, Unavailable("undefined: neither member ever comes to this"))
    together = associate(ours.astype(np.int64), its.astype(np.int64), phi, design=design)
    if isinstance(together, Undefined):
        together = Undefined("items of only one kind for a member")
    both = spread(design.share(ours & its))
    return (design.mean(ours), design.mean(its), both, spread(together))
