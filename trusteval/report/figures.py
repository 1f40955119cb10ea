"""Pictures of ensembles' tables as files, of what stands in them and nothing else.

A table is drawn by what it holds: CHANGE columns with intervals as rows of dots, one picture per
ensemble; a table called "agreement" as a matrix of its last two text columns; columns "cost" and
"score" as points with their front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from trusteval.charts.files import chart_file
from trusteval.charts.panel import Chart
from trusteval.ensemble.study import Study
from trusteval.errors import TrackingError
from trusteval.report.pictures.forest import forests_of
from trusteval.report.pictures.matrix import matrices_of
from trusteval.report.pictures.scatter import scatters_of
from trusteval.system.files import real_path
from trusteval.system.replacing import replace_file
from trusteval.tables import Cell, Kind, Section, Spread, Table

Drawing = Callable[[Table], Sequence[Chart]]
"""Makes charts of a table, which stand beside each other."""
_MOST_ROWS = 60
"""Of one picture; a table with more is drawn benchmark by benchmark, then in parts."""
_MOST_BESIDE = 3
_GROUPS = ("ensemble", "benchmark")
"""Columns whose values tables are parted by."""


def draw_studies(
    studies: Sequence[Study], across: Section | None, *, folder: Path
) -> Iterator[str]:
    """Draw what can be drawn into a folder, of several runs into one each; yield what was written.

    Raises DrawingError where matplotlib is missing, TrackingError where the folder cannot be
    written.
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
            charts_of = drawing_of(table)
            if charts_of is not None:
                for part, group in _parts(table):
                    path = _free(folder, (section.name, table.name, *group), written)
                    _write(path, charts_of(part), heading=part.title)
                    written[path] = None
    return list(written)


def drawing_of(table: Table) -> Drawing | None:
    """Return how a table is drawn; None where it holds nothing that is."""
    kinds = {column.name: column.kind for column in table.columns}
    if not table.rows:
        return None
    if table.name == "agreement" and list(kinds.values()).count(Kind.TEXT) > 1:
        return matrices_of
    if kinds.get("cost") is Kind.SECONDS and kinds.get("score") is Kind.POINTS:
        return scatters_of
    changes = [n for n, column in enumerate(table.columns) if column.kind is Kind.CHANGE]
    has_interval = any(isinstance(row[n], Spread) for row in table.rows for n in changes)
    return forests_of if has_interval else None


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


def _write(path: Path, charts: Sequence[Chart], *, heading: str) -> None:
    beside = min(_MOST_BESIDE, len(charts))
    drawn = chart_file(charts, kind="svg", heading=heading, beside=beside)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(real_path(path), drawn)
    except OSError as error:
        raise TrackingError(f"cannot draw {path}: {error.strerror}") from error
