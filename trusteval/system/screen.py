"""What lines are written to: how wide it is, and whether it has colours and signs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

_SIGNS = "✓▲✗∅⚠⊘\u2013─"
"""Letters of ours that not every encoding has."""
_NARROWEST = 40
_GUESSED = ("80", "24")
"""COLUMNS and LINES as readline puts them into the environment of a process without a terminal,
an xdist worker's for one, and so of all that it starts: nobody said so.
"""


@dataclass(frozen=True, slots=True)
class Screen:
    """`width` is in cells, None where lines have no end: in a file, a pipe or a log."""

    width: int | None = None
    has_colours: bool = False
    has_signs: bool = True


def screen_of(
    stream: TextIO, *, has_colours: bool, environment: Mapping[str, str] = os.environ
) -> Screen:
    """Return what a stream is shown on; COLUMNS goes before what a terminal says of itself."""
    return Screen(_width(stream, environment), has_colours, _has_signs(stream))


def wants_colours(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether colours belong on a stream, by pytest's rules of NO_COLOR and FORCE_COLOR."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def _width(stream: TextIO, environment: Mapping[str, str]) -> int | None:
    told = environment.get("COLUMNS", "")
    is_guess = (told, environment.get("LINES")) == _GUESSED
    if told.isdecimal() and int(told) and not is_guess:
        return max(_NARROWEST, int(told))
    try:
        cells = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):  # it is no terminal, or closed
        return None
    return max(_NARROWEST, cells) if cells else None


def _has_signs(stream: TextIO) -> bool:
    try:
        _SIGNS.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
