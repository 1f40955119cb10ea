"""What places of the page are called, so that links to them last from run to run."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlencode

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


def answer_address(item: str, benchmark: str, subject: str) -> str:
    """Return the address within the page at which one answer is shown."""
    asked = {"item": f"{benchmark}/{item}", "subject": subject}
    return f"#answers?{urlencode(asked, safe='/', errors='surrogatepass')}"
