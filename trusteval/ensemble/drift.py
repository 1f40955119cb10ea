"""How far the label probabilities of quantized models moved from the dense model's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from trusteval.answers.table import Codes
from trusteval.ensemble.figures import POINTS, spread
from trusteval.ensemble.weighed import NOT_RECORDED, Weighed
from trusteval.stats.averages import estimate_product
from trusteval.stats.clusters import estimate_change
from trusteval.stats.design import Design, Values
from trusteval.stats.divergence import kl_divergence
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Unavailable

_FEW = 3
"""Settings of a subject on a benchmark that are told outside of documents."""
_FIGURES = (
    Column("items", Kind.COUNT),
    Column("of", Kind.COUNT),
    Column("mean KL", Kind.NUMBER),
    Column("median KL", Kind.NUMBER),
    Column("90 % KL", Kind.NUMBER),
    Column("99 % KL", Kind.NUMBER),
    Column("maximum KL", Kind.NUMBER),
    Column("same best label", Kind.SHARE),
    Column("mean Δp", Kind.CHANGE),
    Column("RMS Δp", Kind.POINTS),
)
_SUBJECT = (Column("benchmark"), Column("subject"))
_NOTES = (
    "KL: the divergence of a subject's label probabilities from the dense model's, KL(dense || "
    "subject) in nats, 0 for the same ones; same best label: both find one label likeliest; Δp: "
    "what the right label gained, in points. Items: those of which both have every label's "
    "probability, of all that the score covers.",
    "These are the figures of llama.cpp's perplexity tool, but over a question's labels, their "
    "probabilities divided by their sum, in place of the whole vocabulary at every token: compare "
    "them with each other, never with llama.cpp's.",
)
Cells = tuple[Cell, ...]


def drift_table(found: Sequence[Weighed]) -> Table:
    """Show per benchmark how far each subject is from the dense model."""
    rows = tuple(
        (one.benchmark, name, *_figures(one, name, np.arange(one.items)))
        for one in found
        for name in _quantized(one)
    )
    title = "Label probabilities against the dense model's"
    return Table("drift", title, (*_SUBJECT, *_FIGURES), rows, _NOTES)


def drift_by_setting_table(found: Sequence[Weighed]) -> Table:
    """Show the same setting by setting; the settings of a subject that moved most come first."""
    told, further = list[Cells](), list[Cells]()
    for one in found:
        for name in _quantized(one):
            rows = sorted(_by_setting(one, name), key=_mean, reverse=True)
            told += rows[:_FEW]
            further += rows[_FEW:]
    return Table(
        "drift_by_setting",
        "Settings whose label probabilities moved most",
        (*_SUBJECT, Column("setting"), *_FIGURES),
        tuple(told),
        (f"The {_FEW} settings with the largest mean KL of each subject and benchmark.",),
        tuple(further),
    )


def _quantized(one: Weighed) -> Iterator[str]:
    yield from (name for name in one.subjects if name != one.panel.dense)


def _by_setting(one: Weighed, name: str) -> Iterator[Cells]:
    for setting, rows in one.settings.items():
        yield (one.benchmark, name, setting, *_figures(one, name, rows))


def _mean(row: Cells) -> float:
    cell = row[len(_SUBJECT) + 1 + [column.name for column in _FIGURES].index("mean KL")]
    match cell:
        case Spread(value):
            return value
        case float():
            return cell
        case _:
            return -1.0


def _figures(one: Weighed, name: str, rows: Codes) -> Cells:
    """Return a subject's figures over some rows, the unknown ones left out and counted."""
    dense = _dense_beside(one, name)
    if isinstance(dense, Unavailable):
        return _without(dense, of=len(rows))
    both = np.intersect1d(rows, one.known(dense, name))
    if not len(both):
        return _without(Unavailable("no item has all probabilities of both"), of=len(rows))
    p, q, truth = one.log[dense][both], one.log[name][both], one.truth[both]
    divergence, design = kl_divergence(p, q), one.design(both)
    each = np.arange(len(both))
    gained = np.exp(q[each, truth]) - np.exp(p[each, truth])
    return (
        len(both),
        len(rows),
        _of_mean(divergence, design=design),
        *(float(at) for at in np.quantile(divergence, (0.5, 0.9, 0.99, 1.0))),
        spread(design.share(p.argmax(axis=1) == q.argmax(axis=1))),
        spread(estimate_change([one.cell(gained, both)], most=1.0), scale=POINTS),
        _of_mean(gained**2, design=design, power=0.5, scale=POINTS),
    )


def _of_mean(of_rows: Values, *, design: Design, power: float = 1.0, scale: float = 1.0) -> Cell:
    """Return a power of the mean of what is not negative; 0 has no interval, nothing varied.

    The interval is that of its logarithm: a mean of so uneven values is nearer to normal there.
    """
    if not of_rows.any():
        return 0.0
    return spread(estimate_product(of_rows[:, None], (power,), design=design), scale=scale)


def _dense_beside(one: Weighed, name: str) -> str | Unavailable:
    """Name the dense model, or say why a subject cannot be compared with it."""
    dense = one.panel.dense
    if dense is None:
        return Unavailable("the dense model did not answer it")
    if dense not in one.log:
        return Unavailable("the dense model's probabilities are not recorded")
    return dense if name in one.log else NOT_RECORDED


def _without(why: Unavailable, *, of: int) -> Cells:
    return (0, of, *(why for _ in _FIGURES[2:]))
