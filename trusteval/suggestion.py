"""What an unknown name was probably meant to be: the nearest of the known ones, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_CUTOFF = 0.72
"""How alike two names are: "glue" and "advglue" are, "vote-awq" and "vote-gptq" are not."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelt most like `name`, whatever its case; None if none is.

    Names that differ in their numbers alone are two things, and neither a slip of the other.
    """
    spelt = {str(other).casefold(): str(other) for other in known}
    others = [other for other in spelt if _unnumbered(other) != _unnumbered(name.casefold())]
    same = spelt.get(name.casefold())
    close = [] if same is not None else get_close_matches(name.casefold(), others, 1, _CUTOFF)
    return spelt[close[0]] if close else same


def meant(name: str, known: Iterable[str]) -> str:
    """Return " (did you mean 'gptq-4'?)", or nothing where no known name is near."""
    close = nearest(name, known)
    return "" if close is None else f" (did you mean {close!r}?)"


def _unnumbered(name: str) -> str:
    return re.sub(r"[0-9]+", "0", name)
