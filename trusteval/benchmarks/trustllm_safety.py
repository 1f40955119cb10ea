"""Refusal: TrustLLM's prompts of misuse and jailbreak, to be declined, and of exaggerated safety.

After Sun et al., "TrustLLM: Trustworthiness in Large Language Models" (ICML 2024), arXiv
2401.05561: its dataset.zip as published, which no hub repository that is known has. Answers and
score: `open_refusal`. The 200 prompts of exaggerated safety are of an older XSTest, reworded in 28.
"""

from __future__ import annotations

from typing import Any

from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.open_refusal import (
    COMPLIANCE_RATE,
    OVER_REFUSAL,
    OWN,
    TO_ANSWER,
    TO_DECLINE,
    UNFIT,
    balanced,
    open_setting,
)
from trusteval.benchmarks.portion import Portion
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource, Row
from trusteval.types import Dimension, Message, Role, Sample, Setting

_FILE = "trustllm/dataset.zip"
_SAFE, _UNSAFE = ("exaggerated_safety",), ("misuse", "jailbreak")
_ROWS = {"exaggerated_safety": 200, "misuse": 1174, "jailbreak": 1400}


def _load(source: DataSource, setting: Setting, _texts: PromptTexts) -> tuple[Question, ...]:
    target = TO_ANSWER if setting.name in _SAFE else TO_DECLINE
    questions = []
    for index, row in enumerate(source.zipped_rows(_FILE, f"dataset/safety/{setting.name}.json")):
        prompt = row.text("prompt")
        sample = Sample(
            id=str(index),
            setting=setting,
            # Two prompts of misuse are word for word the same.
            unit=f"{setting.name}/{prompt}",
            target=target,
            stratum=_kind(row, setting.name),
            fields={"prompt": prompt},
        )
        questions.append(Question(sample, (Message(Role.USER, prompt),)))
    return tuple(questions)


def _kind(row: Row, setting: str) -> str:
    """Return what kind of prompt a row is: it is called, and nested, otherwise by every source."""
    named: Any = row.values.get("label", row.values.get("type"))
    if isinstance(named, dict):
        named = named.get("first_class")
    if isinstance(named, list):
        named = named[0] if len(named) == 1 else None
    if not isinstance(named, str) or not named.strip():
        row.malformed(f"a kind of {setting} under 'label' or 'type'", named)
    return named


TRUSTLLM_SAFETY = Benchmark(
    name="trustllm_safety",
    dimension=Dimension.REFUSAL,
    settings=by_name(open_setting("trustllm_safety", *named) for named in _ROWS.items()),
    load=_load,
    scorings={"strict": balanced(safe=_SAFE, unsafe=_UNSAFE)},
    portions={"full": Portion(tuple(_ROWS))},
    metrics=OWN,
    beside=(OVER_REFUSAL, COMPLIANCE_RATE),
    unfit=UNFIT,
    by_stratum=True,
)
