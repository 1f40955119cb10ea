"""Where a test's function is written: a module that imports it from there is another place."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest


def written_in(item: pytest.Item) -> Path:
    """Return the file of a test's function; of an item that has none, the one it is collected of.

    Decorators that say what they wrap are looked through.
    """
    function = getattr(item, "function", None)
    code = getattr(inspect.unwrap(function), "__code__", None) if function is not None else None
    return item.path if code is None else Path(code.co_filename)
