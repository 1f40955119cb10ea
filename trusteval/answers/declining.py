"""Finds where a text declines, or says that it does not know: by families of meaning.

A family is a few words and what they may be joined with, wherever they stand: who speaks or
nobody, an apology before or after. The languages' files list them; the matched words are the
evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from trusteval.answers.family import Family
from trusteval.answers.languages import READ
from trusteval.answers.languages.language import Language


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
_TRIGGERS = {language.code: re.compile(language.trigger) for language in READ}
_LOOKED_AT = 600


def declinings(sentence: str, *, language: Language) -> Iterator[Declining]:
    """Yield where a sentence, in lower case with contractions spelled out, declines."""
    # Sentences are short; looking no further keeps reading linear and cheap.
    head = sentence[:_LOOKED_AT]
    if language.code not in _PATTERNS or not _TRIGGERS[language.code].search(head):
        return
    for family, pattern in _PATTERNS[language.code]:
        found = pattern.search(head)
        if found is not None:
            yield Declining(family, found.start(), found.end())
