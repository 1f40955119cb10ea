"""What a profile asks of one benchmark: which settings, how many rows, which units it draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quota:
    """How many `units` to draw of those that occur in one of `settings`.

    Drawing ends before they have more than `most_rows` rows, where that is given.
    Strata are group and true label, and bring equally many units. With `proportional` they bring
    as many as they hold, and settings that share only some units are strata too.
    """

    settings: tuple[str, ...]
    units: int
    most_rows: int | None = None
    proportional: bool = False


@dataclass(frozen=True, slots=True)
class Portion:
    """The `settings` that a profile asks of a benchmark.

    `rows` are row counts other than the published ones (the demo slice's), `quotas` the units
    drawn (none: all rows), `max_new_tokens` a tighter limit on answers than the settings' own.
    """

    settings: tuple[str, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    quotas: tuple[Quota, ...] = ()
    max_new_tokens: int | None = None

    @classmethod
    def of_slice(cls, rows: Mapping[str, int], *, max_new_tokens: int | None = None) -> Portion:
        """Ask the settings of a slice that has these rows."""
        return cls(settings=tuple(rows), rows=rows, max_new_tokens=max_new_tokens)
