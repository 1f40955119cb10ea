"""Looks cells up in a section's tables."""

from __future__ import annotations

from typing import Any

from trusteval.tables import Section


def cells(section: Section, table: str, *key: str) -> dict[str, Any]:
    """Return the only row of a table that has these texts after ensemble and benchmark."""
    (found,) = (one for one in section.tables if one.name == table)
    names = [column.name for column in found.columns]
    (row,) = (row for row in found.rows if set(key) <= {c for c in row[2:] if isinstance(c, str)})
    return dict(zip(names, row, strict=True))
