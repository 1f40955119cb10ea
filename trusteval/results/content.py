"""What an item is, apart from its order and place: a hash of its content, and a text to show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def content_key(content: object) -> str:
    """Return the SHA-256 of a JSON value; the order of an object's keys does not matter."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def shown_document(document: Mapping[str, Any], *, target: str) -> str:
    """Return an item's own texts but its target, one a line by their keys, or else its JSON."""
    values = [document[key] for key in sorted(document)]
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    texts = [text for text in texts if text != target]
    return "\n".join(texts) or json.dumps(document, sort_keys=True)


def shown_fact(value: object) -> str:
    """Return a fact for people, equal for equal values, however long."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def shown_facts(values: Mapping[str, object]) -> dict[str, str]:
    """Return the facts that say something: what is null or empty is as if it were not there."""
    return {
        name: shown_fact(value)
        for name, value in values.items()
        if value is not None and value not in ("", {}, [], ())
    }
