"""What places of the page are called, so that links to them last from run to run."""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_MOST = 80
"""Characters of an anchor that are the names' own."""


def anchor(kind: str, *names: str) -> str:
    """Return the id of what is about these names: the same in every page, and of no other names."""
    safe = [_UNSAFE.sub("-", name)[:_MOST] for name in names]
    shown = ":".join((kind, *safe))
    if safe == list(names):
        return shown
    spelled = "\0".join(names).encode("utf-8", "surrogatepass")
    return f"{shown}:{hashlib.sha256(spelled).hexdigest()[:8]}"
