"""Finds where a text declines, or says that it does not know: by families of meaning.

A family is a few words and what they may be joined with, wherever they stand: who speaks or
nobody, an apology before or after. The languages' files list them; the matched words are the
evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from trusteval.reading.family import Family
from trusteval.reading.languages import READ
from trusteval.reading.languages.language import Language


@dataclass(frozen=True, slots=True)
class Declining:
    """Where a text declines: its family, and the words from `start` to `end`."""

    family: Family
    start: int
    end: int

    def moved(self, by: int) -> Declining:
        """Return it in a text that begins earlier."""
        return replace(self, start=self.start + by, end=self.end + by)


_PATTERNS = {language.code: language.patterns() for language in READ}
_STEMS = {language.code: tuple(language.stems.split(", ")) for language in READ}
_SENTENCE_END = re.compile(r"(?<=[.!?\n])")
_LOOKED_AT = 600


def declinings(sentence: str, *, language: Language) -> Iterator[Declining]:
    """Yield where a sentence, in lower case with contractions spelled out, declines."""
    # Sentences are short; looking no further keeps reading linear and cheap.
    head = sentence[:_LOOKED_AT]
    if not may_decline(head, language=language):
        return
    for family, pattern in _PATTERNS[language.code]:
        found = pattern.search(head)
        if found is not None:
            yield Declining(family, found.start(), found.end())


def may_decline(text: str, *, language: Language) -> bool:
    """Whether a text holds any word without which nothing declines."""
    for stem in _STEMS.get(language.code, ()):  # noqa: SIM110  (a generator takes twice as long)
        if stem in text:
            return True
    return False


@lru_cache(maxsize=8192)
def declined_in(text: str, *, language: Language) -> tuple[Declining, ...]:
    """Return where the sentences of a text in lower case decline."""
    if not may_decline(text, language=language):
        return ()
    found: list[Declining] = []
    start = 0
    for sentence in _SENTENCE_END.split(text):
        found += [declined.moved(start) for declined in declinings(sentence, language=language)]
        start += len(sentence)
    return tuple(found)
