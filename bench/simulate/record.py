"""A finished simulation, as kept in bench/results/simulation.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bench.simulate.listing import Listing
from bench.simulate.sections import Section, Table
from bench.simulate.shares import Row, Shares

_TRUTHS = ("at_limit", "unchanged", "worse")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything simulated with a seed, by its short name; `draws` at each gate's limit."""

    seed: int
    draws: int
    tables: Mapping[str, Table]

    @property
    def json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @property
    def sections(self) -> list[Section]:
        return [one for one in self.tables.values() if isinstance(one, Section)]

    @property
    def listings(self) -> list[Listing]:
        return [one for one in self.tables.values() if isinstance(one, Listing)]

    def with_table(self, name: str, found: Table) -> Record:
        """Return the record with one table in place of its former self."""
        return replace(self, tables={**self.tables, name: found})

    @classmethod
    def of(cls, text: str) -> Record:
        """Read a record."""
        read = json.loads(text)
        tables = {name: _table(one) for name, one in read["tables"].items()}
        return cls(read["seed"], read["draws"], tables)


def _table(read: Mapping[str, Any]) -> Table:
    if "head" in read:
        rows = tuple(map(tuple, read["rows"]))
        return Listing(read["title"], tuple(read["head"]), rows, read["draws"], read["most"])
    return Section(
        read["title"], tuple(map(_row, read["rows"])), read["most"] and tuple(read["most"])
    )


def _row(read: Mapping[str, Any]) -> Row:
    return Row(**{**read, **{truth: Shares(**read[truth]) for truth in _TRUTHS}})
