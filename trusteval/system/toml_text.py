"""Writes texts as TOML, which the standard library only reads."""

from __future__ import annotations

import json
from collections.abc import Sequence


def toml_text(text: str) -> str:
    """Return a text between quotes, with escapes that TOML has in common with JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_list(texts: Sequence[str]) -> str:
    """Return texts as a list."""
    return f"[{', '.join(map(toml_text, texts))}]"
