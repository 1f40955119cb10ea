"""A finished simulation, as kept in bench/results/simulation.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bench.simulate.families import Ladder
from bench.simulate.sections import Section
from bench.simulate.shares import Row, Shares

_TRUTHS = ("at_limit", "unchanged", "worse")


@dataclass(frozen=True, slots=True)
class Record:
    """Everything simulated with a seed; `draws` at each gate's limit."""

    seed: int
    draws: int
    sections: tuple[Section, ...]
    families: tuple[Ladder, ...]

    @property
    def json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def of(cls, text: str) -> Record:
        """Read a record."""
        read = json.loads(text)
        sections = tuple(
            Section(one["title"], tuple(map(_row, one["rows"])), one["most"] and tuple(one["most"]))
            for one in read["sections"]
        )
        families = tuple(Ladder(**one) for one in read["families"])
        return cls(read["seed"], read["draws"], sections, families)


def _row(read: Mapping[str, Any]) -> Row:
    return Row(**{**read, **{truth: Shares(**read[truth]) for truth in _TRUTHS}})
