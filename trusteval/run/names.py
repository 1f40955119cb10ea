"""What subjects may be called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trusteval.errors import VariantError
from trusteval.types import DENSE

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]*")
_LONGEST_NAME, _MOST_SHOWN = 128, 200
"""Letters of a name, which is part of a test's, and of what a message repeats."""


def refuse_name(name: str, where: str) -> None:
    """Raise VariantError for a name that cannot be part of a test's, or that is taken."""
    if len(name) > _LONGEST_NAME:
        raise VariantError(
            f"{where}: expected a name of at most {_LONGEST_NAME} letters, got {len(name)}"
        )
    if not _NAME.fullmatch(name) or name == DENSE:
        raise VariantError(
            f"{where}: expected a name of letters, digits, _ . : @ - other than {DENSE!r}, got "
            f"{name!r}"
        )


def shown(text: str) -> str:
    """Return what a message repeats of a text."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def refuse_twice(names: Sequence[str], what: str, *, why: str = "") -> None:
    """Raise VariantError for names that are given twice."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        reason = f" ({why})" if why else ""
        raise VariantError(f"every {what} needs to differ{reason}; given twice: {', '.join(twice)}")
