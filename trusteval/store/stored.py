"""Reads what a damaged file may hold instead of a row of ours: anything at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeGuard

from trusteval.store.measured import Measured, measured_of
from trusteval.store.schema import (
    LAST_SECOND,
    cost_checksum,
    found_checksum,
    response_checksum,
)
from trusteval.system.as_declared import MOST, health_as_declared, label_logs_as_declared
from trusteval.system.bounded import loads
from trusteval.system.digests import digest
from trusteval.types import Effort, FinishReason, Health, LabelLogs, Response

_REASONS = {reason.value: reason for reason in FinishReason}
_KEY_BYTES = 32
MARK_BYTES = 8
"""Of an answer's key, in costs: that two answers of a context begin alike is next to impossible."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """A row of `costs`; `marks` begin the keys of the answers that it is about, none of a load."""

    context: int
    key: bytes
    marks: tuple[bytes, ...]
    measured: Measured
    recorded: int


def shown_key(key: object) -> str:
    """Name a row by the first digits of its key."""
    return key.hex()[:12] if isinstance(key, bytes) else f"{key!r:.12}"


def read_description(address: object, text: object) -> Mapping[str, Any] | None:
    """Return a context's description; None for one that is not what `address` names."""
    if not isinstance(address, bytes) or not isinstance(text, str):
        return None
    try:
        description = loads(text)
        right = isinstance(description, dict) and digest(description) == address.hex()
    except ValueError:
        return None
    return description if right else None


def read_response(
    key: object, context: object, answered: Sequence[Any], expected: object
) -> Response | None:
    """Return a response; None for a row that is not what was written.

    `answered` as in `schema.response_row`.
    """
    if not _is_key(key) or not isinstance(context, int):
        return None
    text, reason, n_prompt, n_new = answered
    if not isinstance(text, str) or reason not in _REASONS:
        return None
    if response_checksum(key, context, answered) != expected and not any(
        response_checksum(key, context, (text, reason, *spelt)) == expected
        for spelt in product(_spellings(n_prompt), _spellings(n_new))
    ):
        return None
    counts = _count(n_prompt), _count(n_new)
    if counts[0] is None or counts[1] is None:
        return None
    return Response(text, _REASONS[reason], counts[0], counts[1])


def _spellings(count: object) -> list[str]:
    """Return how a count may be spelt under a checksum.

    Until schema 4 True was kept as it came, checksummed as "True" and read back as 1; so were
    fractions without a rest.
    """
    if not isinstance(count, int):
        return [str(count)]
    return [str(count), f"{count}.0", *([str(bool(count))] if count in (0, 1) else [])]


def _count(value: object) -> int | None:
    """Read a count; until schema 4 some were kept that are none."""
    match value:
        case int() if value < MOST:
            return max(0, value)
        case float() if 0 <= value < MOST:
            return int(value)
        case _:
            return None


def is_time(recorded: object) -> TypeGuard[int]:
    """Whether this can be when something was recorded, in seconds since 1970."""
    return isinstance(recorded, int) and 0 <= recorded <= LAST_SECOND


def read_health(key: object, context: object, found: object, expected: object) -> Health | None:
    """Return a health check; None for a row that is not what was written."""
    fields = _read_found(key, context, found, expected)
    try:
        return None if fields is None else health_as_declared(Health(**fields))
    except (ValueError, TypeError):
        return None


def read_label_logs(
    key: object, context: object, found: object, expected: object
) -> LabelLogs | None:
    """Return log-probabilities of labels; None for a row that is not what was written."""
    fields = _read_found(key, context, found, expected)
    return None if fields is None else label_logs_of(fields)


def label_logs_of(fields: Mapping[str, Any]) -> LabelLogs | None:
    """Rebuild log-probabilities from plain values; None for what is none."""
    try:
        return label_logs_as_declared(LabelLogs(**fields))
    except (ValueError, TypeError):
        return None


def _read_found(
    key: object, context: object, found: object, expected: object
) -> Mapping[str, Any] | None:
    if not _is_key(key) or not isinstance(context, int) or not isinstance(found, str):
        return None
    if found_checksum(key, context, found) != expected:
        return None
    try:
        fields = loads(found)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def read_cost(columns: Sequence[Any]) -> CostRow | None:
    """Return a row of `costs`, its columns in their order; None for one that is not as written."""
    context, key, joined, text, recorded, expected = columns
    if not _is_key(key) or not isinstance(context, int) or not is_time(recorded):
        return None
    if not isinstance(joined, bytes) or not isinstance(text, str):
        return None
    if cost_checksum(context, key, joined, text) != expected:
        return None
    try:
        measured = measured_of(loads(text))
        marks = marks_of(joined, measured)
    except (ValueError, KeyError, TypeError):
        return None
    return CostRow(context, key, marks, measured, recorded)


def marks_of(joined: bytes, measured: Measured) -> tuple[bytes, ...]:
    """Take marks apart; raises ValueError unless an effort has some, and a load none."""
    if len(joined) % MARK_BYTES or bool(joined) is not isinstance(measured, Effort):
        raise ValueError(f"expected {MARK_BYTES} bytes for every answer, and none of a load")
    return tuple(joined[i : i + MARK_BYTES] for i in range(0, len(joined), MARK_BYTES))


def _is_key(key: object) -> TypeGuard[bytes]:
    return isinstance(key, bytes) and len(key) == _KEY_BYTES
