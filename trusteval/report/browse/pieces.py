"""Texts, every paragraph stored once: prompts repeat their demonstrations, models their answers."""

from __future__ import annotations

from trusteval.printable import printable_lines

Text = int | list[int]
"""A text by the numbers of its paragraphs; by one number where it has one."""
_BETWEEN = "\n\n"
"""What stands between paragraphs; the script puts it back."""


class Paragraphs:
    """Takes texts apart as they are shown: with escapes for what a page would act on or hide.

    Each is taken apart once, however often a page is packed until it fits.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {}

    def of(self, text: str) -> list[str]:
        """Return the paragraphs of a text; an empty one has an empty paragraph."""
        if text not in self._known:
            plain = text.replace("\r\n", "\n").replace("\t", "    ")
            self._known[text] = printable_lines(plain).split(_BETWEEN)
        return self._known[text]


class Pieces:
    """Numbers paragraphs as they are first met; `take_new` hands out those since the last time."""

    def __init__(self, paragraphs: Paragraphs) -> None:
        self._paragraphs = paragraphs
        self._texts: dict[str, Text] = {}
        self._numbers: dict[str, int] = {}
        self._new: list[str] = []
        self.n_new_letters = 0

    @property
    def n_taken(self) -> int:
        """How many paragraphs were handed out."""
        return len(self._numbers) - len(self._new)

    def number(self, text: str) -> Text:
        """Store a text, unless it is, and return it by its paragraphs."""
        if text not in self._texts:
            numbers = [self._one(piece) for piece in self._paragraphs.of(text)]
            self._texts[text] = numbers[0] if len(numbers) == 1 else numbers
        return self._texts[text]

    def take_new(self) -> list[str]:
        """Return the paragraphs that were first met since the last time, in order."""
        new, self._new, self.n_new_letters = self._new, [], 0
        return new

    def _one(self, piece: str) -> int:
        if piece not in self._numbers:
            self._numbers[piece] = len(self._numbers)
            self._new.append(piece)
            self.n_new_letters += len(piece)
        return self._numbers[piece]
