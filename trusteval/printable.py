"""Shows texts that others wrote in one line, without what a terminal would act on."""

from __future__ import annotations

import unicodedata

_ACTED_ON = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, marks that reorder or hide text, half surrogate pairs, breaks of lines."""
_JOINERS = "\u200c\u200d"
"""Belong to words of some scripts."""


def printable(text: str) -> str:
    """Return a text with escapes, such as \\x1b, in place of what is acted on."""
    if text.isprintable():
        return text
    return "".join(_escaped(c) if _is_acted_on(c) else c for c in text)


def _is_acted_on(character: str) -> bool:
    return unicodedata.category(character) in _ACTED_ON and character not in _JOINERS


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
