"""A table of figures that are no gate under three truths: each row a name and its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under a head; shares are percent. `most` promises of a column, by its head, how much.

    `draws` is how many each share is of.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    draws: int
    most: Mapping[str, float] = field(default_factory=dict)

    def column(self, name: str) -> list[float]:
        """Return the numbers under a head."""
        place = self.head.index(name)
        return [float(row[place]) for row in self.rows if isinstance(row[place], int | float)]
