"""Letters and digits of a text that may stand for a choice, with the line around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_REACH = 72
_LATIN = r"[0-9A-Za-z\u00c0-\u024f]"


@dataclass(frozen=True, slots=True)
class Sign:
    """A letter or digit where it stands, and what is `before` and `after` it, some words each."""

    value: str
    start: int
    before: str
    after: str
    is_lower: bool

    @property
    def end(self) -> int:
        return self.start + 1


def signs(text: str, symbols: tuple[str, ...]) -> Iterator[Sign]:
    """Yield the signs of a text, its case kept, that belong to no word, number or date."""
    digits = symbols[0].isdigit()
    for match in _pattern(symbols).finditer(text):
        start = match.start()
        if start and text[start - 1] in ".,:/$-_" and _is_part(text, start, symbols, digits):
            continue
        line = text.rfind("\n", max(0, start - _REACH), start) + 1 or max(0, start - _REACH)
        yield Sign(
            value=match[1].upper(),
            start=start,
            before=text[line:start],
            after=text[start + 1 : start + 1 + _REACH],
            is_lower=match[1].islower(),
        )


@lru_cache(maxsize=64)
def _pattern(symbols: tuple[str, ...]) -> re.Pattern[str]:
    letters = "".join(symbols)
    both = re.escape(letters + letters.lower())
    return re.compile(
        rf"(?<!{_LATIN})(?<!{_LATIN}[.'])([{both}])(?!{_LATIN}|_)(?!'\w)(?![.,:/]\d)(?! ?[%°])"
    )


def _is_part(text: str, start: int, symbols: tuple[str, ...], digits: bool) -> bool:
    """Whether a sign belongs to a number, a date, a range of others or a word."""
    mark = text[start - 1]
    before = text[start - 2] if start > 1 else ""
    if mark == "-":
        return before not in (" ", *symbols)
    if mark == ":":
        return before.isdigit()
    if mark in ".,":
        return before.isdigit() if digits else before.isalpha()
    return mark in "$_" or before not in ("", " ", *symbols)
