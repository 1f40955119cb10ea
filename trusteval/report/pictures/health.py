"""How well every variant predicts a fixed text, before it is asked anything."""

from __future__ import annotations

from math import isfinite

from trusteval.charts.dots import DotPlot
from trusteval.charts.look import series
from trusteval.report.cells import shown_value
from trusteval.report.pictures.dot_rows import dot_row
from trusteval.report.pictures.sketch import Sketch, nothing
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_TITLE = "Health: perplexity on the fixed text"
_COLUMNS = (Column("subject"), Column("perplexity", Kind.NUMBER))


def health_sketch(record: RunRecord) -> Sketch:
    """Sketch the perplexity of each variant; who is too broken to be judged stands without one."""
    measured = record.noted("perplexity")
    found: dict[str, Cell] = {name: _figure(words) for name, words in measured.items()}
    found |= {name: Unavailable(why) for name, why in record.broken.items()}
    if not measured:
        return nothing("health", _TITLE, "no variant's perplexity was measured")
    rows = tuple(
        dot_row(
            name,
            cell,
            said="" if isinstance(cell, Unavailable) else shown_value(cell, Kind.NUMBER),
            role=series(record.places.get(name, 0))[0],
            marker=series(record.places.get(name, 0))[1],
        )
        for name, cell in found.items()
    )
    chart = DotPlot("Perplexity", rows, unit="perplexity per token; lower is healthier")
    table = Table("health", _TITLE, _COLUMNS, tuple(found.items()))
    return Sketch("health", _TITLE, "Votes have none: they predict no text.", table, (chart,))


def _figure(words: str) -> Cell:
    """Return a perplexity as it was noted."""
    try:
        value = float(words)
    except ValueError:
        return Unavailable(f"noted as {words}")
    return value if isfinite(value) else Unavailable(f"it is {words}")
