"""What a response says, and what a vote makes of several.

A refusal is a value and an invalid output is a value; a crash is neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from trusteval.types.samples import DECLINED, Sample
from trusteval.types.subjects import Variant


class InvalidReason(StrEnum):
    """Why an answer maps to no label, although it is no refusal."""

    EMPTY = "empty"
    UNPARSEABLE = "unparseable"
    CONTRADICTORY = "contradictory"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Label:
    """A label that the setting declares.

    `contradictory` says that the text held another label too, where a reference protocol reads
    one of them all the same; it makes no other answer of it.
    """

    value: str
    contradictory: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model declined, or said that it does not know."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """The text maps to no label and is no refusal."""

    reason: InvalidReason


Answer = Label | Refusal | Invalid


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, and why a text was read so.

    `rule` names the rule that decided, `span` are the words of the text that it rests on: "" where
    it rests on none, as with an empty text.
    """

    answer: Answer
    rule: str
    span: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A sample and what a subject answered; the same type for a variant and an ensemble."""

    sample: Sample
    answer: Answer

    @property
    def correct(self) -> bool:
        return is_right(self.sample, self.answer)


def is_right(sample: Sample, answer: Answer) -> bool:
    """Whether an answer is what the sample's target asks for."""
    match answer:
        case Label(value):
            right_for = {label.value: label.right_for for label in sample.setting.labels}
            return right_for.get(value, value) == sample.target
        case Refusal():
            return sample.target == DECLINED
        case Invalid():
            return False


@dataclass(frozen=True, slots=True)
class Ballot:
    """One member's answer to one sample."""

    variant: Variant
    answer: Answer


@dataclass(frozen=True, slots=True)
class Decision:
    """What an ensemble decided.

    `tally` counts admitted ballots per answer, most votes first; `tie_broken_by` names the
    member whose choice broke a tie, None if there was none; `dropped` holds the ballots that
    were not admitted.
    """

    answer: Answer
    tally: tuple[tuple[Label | Refusal, int], ...]
    tie_broken_by: str | None
    dropped: tuple[Ballot, ...]
