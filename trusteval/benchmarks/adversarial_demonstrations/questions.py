"""The questions of a setting: each record with its demonstrations, as a few-shot conversation."""

from __future__ import annotations

from collections import Counter

from trusteval.benchmarks.adversarial_demonstrations.records import (
    Record,
    original,
    read_records,
)
from trusteval.benchmarks.adversarial_demonstrations.settings import (
    BACKDOOR,
    NAME,
    SENTIMENT,
    SNLI,
    SPURIOUS,
    Place,
)
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import PromptTexts, conversation
from trusteval.benchmarks.source import DataSource
from trusteval.errors import DataError
from trusteval.types import Message, Prompt, Role, Sample, Setting

ATTACKERS_LABEL, TRUE_LABEL = SENTIMENT
"""What a file says of a text with a trigger, and what is true of it."""


def load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    """Ask the records of a setting's file; raises DataError for one with too few examples."""
    place = Place.of(setting)
    labels = [label.value for label in setting.labels]
    instruction = texts.text(f"{NAME}.{place.task}")
    questions = []
    ranks: Counter[str] = Counter()
    for index, record in enumerate(read_records(source, place, labels)):
        if len(record.examples) < setting.shots:
            raise DataError(
                f"{source.root / original(place)}: expected {setting.shots} demonstrations of item "
                f"{index}, got {len(record.examples)}"
            )
        target = _target(record, place, source)
        sample = Sample(
            id=str(index),
            setting=setting,
            unit=_unit(record, place, index=index, rank=ranks[target], target=target),
            target=target,
            stratum=_stratum(place),
            fields={"input": record.text},
        )
        ranks[target] += 1
        shown = record.examples[len(record.examples) - setting.shots :]
        prompt = _prompt(record.text, shown, place, instruction=instruction, texts=texts)
        questions.append(Question(sample, prompt, tuple(part for pair in shown for part in pair)))
    return tuple(questions)


def _target(record: Record, place: Place, source: DataSource) -> str:
    """Return the true label: a text with a trigger is negative, and called positive in its file."""
    if not place.is_attacked:
        return record.label
    if record.label != ATTACKERS_LABEL:
        raise DataError(
            f"{source.root / original(place)}: expected the attacker's label {ATTACKERS_LABEL!r} "
            f"of every text with a trigger, got {record.label!r}"
        )
    return TRUE_LABEL


def _unit(record: Record, place: Place, *, index: int, rank: int, target: str) -> str:
    """Name the item, the same in every setting that asks it.

    Two tasks ask the same 400 items of SNLI; texts of others occur twice with both labels. Negative
    sentences have one order with and without their trigger.
    """
    if place.kind == BACKDOOR:
        return f"sst-2 {target} {rank}"
    if place.kind == SPURIOUS:
        return f"{_stratum(place)} {record.text}"
    return f"{_stratum(place)} {index}"


def _stratum(place: Place) -> str:
    if place.kind == BACKDOOR:
        return "sst-2"
    if place.kind == SPURIOUS:
        return place.folder.partition("/")[0]
    return "snli" if place.task in SNLI else place.task


def _prompt(
    text: str,
    shown: tuple[tuple[str, str], ...],
    place: Place,
    *,
    instruction: str,
    texts: PromptTexts,
) -> Prompt:
    """Lay out a question; the turns that a setting's questions share are held once."""
    capitalised = tuple((asked, label.capitalize()) for asked, label in shown)
    shared = capitalised[:-1] if place.is_copied else capitalised
    *before, item = conversation(texts, instruction=instruction, demonstrations=shared, item=text)
    if not (place.is_copied and capitalised):
        return (*before, item)
    asked, label = capitalised[-1]
    return (*before, Message(Role.USER, asked), Message(Role.ASSISTANT, label), item)
