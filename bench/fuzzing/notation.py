"""JSON that keeps what Python's reader drops: keys given twice, and values that are no JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Pairs:
    """An object, its keys in order, twice where they were."""

    items: list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Raw:
    """What is written as it is."""

    text: str


Slot = tuple[Pairs | list[Any], int]
"""A place for a value: in which object or list, at which index."""


def parsed(text: str) -> Any:
    """Read JSON; raises ValueError for what is none."""
    try:
        return json.loads(text, object_pairs_hook=Pairs)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def written(value: Any) -> str:
    """Write it again."""
    match value:
        case Pairs(items):
            return "{" + ", ".join(f"{json.dumps(k)}: {written(v)}" for k, v in items) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
        case Raw(text):
            return text
        case _:
            return json.dumps(value)


def slots(value: Any) -> Iterator[Slot]:
    """Yield every place that holds a value, outer ones first."""
    waiting = [value] if isinstance(value, Pairs | list) else []
    while waiting:
        holder = waiting.pop(0)
        inner = [v for _, v in holder.items] if isinstance(holder, Pairs) else holder
        for index, held in enumerate(inner):
            yield holder, index
            if isinstance(held, Pairs | list):
                waiting.append(held)


def held(slot: Slot) -> Any:
    """Return the value in a place."""
    holder, index = slot
    return holder.items[index][1] if isinstance(holder, Pairs) else holder[index]


def put(slot: Slot, value: Any) -> None:
    """Put a value into a place."""
    holder, index = slot
    if isinstance(holder, Pairs):
        holder.items[index] = holder.items[index][0], value
    else:
        holder[index] = value
