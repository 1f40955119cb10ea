"""Packs values for a page: JSON, gzipped, in base64, which a browser unpacks by itself."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any


def packed(value: Any) -> str:
    """Return plain values packed; the same values give the same text."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode("ascii")
