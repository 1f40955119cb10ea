"""The texts of a run in chunks, each opened by itself: prompts, responses, what readings rest on.

A chunk holds some items of one benchmark, and the paragraphs that no chunk before it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, isnan
from typing import Any

from trusteval.printable import printable_line
from trusteval.report.browse.part import Given, Part
from trusteval.report.browse.pieces import Paragraphs, Pieces
from trusteval.report.browse.withheld import Kind, Withheld, item_text
from trusteval.types import Sample

_MOST_LETTERS = 256_000
_MOST_ITEMS = 500
"""A chunk is closed when it has one of them: it opens in some 10 ms."""
_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Texts of a benchmark's items from `item` on; `piece` is the number of its first paragraph."""

    benchmark: int
    item: int
    piece: int
    texts: Mapping[str, Any]


class Chunks:
    """Cuts parts into chunks; `rules` numbers how texts were read, as they are met."""

    def __init__(self, subjects: Sequence[str], withheld: Withheld, paragraphs: Paragraphs) -> None:
        self._places = {name: str(place) for place, name in enumerate(subjects)}
        self._withheld = withheld
        self._pieces = Pieces(paragraphs)
        self.rules: dict[str, int] = {}
        self.n_letters = 0

    def of(self, parts: Sequence[Part]) -> Iterator[Chunk]:
        """Return the chunks of all parts, in order."""
        for place, part in enumerate(parts):
            item = 0
            while item < len(part):
                piece = self._pieces.n_taken
                end = self._end(part, item)
                texts = self._texts(part, range(item, end))
                yield Chunk(place, item, piece, {"pieces": self._take(), **texts})
                item = end

    def _take(self) -> list[str]:
        new = self._pieces.take_new()
        self.n_letters += sum(map(len, new))
        return new

    def _end(self, part: Part, first: int) -> int:
        """Number the texts of the next items, until they are enough for a chunk."""
        for item in range(first, min(first + _MOST_ITEMS, len(part))):
            self._item(part, item)
            self._prompt(part, item)
            for given in part.given.values():
                self._said(part, given, item)
            if self._pieces.n_new_letters >= _MOST_LETTERS:
                return item + 1
        return min(first + _MOST_ITEMS, len(part))

    def _texts(self, part: Part, items: range) -> dict[str, Any]:
        given = {self._places[who]: given for who, given in part.given.items()}
        spoken = {place: one for place, one in given.items() if one.said is not None}
        likely = {place: one for place, one in given.items() if one.probabilities is not None}
        return {
            "text": [self._item(part, item) for item in items],
            "prompt": [self._prompt(part, item) for item in items],
            "said": {
                place: [self._said(part, one, item) for item in items]
                for place, one in spoken.items()
            },
            "cut": {place: _cut(one, items) for place, one in spoken.items()},
            "read": {
                place: [self._grounds(part, one, item) for item in items]
                for place, one in spoken.items()
            },
            "likely": {
                place: [_likely(one, part.sample_table.samples[item], item) for item in items]
                for place, one in likely.items()
            },
        }

    def _is_withheld(self, part: Part, kind: Kind, item: int) -> bool:
        return (kind, part.benchmark, item) in self._withheld

    def _item(self, part: Part, item: int) -> Any:
        if self._is_withheld(part, Kind.TEXT, item):
            return None
        return self._pieces.number(item_text(part.sample_table.samples[item]))

    def _prompt(self, part: Part, item: int) -> Any:
        if part.prompts is None or self._is_withheld(part, Kind.PROMPT, item):
            return None
        return [[turn.role.value, self._pieces.number(turn.content)] for turn in part.prompts[item]]

    def _said(self, part: Part, given: Given, item: int) -> Any:
        if given.said is None or self._is_withheld(part, Kind.RESPONSES, item):
            return None
        return self._pieces.number(given.said.at(item).text)

    def _grounds(self, part: Part, given: Given, item: int) -> Any:
        """Return by which rule a response was read, and which words it rests on."""
        if given.grounds is None:
            return None
        rule = printable_line(given.grounds.rules[given.grounds.rule[item]])
        number = self.rules.setdefault(rule, len(self.rules))
        if self._is_withheld(part, Kind.RESPONSES, item):
            return [number, None]
        return [number, self._pieces.number(given.grounds.spans[given.grounds.span[item]])]


def _cut(given: Given, items: range) -> list[int]:
    return (
        [] if given.said is None else given.said.cut[items.start : items.stop].astype(int).tolist()
    )


def _likely(given: Given, sample: Sample, item: int) -> list[int | None]:
    """Return how likely each label of the item's setting was, per mille; None if not known."""
    if given.probabilities is None:
        return []
    column = {label: place for place, label in enumerate(given.probabilities.labels)}
    logs = [given.probabilities.log[item, column[label.value]] for label in sample.setting.labels]
    return [None if isnan(log) else round(_PER_MILLE * exp(log)) for log in logs]
