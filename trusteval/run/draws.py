"""Reads which draws of a variant are judged: VARIANT~TEMPERATURE#NUMBER, or #FIRST-LAST.

What temperature and number mean is `types.draws`.
"""

from __future__ import annotations

import re

from trusteval.errors import VariantError
from trusteval.run.names import shown
from trusteval.types import DRAWN, Draw

_ASKED = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,4})?)#([1-9][0-9]{0,5})(?:-([1-9][0-9]{0,5}))?")
_MOST = 100
"""How many draws one word may ask for: each is asked everything."""


def parse_draws(name: str) -> tuple[str, tuple[Draw, ...]]:
    """Part a variant's name from the draws that are asked of it; none of a name without "~".

    Raises VariantError for what is no temperature and number, and for more than 100 draws.
    """
    of, is_drawn, asked = (part.strip() for part in name.partition(DRAWN))
    if not of or not is_drawn or "/" in name:  # a folder may be called so
        return name, ()
    match = _ASKED.fullmatch(asked)
    if match is None or float(match[1]) == 0:
        raise VariantError(
            f"variant {shown(name)!r}: draws are written {of}~TEMPERATURE#NUMBER, for example "
            f"{of}~0.7#1 or {of}~0.7#1-5, at a temperature above 0 and under 100 with at most four "
            f"digits behind the point (0 is {of} itself)"
        )
    first, last = int(match[2]), int(match[3] or match[2])
    if not first <= last < first + _MOST:
        raise VariantError(
            f"variant {shown(name)!r}: expected 1 to {_MOST} draws, the lowest number first, got "
            f"{first} to {last}"
        )
    return of, tuple(Draw(float(match[1]), number) for number in range(first, last + 1))


def drawn_names(name: str) -> tuple[str, ...]:
    """Return the names of the draws that a name asks for, itself if it asks for none."""
    of, draws = parse_draws(name)
    return tuple(f"{of}{draw}" for draw in draws) or (name,)
