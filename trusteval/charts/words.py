"""How much room words take, before anybody draws them: by the widest of the usual fonts."""

from __future__ import annotations

import textwrap
from unicodedata import east_asian_width

from trusteval.printable import printable

_EM = 0.62
"""Width of a letter as a share of its height: that of DejaVu Sans, wider than most."""
_DOTS = "…"


def room(text: str, *, size: float) -> float:
    """Return about how many pixels a text of one line takes; `size` is the height of letters."""
    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return _EM * size * (len(text) + 0.7 * wide)


def shortened(text: str, *, size: float, width: float) -> str:
    """Return a printable name that is no wider, without its middle where it has to be cut."""
    text = printable(text)
    kept = _fitting(text, size=size, width=width)
    if kept == len(text):
        return text
    return f"{text[: kept - kept // 2]}{_DOTS}{text[len(text) - kept // 2 :]}"


def begun(text: str, *, size: float, width: float) -> str:
    """Return a printable sentence that is no wider, without its end where it has to be cut."""
    text = printable(text)
    kept = _fitting(text, size=size, width=width)
    return text if kept == len(text) else f"{text[:kept].rstrip()}{_DOTS}"


def _fitting(text: str, *, size: float, width: float) -> int:
    """Return how many letters there is room for, beside the dots of a text that is cut."""
    needed = room(text, size=size)
    return len(text) if needed <= width else max(2, int(width / needed * len(text)) - 1)


def folded(text: str, *, size: float, width: float, most: int) -> list[str]:
    """Fold a printable text into at most so many lines; the last one is cut."""
    text = printable(text)
    letters = max(8, int(width / (_EM * size)))
    lines = textwrap.wrap(text, letters) or [""]
    if len(lines) > most:
        lines[most - 1 :] = [begun(" ".join(lines[most - 1 :]), size=size, width=width)]
    return [shortened(line, size=size, width=width) for line in lines]
