"""Lists of wordings as regular expressions."""

from __future__ import annotations


def one_of(listed: str) -> str:
    """Return a regular expression for any of the wordings that a text lists, parted by ", "."""
    return f"(?:{'|'.join(listed.split(', '))})"
