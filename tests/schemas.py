"""Documents held against the schemas that are shipped: as readers must, and as writers must."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from trusteval.report.schemas import schema_named

Path = tuple[str | int, ...]


def shipped(name: str) -> dict[str, Any]:
    """Return a schema as `trusteval schema NAME` prints it."""
    found: dict[str, Any] = json.loads(schema_named(name).text)
    return found


def strict(schema: Any) -> Any:
    """Return a schema that refuses every key that it does not describe."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: strict(one) for name, one in schema.items()}
    if "properties" in told and "additionalProperties" not in told:
        told["additionalProperties"] = False
    return told


def faults(schema: dict[str, Any], document: object) -> list[str]:
    """Say where a document is not as a schema says."""
    found = Draft202012Validator(schema).iter_errors(document)
    return [f"{one.json_path}: {one.message[:200]}" for one in found]


def places(document: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the place of every value, of lists only the first one's."""
    yield path
    match document:
        case dict():
            for name, value in document.items():
                yield from places(value, (*path, name))
        case [first, *_]:
            yield from places(first, (*path, 0))


def at(document: Any, path: Path) -> Any:
    """Return the value at a place."""
    for step in path:
        document = document[step]
    return document


def shortened(document: Any) -> Any:
    """Return a document whose lists have at most two values."""
    match document:
        case dict():
            return {name: shortened(value) for name, value in document.items()}
        case list():
            return [shortened(value) for value in document[:2]]
        case _:
            return document
