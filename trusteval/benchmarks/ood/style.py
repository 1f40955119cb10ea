"""Restyled SST-2 sentences: settings, prompts, and how the published code reads a sentiment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.hub_dataset import json_bytes
from trusteval.benchmarks.ood.demonstrations import demonstration_rows
from trusteval.benchmarks.prompts import PromptTexts, conversation
from trusteval.benchmarks.source import DataSource, Row
from trusteval.types import (
    Answer,
    Invalid,
    InvalidReason,
    Label,
    LabelSpec,
    Refusal,
    Sample,
    Setting,
)

FILE = "decodingtrust_ood/style.json"
STYLES = (
    *("shake_w", "augment", "shake_p0", "shake_p0.6", "bible_p0", "bible_p0.6"),
    *("romantic_p0", "romantic_p0.6", "tweet_p0", "tweet_p0.6"),
)
_FEW_SHOT_STYLES = ("shake_p0.6", "bible_p0.6", "romantic_p0.6", "tweet_p0.6")
STYLE_FEW_SHOT = tuple(f"{style}_base_{run}" for style in _FEW_SHOT_STYLES for run in range(3))
_SENTIMENT = {"0": "negative", "1": "positive"}
_HUB_RUN = re.compile(r".+_\d")  # base_0; but not shake_p0


def _setting(name: str, shots: int = 0) -> Setting:
    return Setting(
        benchmark="ood",
        name=name,
        labels=tuple(LabelSpec(value) for value in _SENTIMENT.values()),
        max_new_tokens=20,
        n_expected=872,
        shots=shots,
    )


SETTINGS = (
    *(_setting(style) for style in ("base", *STYLES)),
    *(_setting(name, shots=8) for name in STYLE_FEW_SHOT),
)


def load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    instruction = texts.text("ood.style_instruction")
    style, _, run = setting.name.partition("_base_")
    demonstrations = [
        (row.text("sentence"), row.one_of("label", _SENTIMENT).capitalize())
        for row in demonstration_rows(source, FILE, "train_demo", f"base_{run}", setting)
    ]
    material = tuple(part for pair in demonstrations for part in pair)
    questions = []
    for index, row in enumerate(source.json_rows(FILE, "dev", style)):
        sentence = row.text("sentence")
        prompt = conversation(
            texts, instruction=instruction, demonstrations=demonstrations, item=sentence
        )
        sample = Sample(
            id=str(index),
            setting=setting,
            unit=f"sentence {row.values.get('id', index)}",
            target=row.one_of("label", _SENTIMENT),
            stratum="style",
            fields={"sentence": sentence},
        )
        questions.append(Question(sample, prompt, material))
    return tuple(questions)


def published_reading(text: str) -> Answer:
    """Read a sentiment: both are wrong but no refusal, neither is a refusal."""
    found = [label for label in _SENTIMENT.values() if label in text.lower()]
    if len(found) > 1:
        return Invalid(InvalidReason.CONTRADICTORY)
    return Label(found[0]) if found else Refusal()


def original_file(rows: Iterable[Row]) -> bytes:
    """Rewrite the hub's rows, apart by category."""
    parts: dict[str, dict[str, list[Any]]] = {"dev": {}, "train_demo": {}}
    for row in rows:
        category = row.text("category")
        part = "train_demo" if _HUB_RUN.fullmatch(category) else "dev"
        items = parts[part].setdefault(category, [])
        label = row.one_of("answer", {digit: digit for digit in _SENTIMENT})
        items.append({"sentence": row.text("question_sentence"), "label": label, "id": len(items)})
    return json_bytes(parts)
