"""Reads what a damaged file may hold instead of a context, an answer or a look: anything at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from trusteval.store.keys import digest
from trusteval.store.schema import checksum
from trusteval.types import FinishReason, Health

REASONS = {reason.value: reason for reason in FinishReason}
_KEY_BYTES = 32
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999: no calendar goes on."""


def shown_key(key: object) -> str:
    """Name a row by the first digits of its key."""
    return key.hex()[:12] if isinstance(key, bytes) else f"{key!r:.12}"


def read_description(address: object, text: object) -> Mapping[str, Any] | None:
    """Return a context's description; None for one that is not what `address` names."""
    if not isinstance(address, bytes) or not isinstance(text, str):
        return None
    try:
        description = json.loads(text)
        right = isinstance(description, dict) and digest(description) == address.hex()
    except (ValueError, RecursionError):
        return None
    return description if right else None


def is_as_recorded(key: object, context: object, answered: Sequence[Any], expected: object) -> bool:
    """Whether an answer's row is what was written; `answered` as in `schema.response_row`."""
    if not isinstance(key, bytes) or len(key) != _KEY_BYTES or not isinstance(context, int):
        return False
    return checksum(key, context, answered) == expected


def is_time(recorded: object) -> bool:
    """Whether this can be when something was recorded, in seconds since 1970."""
    return isinstance(recorded, int) and 0 <= recorded <= _LAST_SECOND


def read_health(found: str) -> Health:
    """Read a look as it is kept; raises ValueError or TypeError if it is none."""
    try:
        health = Health(**json.loads(found))
    except RecursionError as error:
        raise ValueError("nested beyond all bounds") from error
    for value in (health.perplexity, health.vocabulary_size, health.shortfall):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"expected a number, got {type(value).__name__}")
    return health
