"""What a store holds: which contexts, how many responses of each, how old, how large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trusteval.store.database import damaged
from trusteval.store.responses import ResponseStore
from trusteval.store.stored import is_time, read_description, shown_key


@dataclass(frozen=True, slots=True)
class Stock:
    """The responses of one context; `first` and `last` are seconds since 1970, 0 of no response."""

    number: int
    digest: str
    description: Mapping[str, Any]
    responses: int
    first: int
    last: int

    def holds(self, prefix: str) -> bool:
        """Whether any value of the description begins with `prefix`."""
        return any(value.startswith(prefix) for value in _values(self.description))


def inventory(store: ResponseStore) -> list[Stock]:
    """Return what is there of every context, the oldest first.

    Raises StoreError for a context that is not as it was recorded.
    """
    rows = store.database.execute(
        "SELECT number, digest, description, n, first, last FROM contexts LEFT JOIN ("
        "  SELECT context, count(*) AS n, min(recorded) AS first, max(recorded) AS last"
        "  FROM responses GROUP BY context) ON context = number ORDER BY first, number"
    )
    return [_stock(store.path, row) for row in rows]


def descriptions(store: ResponseStore) -> list[Mapping[str, Any]]:
    """Return the description of every context, without counting what is recorded of it.

    Raises StoreError for one that is not as it was recorded.
    """
    rows = store.database.execute("SELECT digest, description FROM contexts ORDER BY number")
    return [_description(store.path, address, text) for address, text in rows]


def _stock(path: Path, row: Sequence[Any]) -> Stock:
    number, address, text, n, first, last = row
    description = _description(path, address, text)
    if n and not (is_time(first) and is_time(last)):
        raise damaged(path, f"context {shown_key(address)} has answers recorded at no time")
    return Stock(number, address.hex(), description, n or 0, first or 0, last or 0)


def _description(path: Path, address: bytes, text: object) -> Mapping[str, Any]:
    description = read_description(address, text)
    if description is None:
        raise damaged(path, f"context {shown_key(address)} is not as it was recorded")
    return description


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
