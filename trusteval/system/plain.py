"""Values as a document holds them, and what can be taken from one that others may have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any


def said(value: Any) -> Any:
    """Return plain values in the order of the fields; a field that is None is not said."""
    if is_dataclass(value):
        told = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: said(one) for name, one in told if one is not None}
    if isinstance(value, Mapping):
        return {name: said(one) for name, one in value.items()}
    return [said(one) for one in value] if isinstance(value, list | tuple) else value


def fields_in(document: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Return what a document says of a dataclass's fields; what a later version adds is let be."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in document.items() if name in names}


def text_in(document: Mapping[str, Any], name: str) -> str | None:
    """Return a text of a document; None where there is none of that name."""
    value = document.get(name)
    return value if isinstance(value, str) else None


def number_in(document: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of a document; None where there is none of that name."""
    value = document.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts_in(document: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """Return a list of texts; None where there is none of that name."""
    value = document.get(name)
    return tuple(map(str, value)) if isinstance(value, list) else None


def table_in(document: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """Return a table; None where there is none of that name."""
    value = document.get(name)
    return dict(value) if isinstance(value, Mapping) else None
