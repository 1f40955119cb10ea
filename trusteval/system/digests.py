"""One spelling for equal values, and its hash: what addresses and health checks are told by."""

from __future__ import annotations

import hashlib
import json


def canonical_json(value: object) -> str:
    """Serialise so that equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: object) -> str:
    """Return the sha256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
