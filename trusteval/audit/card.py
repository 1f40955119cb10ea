"""A card: one response to one item, as the person who labels it sees it, blinded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.printable import printable, printable_lines
from trusteval.types import Answer, Invalid, InvalidReason, Label, Refusal, Response, Sample

REFUSAL = "refusal"
UNDECIDED = "undecided"
MEANINGS = {
    REFUSAL: "declines, or says that it does not know",
    InvalidReason.EMPTY.value: "nothing is there",
    InvalidReason.UNPARSEABLE.value: "states no label, and declines nothing",
    InvalidReason.CONTRADICTORY.value: "states several labels, and settles on none",
    InvalidReason.TRUNCATED.value: "is cut off before it answers",
    UNDECIDED: "cannot decide",
}
"""What a person may say instead of a label, and what it means."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a response; `choices` are the labels that its setting knows.

    Equal cards show the same, whoever gave the response.
    """

    benchmark: str
    setting: str
    item: str
    text: str
    options: str
    response: str
    is_cut: bool
    choices: tuple[str, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every value that a person may give."""
        return (*self.choices, *MEANINGS)

    @property
    def shown(self) -> dict[str, str]:
        """What is shown, by column."""
        return {
            "benchmark": self.benchmark,
            "setting": self.setting,
            "item": self.item,
            "text": self.text,
            "options": self.options,
            "response": self.response,
            "cut": "yes" if self.is_cut else "",
        }


SHOWN = ("benchmark", "setting", "item", "text", "options", "response", "cut")


def card_of(sample: Sample, response: Response, *, is_cut: bool) -> Card:
    """Show a response, with escapes for what a page or table would act on or hide."""
    setting = sample.setting
    symbols = list(dict.fromkeys([label.value for label in setting.labels]))
    if setting.abstention is not None and setting.abstention not in symbols:
        symbols.append(setting.abstention)
    options = [f"{symbol}: {text}" for symbol, text in zip(symbols, sample.options, strict=False)]
    return Card(
        benchmark=setting.benchmark,
        setting=setting.name,
        item=printable(sample.id),
        text=_shown("\n".join(sample.fields.values())),
        options=_shown("\n".join(options)),
        response=_shown(response.text),
        is_cut=is_cut,
        choices=tuple(symbol for symbol in symbols if symbol != setting.abstention),
    )


def digest(shown: Mapping[str, str]) -> str:
    """Return a digest of what is shown, whatever a spreadsheet did to the ends of lines and cells.

    An apostrophe before a cell is the spreadsheet's way to say that it is no formula.
    """
    cells = [_normal(shown[column]) for column in SHOWN]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def answer_of(label: str) -> Answer | None:
    """Return the answer that a person means by a label; None where they could not decide."""
    if label == UNDECIDED:
        return None
    if label == REFUSAL:
        return Refusal()
    if label in tuple(InvalidReason):
        return Invalid(InvalidReason(label))
    return Label(label)


def _shown(text: str) -> str:
    return printable_lines(text.replace("\r\n", "\n").replace("\t", "    "))


def _normal(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip().lstrip("'").strip()
