"""Cuts what an open answer says into sentences, and finds what each of them does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from trusteval.reading.refusals.act import Act
from trusteval.reading.refusals.phrasebook import Phrasebook
from trusteval.reading.refusals.phrasebooks import ENGLISH, PHRASEBOOKS
from trusteval.reading.refusals.said import CODE
from trusteval.reading.words import spelled_out

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|(?<=:)\s+(?=[\"']?[A-Z])")
_ITEM = re.compile(r"(?:-|\(?\d{1,3}[.):]|\(?[a-z][.)]|step \d{1,3}\b[:.]?)\s+", re.IGNORECASE)
_LOOKED_AT = 400
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it was written, what it does, and whether it is a list's item or code."""

    text: str
    acts: frozenset[Act] = frozenset()
    is_item: bool = False
    is_code: bool = False

    @property
    def n_words(self) -> int:
        return len(_WORD.findall(self.text))

    @property
    def is_finished(self) -> bool:
        return self.text.endswith((".", "!", "?", '"', ")"))


def first(said: Sequence[Sentence], *acts: Act) -> int | None:
    """Return the place of the first sentence that does any of some acts."""
    return next((n for n, sentence in enumerate(said) if sentence.acts & set(acts)), None)


def does(said: Sequence[Sentence], *acts: Act) -> bool:
    """Whether any sentence does any of some acts."""
    return first(said, *acts) is not None


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of what was said, in order."""
    lowered = text.lower()
    books = [book for book in PHRASEBOOKS if re.search(book.known_by, lowered)]
    return list(_cut(text, books))


def _cut(text: str, books: Sequence[Phrasebook]) -> Iterator[Sentence]:
    for line in text.split("\n"):
        if line.strip() == CODE:
            yield Sentence("", is_code=True)
            continue
        item = _ITEM.match(line)
        rest = line[item.end() :] if item else line
        for part in _END.split(rest):
            if part.strip():
                yield Sentence(part.strip(), _acts(part.strip(), books), item is not None)


def _acts(sentence: str, books: Sequence[Phrasebook]) -> frozenset[Act]:
    # Sentences are short; looking no further keeps reading linear and cheap.
    lowered = sentence[:_LOOKED_AT].lower().lstrip("\"'([ ")
    spelled = spelled_out(lowered)
    return frozenset(
        act
        for book in books
        for act, pattern in _patterns(book)
        if pattern.search(spelled if book is ENGLISH else lowered)
    )


@cache
def _patterns(book: Phrasebook) -> tuple[tuple[Act, re.Pattern[str]], ...]:
    # Compiling takes a quarter of a second, and most runs have no open answers.
    return book.patterns()
