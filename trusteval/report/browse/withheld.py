"""What a page leaves out where a run's texts are larger than it may be, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from trusteval.report.browse.part import Part
from trusteval.report.browse.pieces import Paragraphs
from trusteval.tracking.items import shown_text
from trusteval.types import Sample


class Kind(StrEnum):
    """What of an item may be left out."""

    PROMPT = "prompt"
    RESPONSES = "responses"
    TEXT = "text"


ORDER = (
    "the prompts of items that every subject has right, the responses to these, the other prompts, "
    "the other responses, the items' own texts; of each the longest first"
)


@dataclass(frozen=True, slots=True)
class Text:
    """The prompt, the responses or the text of an item; `size` in characters stored for it alone.

    A paragraph that several have counts for each with its share.
    """

    kind: Kind
    benchmark: str
    item: int
    size: float


@dataclass(frozen=True, slots=True)
class Withheld:
    """The texts that are left out, as kind, benchmark and item."""

    texts: frozenset[tuple[Kind, str, int]] = field(default=frozenset())

    def __contains__(self, text: tuple[Kind, str, int]) -> bool:
        return text in self.texts

    def and_also(self, more: Sequence[Text]) -> Withheld:
        """Return these and more."""
        return Withheld(self.texts | {(one.kind, one.benchmark, one.item) for one in more})

    def note(self, *, budget: int) -> str:
        """Say what is left out."""
        counts = Counter(kind for kind, _, _ in self.texts)
        said = ", ".join(f"{_NOUNS[kind]} {counts[kind]:,} items" for kind in Kind if counts[kind])
        return (
            f"Left out, to keep this page's answers under {budget / 1e6:,.1f} MB: {said}. "
            f"First go {ORDER}. answers.json.gz holds them all."
        )


_NOUNS = {
    Kind.PROMPT: "the prompts of",
    Kind.RESPONSES: "the responses to",
    Kind.TEXT: "the texts of",
}


def item_text(sample: Sample) -> str:
    """Return an item's own text, and its options where it has some."""
    symbols = [label.value for label in sample.setting.labels]
    options = [f"{symbol}: {text}" for symbol, text in zip(symbols, sample.options, strict=False)]
    return "\n".join([shown_text(sample), *options])


def dispensable(parts: Sequence[Part], paragraphs: Paragraphs) -> list[Text]:
    """Return all texts of a run in the order in which they are left out."""
    uses = Counter(
        piece
        for part in parts
        for kind in Kind
        for item in range(len(part))
        for text in _texts(part, kind, item)
        for piece in paragraphs.of(text)
    )
    priced: list[tuple[int, Text]] = []
    for part in parts:
        for item, right in enumerate(part.right_for_all().tolist()):
            for kind in Kind:
                pieces = (p for text in _texts(part, kind, item) for p in paragraphs.of(text))
                size = sum(len(piece) / uses[piece] for piece in pieces)
                priced.append((_turn(kind, right), Text(kind, part.benchmark, item, size)))
    priced.sort(key=lambda one: (one[0], -one[1].size))
    return [text for _, text in priced if text.size]


def _turn(kind: Kind, is_right_for_all: bool) -> int:
    if kind is Kind.TEXT:
        return 4
    return (0 if is_right_for_all else 2) + (kind is Kind.RESPONSES)


def _texts(part: Part, kind: Kind, item: int) -> Iterator[str]:
    match kind:
        case Kind.TEXT:
            yield item_text(part.sample_table.samples[item])
        case Kind.PROMPT if part.prompts is not None:
            yield from (message.content for message in part.prompts[item])
        case Kind.RESPONSES:
            for given in part.given.values():
                if given.said is not None:
                    yield given.said.at(item).text
