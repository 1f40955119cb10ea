"""The options' own texts: beside a sign, as the whole answer, or in a sentence of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from trusteval.reading.plain import plain
from trusteval.reading.sign import Sign

_SHORTEST = 4
"""Characters of an option's text that tell something in a sentence."""
_LONGEST_LINE = 400
_BEFORE_TEXT = re.compile(r"[\"')\]]*\s*(?:[).:;,=>\]]|-+|->)?\s*[\"'(\[]*")
_HEAD = re.compile(
    r"(?:\b(?:answer|choice|option|response|solution|guess|pick)(?: is| would be)?\s?[:=]?"
    r"|\b(?:it|that|this) (?:is|would be|must be)|\bit's|\bi (?:think|believe|choose|pick|say"
    r"|guess))\s",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:not|never|except|rather than|instead of|than|without)\b[^.]{0,32}$")


class OptionTexts:
    """What the symbols of a setting stand for, as far as it is known."""

    def __init__(self, symbols: Sequence[str], options: Sequence[str]) -> None:
        self._options = dict(zip(symbols, options, strict=False))

    def tells(self, symbol: str) -> bool:
        """Whether a symbol's text is more than a single character."""
        return len(self._text(symbol)) > 1

    def follows(self, sign: Sign) -> bool:
        """Whether a sign's own text follows it."""
        text = self._text(sign.value)
        if not text:
            return False
        following = bare(beside(sign.after), limit=len(text) + 8)
        return following.startswith(text) and not _goes_on(following, len(text))

    def is_name(self, words: str) -> bool:
        """Whether words are an option's whole text, of which a letter may be an initial."""
        return len(words) > 1 and any(self._text(symbol) == words for symbol in self._options)

    def other_than(self, symbol: str, words: str) -> str | None:
        """Return the symbol whose whole text words are, if it is another's."""
        if len(words) < 2 or self._text(symbol) == words:
            return None
        return self._only(words)

    def _text(self, symbol: str) -> str:
        return bare(self._options.get(symbol, ""))

    def _only(self, words: str) -> str | None:
        """Return the one symbol whose whole text words are."""
        found = [symbol for symbol in self._options if words and self._text(symbol) == words]
        return found[0] if len(found) == 1 else None

    def whole(self, text: str, *, announced: bool = False) -> tuple[str, int, int] | None:
        """Find an answer that is an option's whole text: the symbol and the place.

        `announced` leaves out a first line that nothing announces.
        """
        for start, words in _answers(text, announced=announced):
            if (symbol := self._only(words)) is not None:
                return symbol, start, start + len(words)
        return None

    def in_sentence(self, text: str) -> tuple[str, int, int] | None:
        """Find the one option whose whole text stands in the first line, undenied."""
        line = text.partition("\n")[0].lower()
        found = []
        for symbol in self._options:
            words = self._text(symbol)
            tells = len(words) >= _SHORTEST or (words.isdigit() and words not in self._options)
            if not tells or words not in line:
                continue
            place = re.search(rf"(?<![\w.,:/-]){re.escape(words)}(?!\w|[.,:/-]\d)", line)
            if place is not None:
                found.append((symbol, place.start(), place.end()))
        if len(found) != 1 or _DENIAL.search(line[: found[0][1]]):
            return None
        return found[0]


def beside(after: str) -> str:
    """Return what stands after a sign in its line, without what links them."""
    line = after.partition("\n")[0]
    found = _BEFORE_TEXT.match(line)
    return line[found.end() :] if found else line


@lru_cache(maxsize=4096)
def bare(text: str, limit: int = _LONGEST_LINE) -> str:
    """Return words in lower case without the punctuation around them."""
    return " ".join(plain(text[:limit]).lower().strip(" .,:;!?\"'()[]-").split())


def _answers(text: str, *, announced: bool) -> Iterator[tuple[int, str]]:
    """Yield what may be the whole answer: the first line, and what is announced as it."""
    if not announced:
        yield 0, bare(text.partition("\n")[0])
    head = _HEAD.search(text)
    if head is not None:
        yield head.end(), bare(text[head.end() :].partition("\n")[0])


def _goes_on(text: str, end: int) -> bool:
    """Whether a word of the text continues past `end`."""
    return text[end - 1 : end].isalnum() and text[end : end + 1].isalnum()
