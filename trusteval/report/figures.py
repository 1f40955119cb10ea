"""Pictures of ensembles' tables, of what stands in them and nothing else.

A table is drawn by what it holds: CHANGE columns with intervals as a forest plot, one picture per
ensemble; a table called "agreement" as a matrix of its last two text columns; columns "cost" and
"score" as a scatter with its front.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from trusteval.ensemble.study import Study
from trusteval.errors import TrackingError
from trusteval.printable import printable
from trusteval.report.forest import draw_forest
from trusteval.report.matrix import draw_matrix
from trusteval.report.scatter import draw_scatter
from trusteval.system.files import real_path
from trusteval.system.replacing import replace_file
from trusteval.tables import Cell, Kind, Section, Spread, Table

Draw = Callable[[Any, Table], None]
"""Draws a table into a figure of matplotlib."""
_MOST_ROWS = 60
"""Of one picture; a table with more is drawn benchmark by benchmark, then in parts."""
_GROUPS = ("ensemble", "benchmark")
"""Columns whose values tables are parted by."""


def draw_studies(
    studies: Sequence[Study], across: Section | None, *, folder: Path
) -> Iterator[str]:
    """Draw what can be drawn into a folder, of several runs into one each; yield what was written.

    Raises TrackingError where matplotlib is missing or the folder cannot be written.
    """
    sections = {
        (f"run-{place}" if len(studies) > 1 else ""): study.sections
        for place, study in enumerate(studies, 1)
    }
    written = [
        path
        for name, of_run in (*sections.items(), *([("", (across,))] if across else []))
        for path in draw_sections(of_run, folder=folder / name)
    ]
    yield from (f"drawn: {path}" for path in written)
    if not written:
        yield "no table of these sections can be drawn"


def draw_sections(sections: Sequence[Section], *, folder: Path) -> list[Path]:
    """Draw every table that can be drawn as an .svg; return the files."""
    written: dict[Path, None] = {}
    for section in sections:
        for table in section.tables:
            draw = drawing_of(table)
            if draw is not None:
                for part, group in _parts(table):
                    path = _free(folder, (section.name, table.name, *group), written)
                    _write(path, draw, part)
                    written[path] = None
    return list(written)


def drawing_of(table: Table) -> Draw | None:
    """Return how a table is drawn; None where it holds nothing that is."""
    kinds = {column.name: column.kind for column in table.columns}
    if not table.rows:
        return None
    if table.name == "agreement" and list(kinds.values()).count(Kind.TEXT) > 1:
        return draw_matrix
    if kinds.get("cost") is Kind.SECONDS and kinds.get("score") is Kind.POINTS:
        return draw_scatter
    changes = [n for n, column in enumerate(table.columns) if column.kind is Kind.CHANGE]
    has_interval = any(isinstance(row[n], Spread) for row in table.rows for n in changes)
    return draw_forest if has_interval else None


def _parts(table: Table) -> Iterator[tuple[Table, tuple[str, ...]]]:
    """Part a table into pictures: by ensemble, and where those are long by benchmark."""
    names = [column.name for column in table.columns]
    by = [names.index(name) for name in _GROUPS if name in names]
    rows: Mapping[tuple[str, ...], Sequence[tuple[Cell, ...]]] = {(): table.rows}
    for column in by:
        if names[column] == "benchmark" and max(map(len, rows.values())) <= _MOST_ROWS:
            break
        rows = {
            (*group, str(value)): [row for row in some if row[column] == value]
            for group, some in rows.items()
            for value in dict.fromkeys(row[column] for row in some)
        }
    for group, some in rows.items():
        for start in range(0, len(some), _MOST_ROWS):
            title = ", ".join((table.title, *group))
            part = Table(table.name, title, table.columns, tuple(some[start : start + _MOST_ROWS]))
            yield part, group


def _free(folder: Path, words: Sequence[str], taken: Mapping[Path, None]) -> Path:
    """Return a file's place, called by words, that no other picture has."""
    words = list(dict.fromkeys(words))
    stem = "-".join(re.sub(r"[^A-Za-z0-9._]+", "-", word).strip("-.") for word in words)[:120]
    numbered = (folder / f"{stem}{'' if n == 1 else f'-{n}'}.svg" for n in range(1, 1 << 20))
    return next(path for path in numbered if path not in taken)


def _write(path: Path, draw: Draw, table: Table) -> None:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise TrackingError(
            f"figures need matplotlib: pip install 'trusteval[plot]' ({error})"
        ) from error
    drawn = BytesIO()  # whole before anything is written
    # The same table gives the same bytes.
    with warnings.catch_warnings(), rc_context({"svg.hashsalt": "trusteval"}):
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
        warnings.filterwarnings("ignore", "constrained_layout not applied")  # only ugly
        figure = Figure(layout="constrained")
        figure.suptitle(printable(table.title), fontsize=9, parse_math=False)
        draw(figure, table)
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(real_path(path), drawn.getvalue())
    except OSError as error:
        raise TrackingError(f"cannot draw {path}: {error.strerror}") from error
