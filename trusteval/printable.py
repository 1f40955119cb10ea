"""Shows texts that others wrote in one line, without what a terminal would act on or hide."""

from __future__ import annotations

import unicodedata

_ACTED_ON = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})
"""Controls, marks that reorder or hide text, half surrogate pairs, breaks of lines; and what has
no meaning of its own, or none yet.
"""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that show nothing."""
_SELECTORS = range(0xE0100, 0xE01F0)
"""Choose between shapes of a letter; 240 of them, which carry bytes unseen."""
_JOINERS = "\u200c\u200d"
"""Belong to words of some scripts, and to some emoji."""
_MOST_MARKS = 4
"""Marks on one letter; words of no script have more."""
LONGEST = 4000
"""Characters of one line; what has more is cut where it is shown."""


def printable(text: str) -> str:
    """Return a text with escapes, such as \\x1b, in place of what is acted on or not seen."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if character in _JOINERS:
            before, after = "".join(shown[-1:]), text[place + 1 : place + 2]
            is_kept = _is_joined(before) and _is_joined(after)
        else:
            is_kept = not _is_acted_on(character) and marks <= _MOST_MARKS
        shown.append(character if is_kept else _escaped(character))
    return "".join(shown)


def printable_line(text: str) -> str:
    """Return a printable text of at most LONGEST characters, which says what it was cut from."""
    if len(text) <= LONGEST:
        return printable(text)
    return f"{printable(text[:LONGEST])}... (of {len(text):,} characters)"


def shortened(text: str, *, most: int) -> str:
    """Return a text in one line of at most `most` characters, whose end says that it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


def printable_lines(text: str) -> str:
    """Return a text with its line feeds, each line printable and of any length."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(text: str) -> str:
    """Return JSON that says the same, with JSON's own escapes for what is acted on.

    That stands in texts only; line feeds between values stay.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(_json_escape(c) if c != "\n" and _is_acted_on(c) else c for c in text)


def _json_escape(character: str) -> str:
    """Spell a character as JSON does: \\u202e, or two of them beyond the first plane."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))


def _is_joined(neighbour: str) -> bool:
    """Whether a joiner beside it may belong to a word or an emoji: nothing of ASCII has any."""
    return bool(neighbour) and not neighbour.isascii() and not _is_acted_on(neighbour)


def _is_acted_on(character: str) -> bool:
    return (
        unicodedata.category(character) in _ACTED_ON
        or character in _UNSEEN
        or ord(character) in _SELECTORS
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
