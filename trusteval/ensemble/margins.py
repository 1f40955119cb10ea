"""How sure subjects are: by how much the likeliest and the right label lead, and if rightly so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from trusteval.answers.table import Codes
from trusteval.ensemble.figures import NO_ERROR, POINTS, spread
from trusteval.ensemble.weighed import NOT_RECORDED, Weighed, lead_of, lead_of_best
from trusteval.stats.averages import estimate_mean, estimate_product
from trusteval.stats.calibration import BINS, Calibration, calibration
from trusteval.stats.clusters import estimate_change, estimate_difference
from trusteval.stats.undefined import Undefined
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_SUBJECT = (
    Column("benchmark"),
    Column("subject"),
    Column("items", Kind.COUNT),
    Column("of", Kind.COUNT),
)
Cells = tuple[Cell, ...]
_Figures = Callable[[Weighed, str, Codes], Cells]
"""What is said of a subject over the rows on which it has every label's probability."""


def margin_tables(found: Sequence[Weighed]) -> tuple[Table, ...]:
    """Show margins, what they have to do with the answers, and whether they mean what they say."""
    return (
        Table(
            "margins",
            "Margins between labels",
            (*_SUBJECT, *_MARGINS),
            _rows(found, _MARGINS, _margins),
            _MARGIN_NOTES,
        ),
        Table(
            "said",
            "The likeliest label and the answer",
            (*_SUBJECT, *_SAID),
            _rows(found, _SAID, _said),
            _SAID_NOTES,
        ),
        Table(
            "calibration",
            "Calibration",
            (*_SUBJECT, *_CALIBRATION),
            _rows(found, _CALIBRATION, _calibration),
            _CALIBRATION_NOTES,
        ),
    )


def _rows(
    found: Sequence[Weighed], columns: Sequence[Column], figures: _Figures
) -> tuple[Cells, ...]:
    return tuple(
        (one.benchmark, name, *_row(one, name, columns, figures=figures))
        for one in found
        for name in one.subjects
    )


def _row(one: Weighed, name: str, columns: Sequence[Column], *, figures: _Figures) -> Cells:
    if name not in one.log:
        return (0, one.items, *(NOT_RECORDED for _ in columns))
    rows = one.known(name)
    if not len(rows):
        why = Unavailable("no item has the probabilities of all labels")
        return (0, one.items, *(why for _ in columns))
    return (len(rows), one.items, *figures(one, name, rows))


# -- margins -------------------------------------------------------------------------------

_MARGINS = (
    Column("mean margin", Kind.NUMBER),
    Column("median", Kind.NUMBER),
    Column("times dense's", Kind.NUMBER),
    Column("right label's mean", Kind.NUMBER),
    Column("right label's median", Kind.NUMBER),
    Column("right label behind", Kind.SHARE),
)
_MARGIN_NOTES = (
    "Margin: the log-probability of the likeliest label minus that of the next, in nats, at least "
    "0; the right label's: its log-probability minus that of the likeliest wrong label, below 0 "
    "where it is behind. Times dense's: mean margin over the dense model's, on the items of both.",
    NO_ERROR,
)


def _margins(one: Weighed, name: str, rows: Codes) -> Cells:
    log, design = one.log[name][rows], one.design(rows)
    margin, right = lead_of_best(log), lead_of(log, one.truth[rows])
    return (
        spread(estimate_mean(margin, design=design, least=0.0)),
        float(np.median(margin)),
        _times_dense(one, name),
        spread(estimate_mean(right, design=design)),
        float(np.median(right)),
        spread(design.share(right < 0)),
    )


def _times_dense(one: Weighed, name: str) -> Cell:
    dense = one.panel.dense
    if dense is None or dense not in one.log:
        return Unavailable("the dense model's probabilities are not recorded")
    if name == dense:
        return 1.0
    both = one.known(dense, name)
    if not len(both):
        return Unavailable("no item has all probabilities of both")
    margins = np.column_stack([lead_of_best(one.log[who][both]) for who in (name, dense)])
    return spread(estimate_product(margins, (1.0, -1.0), design=one.design(both)))


# -- answers -------------------------------------------------------------------------------

_SAID = (
    Column("right by probability", Kind.POINTS),
    Column("right by text", Kind.POINTS),
    Column("difference", Kind.CHANGE),
    Column("with a label", Kind.COUNT),
    Column("said the likeliest", Kind.SHARE),
)
_SAID_NOTES = (
    "By probability: the likeliest label is the right one; by text: the answer that was scored is. "
    "Shares of items, every item alike, not the benchmark's score; difference: the first minus the "
    "second. Said the likeliest: of the answers with a label.",
)


def _said(one: Weighed, name: str, rows: Codes) -> Cells:
    design, likeliest = one.design(rows), one.log[name][rows].argmax(axis=1)
    by_probability, by_text = likeliest == one.truth[rows], one.right(name)[rows]
    said = one.said(name)[rows]
    difference = estimate_difference([one.cell(by_probability * 1.0 - by_text, rows)])
    return (
        spread(design.share(by_probability), scale=POINTS),
        spread(design.share(by_text), scale=POINTS),
        spread(difference, scale=POINTS),
        int((said >= 0).sum()),
        spread(design.share_within(said == likeliest, said >= 0)),
    )


# -- calibration ---------------------------------------------------------------------------

_CALIBRATION = (
    Column("mean probability", Kind.POINTS),
    Column("right", Kind.POINTS),
    Column("overconfidence", Kind.CHANGE),
    Column("calibration error", Kind.POINTS),
    Column("by chance", Kind.POINTS),
)
_CALIBRATION_NOTES = (
    "Mean probability: of the likeliest label, its share of the sum over the labels; right: of the "
    "items on which that label is right; overconfidence: the first minus the second. Calibration "
    f"error: items sorted by that probability into {BINS} bins of the same size, the mean over "
    "items of how far probability and right lie apart in their bin; by chance: what it would be "
    "if probabilities were exactly right. Longer labels are less likely for their length alone.",
    NO_ERROR,
)


def _calibration(one: Weighed, name: str, rows: Codes) -> Cells:
    log, design = one.log[name][rows], one.design(rows)
    confidence = np.exp(log.max(axis=1))
    right = log.argmax(axis=1) == one.truth[rows]
    over = estimate_change([one.cell(confidence - right, rows)], most=1.0)
    return (
        spread(estimate_mean(confidence, design=design, least=0.0, most=1.0), scale=POINTS),
        spread(design.share(right), scale=POINTS),
        spread(over, scale=POINTS),
        *_errors(calibration(confidence, right)),
    )


def _errors(found: Calibration | Undefined) -> Cells:
    if isinstance(found, Undefined):
        return (Unavailable(f"undefined: {found.reason}"),) * 2
    return POINTS * found.error, POINTS * found.by_chance
