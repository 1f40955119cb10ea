"""What an item is, apart from its order and place: a hash of its content, and a text to show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_LONGEST_FACT = 80


def content_key(content: object) -> str:
    """Return the SHA-256 of a JSON value; the order of an object's keys does not matter."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def shown_document(document: Mapping[str, Any]) -> str:
    """Return an item's own texts, one a line, or its JSON where it has none."""
    texts = [value for value in document.values() if isinstance(value, str) and value.strip()]
    return "\n".join(texts) or json.dumps(document, sort_keys=True)


def shown_fact(value: object) -> str:
    """Return a fact for people, equal for equal values; a long one is cut and carries its hash."""
    shown = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    if len(shown) <= _LONGEST_FACT:
        return shown
    return f"{shown[: _LONGEST_FACT - 20]}... (sha256 {content_key(value)[:8]})"


def shown_facts(values: Mapping[str, object]) -> dict[str, str]:
    """Return the facts that say something: what is null or empty is as if it were not there."""
    return {
        name: shown_fact(value)
        for name, value in values.items()
        if value is not None and value not in ("", {}, [], ())
    }
