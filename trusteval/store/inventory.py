"""What a store holds: which contexts, how many answers of each, how old, how large."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trusteval.store.responses import ResponseStore


@dataclass(frozen=True, slots=True)
class Stock:
    """The answers of one context; `first` and `last` are seconds since 1970, 0 of no answer."""

    number: int
    digest: str
    description: Mapping[str, Any]
    answers: int
    first: int
    last: int

    def holds(self, prefix: str) -> bool:
        """Whether any value of the description begins with `prefix`."""
        return any(value.startswith(prefix) for value in _values(self.description))


def inventory(store: ResponseStore) -> list[Stock]:
    """Return what is there of every context, the oldest first."""
    rows = store.database.execute(
        "SELECT number, digest, description, n, first, last FROM contexts LEFT JOIN ("
        "  SELECT context, count(*) AS n, min(recorded) AS first, max(recorded) AS last"
        "  FROM responses GROUP BY context) ON context = number ORDER BY first, number"
    )
    return [
        Stock(number, digest.hex(), json.loads(description), n or 0, first or 0, last or 0)
        for number, digest, description, n, first, last in rows
    ]


def _values(value: Any) -> Iterator[str]:
    match value:
        case Mapping():
            for inner in value.values():
                yield from _values(inner)
        case list():
            for inner in value:
                yield from _values(inner)
        case _:
            yield str(value)
