"""What a value that somebody else wrote has to be, before anything is made of it.

A list where a text is due would fail far away from the file's name: each check raises ValueError
with the place in the document.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

Check = Callable[[Any, str], None]
"""Raises ValueError, naming the place, for a value that is not as it should be."""
MOST = 2**31
_LARGEST = 2.0**53


def _fail(where: str, expected: str, got: object) -> None:
    raise ValueError(f"{where or 'document'}: expected {expected}, got {type(got).__name__}")


def text(value: Any, where: str) -> None:
    if not isinstance(value, str):
        _fail(where, "a text", value)


def truth(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        _fail(where, "true or false", value)


def number(value: Any, where: str) -> None:
    """Demand a whole number that can count or index."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MOST:
        _fail(where, f"a whole number from 0 to under {MOST}", value)


def real(value: Any, where: str) -> None:
    """Demand a finite number that a table can show."""
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not -_LARGEST <= value <= _LARGEST
        or math.isnan(value)
    ):
        _fail(where, "a finite number", value)


def table(value: Any, where: str) -> None:
    if not isinstance(value, dict):
        _fail(where, "a table", value)


def one_of(known: Collection[str]) -> Check:
    def checked(value: Any, where: str) -> None:
        if not isinstance(value, str) or value not in known:
            _fail(where, f"one of {', '.join(known)}", value)

    return checked


def or_none(check: Check) -> Check:
    def checked(value: Any, where: str) -> None:
        if value is not None:
            check(value, where)

    return checked


def list_of(check: Check) -> Check:
    def checked(value: Any, where: str) -> None:
        if not isinstance(value, list):
            _fail(where, "a list", value)
        for one in value:
            check(one, where)

    return checked


def table_of(check: Check) -> Check:
    def checked(value: Any, where: str) -> None:
        table(value, where)
        for name, one in value.items():
            check(one, f"{where}.{name}" if where else name)

    return checked


def record(needed: Mapping[str, Check], **others: Check) -> Check:
    """Check the named values; `needed` have to be there, further names are let be."""

    def checked(value: Any, where: str) -> None:
        table(value, where)
        for name, check in {**needed, **others}.items():
            if name in value:
                check(value[name], f"{where}.{name}" if where else name)
            elif name in needed:
                _fail(where, f"a table with {name!r}", value)

    return checked
