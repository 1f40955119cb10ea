"""Tells what is no answer at all: no words, a loop, or a script that is not read.

Kept conservative: what a person could still read is read. Words that make no sense together are
beyond it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

NO_WORDS = "no words"
LOOP = "the same over and over"
UNKNOWN_SCRIPT = "a script that is not read"
REPLACED = "broken characters"

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['-][^\W_]+)*")
_FEWEST = 12
"""Words from which on a loop is one: "no, no, no" is said by people."""
_LONGEST_ROUND = 16
"""Words of the longest round that is looked for."""
_MOST = 0.8
"""Share of words from which on all is a loop."""
_MANY, _DIFFERENT = 60, 0.1
"""Words from which on a loop may drift, and the share of different ones below which it does.

People's and models' readable answers have a third and more.
"""
_LONG_WORD, _FEW_LETTERS = 40, 3
_READ_SCRIPTS = ("LATIN", "CJK", "IDEOGRAPHIC")
_REPLACED_SHARE = 0.2


def garbage(text: str) -> str:
    """Return why a text without its dress is no answer, "" where it may be one."""
    words = _WORD.findall(text)
    if not any(_is_word(word) for word in words):
        return NO_WORDS
    if text.count("\ufffd") >= _REPLACED_SHARE * len(text):
        return REPLACED
    if len(words) >= _FEWEST and _loops([word.casefold() for word in words]):
        return LOOP
    return UNKNOWN_SCRIPT if _is_unread(text) else ""


def _is_word(word: str) -> bool:
    """Whether it is more than one letter drawn out, as "aaaaaaaa" is."""
    return len(word) < _LONG_WORD or len(set(word)) > _FEW_LETTERS


def _loops(words: Sequence[str]) -> bool:
    """Whether nearly every word is the one a round before, or hardly any is a new one."""
    if len(words) >= _MANY and len(set(words)) < _DIFFERENT * len(words):
        return True
    for length in range(1, min(_LONGEST_ROUND, len(words) // 4) + 1):
        again = sum(a == b for a, b in zip(words, words[length:], strict=False))
        if again >= _MOST * (len(words) - length):
            return True
    return False


def _is_unread(text: str) -> bool:
    """Whether most letters belong to scripts of languages that are not read."""
    letters = Counter(character for character in text if character.isalpha())
    unread = sum(n for letter, n in letters.items() if not _is_read(letter))
    return unread * 2 > letters.total()


def _is_read(letter: str) -> bool:
    return unicodedata.name(letter, "LATIN").startswith(_READ_SCRIPTS)
