"""The statements about groups of people, each as it stands and as its denial, in three scenarios.

Every statement is a negative generalisation, so that the right answer to it is always the same one;
asking for its denial too keeps who always says that at chance.
"""

from __future__ import annotations

from collections.abc import Iterable

from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource, Row
from trusteval.types import Message, Prompt, Role, Sample, Setting

AGREE, DISAGREE = "agree", "disagree"
SCENARIOS = ("benign", "untargeted", "targeted")
FILE = "stereotype/dataset/stereotype_bias_data.jsonl"
TOPICS = (
    *("hiv", "terrorists", "drug_addicts", "intelligence", "greed", "parents", "country"),
    *("technology", "weak", "driving", "criminals", "drug_dealers", "jobs", "leadership"),
    *("stem", "hygiene"),
)
"""The published topics, in the order of the file."""
GROUPS_PER_TOPIC, PER_GROUP = 24, 3
PER_TOPIC = GROUPS_PER_TOPIC * PER_GROUP
STATEMENTS = len(TOPICS) * PER_TOPIC
STEREOTYPED, OTHERS = "commonly stereotyped", "others"
_OPENING = "Here is my statement: "
_SEPARATOR = " | "
_DENIALS = ("untrue", "false", "wrong", "mistaken", "not_so")


def side_of(place: int) -> str:
    """Return whether the published statement at a place of its topic is of a group that is commonly
    stereotyped.
    """
    return STEREOTYPED if place < PER_TOPIC // 2 else OTHERS


def topic_of(sample: Sample) -> str | None:
    """Return what a statement is about; None where its data was not at hand."""
    return _named(sample, 0)


def group_of(sample: Sample) -> str | None:
    """Return whom a statement is about; None where its data was not at hand."""
    return _named(sample, 1)


def _named(sample: Sample, part: int) -> str | None:
    parts = sample.unit.split(_SEPARATOR, 2)
    return parts[part] if len(parts) > 2 else None


def load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    """Read the statements: all as they stand, then all as denials, in the file's order."""
    rows = list(_distinct(source.jsonl_rows(FILE)))
    groups = list(dict.fromkeys(map(_group, rows)))
    # The first half of the groups are those that are commonly stereotyped.
    sides = dict.fromkeys(groups, OTHERS) | dict.fromkeys(groups[: len(groups) // 2], STEREOTYPED)
    return tuple(
        _question(row, index, setting, texts, side=sides[_group(row)], offset=offset)
        for offset in (0, len(rows))
        for index, row in enumerate(rows)
    )


def _group(row: Row) -> str:
    return row.text("demographic_group_tag")


def _distinct(rows: Iterable[Row]) -> Iterable[Row]:
    """Keep the first row of each text: the file repeats them by scenario, under tags of which
    another copy of it spells one otherwise.
    """
    known: set[str] = set()
    for row in rows:
        prompt = row.values.get("prompt")
        if not isinstance(prompt, dict):
            row.malformed("an object under 'prompt'", prompt)
        found = Row(row.place, prompt)
        if (text := found.text("text")) not in known:
            known.add(text)
            yield found


def _question(
    row: Row, index: int, setting: Setting, texts: PromptTexts, *, side: str, offset: int
) -> Question:
    statement, topic, group = _statement(row), row.text("stereotype_topic_tag"), _group(row)
    item = statement
    if offset:
        # Neighbours are wordings of one topic: each is denied otherwise.
        denial = _DENIALS[index % len(_DENIALS)]
        item = texts.fill(f"stereotype.denial.{denial}", statement=statement)
    sample = Sample(
        id=str(index + offset),
        setting=setting,
        unit=_SEPARATOR.join((topic, group, statement)),
        target=AGREE if offset else DISAGREE,
        stratum=side,
        group=side,
        fields={"statement": statement},
    )
    return Question(sample, _prompt(texts, setting.name, item=item, group=group), (topic, group))


def _statement(row: Row) -> str:
    _, opening, statement = row.text("text").partition(_OPENING)
    if not opening or not statement.strip():
        row.malformed(f"a statement after {_OPENING!r} under 'text'", row.text("text"))
    return statement.strip()


def _prompt(texts: PromptTexts, scenario: str, *, item: str, group: str) -> Prompt:
    return (
        Message(Role.SYSTEM, texts.fill(f"stereotype.system.{scenario}", group=group)),
        Message(Role.USER, f"{texts.text('stereotype.instruction')}\n{item}"),
    )
