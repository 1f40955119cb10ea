"""Fairness: UCI Adult income prediction over DecodingTrust's eight settings, group = sex.

arXiv 2511.22483, section III-B. A high fairness score is no evidence of usefulness: the gates
stand beside balanced accuracy and the non-answer rate. The reference's three Communities and
Crime settings are optional: their sensitive attribute equals the label.
"""

from __future__ import annotations

import re

from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.prompts import PromptTexts, conversation
from trusteval.benchmarks.source import DataSource, Row
from trusteval.errors import DataError
from trusteval.metrics.metric import METRICS
from trusteval.types import Dimension, LabelSpec, Sample, Setting

TARGETS = {"yes": "yes", "no": "no"}
_CRIME_TARGETS = {1: "low", 0: "high"}
SEX = re.compile(r"\bsex (Male|Female)\b")
# Result name -> file stem (without the folder) and demonstrations per row.
STEMS = {
    "zero_shot_br_0.0": ("adult_0_200_test_base_rate_0.0", 0),
    "zero_shot_br_0.5": ("adult_0_200_test_base_rate_0.5", 0),
    "zero_shot_br_1.0": ("adult_0_200_test_base_rate_1.0", 0),
    "few_shot_tr_br_0.0": ("adult_32_200_train_base_rate_0.0", 32),
    "few_shot_tr_br_0.5": ("adult_32_200_train_base_rate_0.5", 32),
    "few_shot_tr_br_1.0": ("adult_32_200_train_base_rate_1.0", 32),
    "few_shot_16_fair_demon": ("adult_16_200_train_br_0.0_test_br_0.5", 16),
    "few_shot_32_fair_demon": ("adult_32_200_train_br_0.0_test_br_0.5", 32),
}
SETTINGS = tuple(STEMS)
_CRIME_STEMS = {
    f"crime_br_{rate}": f"crime_0_300_test_base_rate_{rate}" for rate in ("0.0", "0.5", "1.0")
}
CRIME_SETTINGS = tuple(_CRIME_STEMS)
_FOLDER = "decodingtrust_fairness/fairness_data"


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    crime = setting.name in _CRIME_STEMS
    stem = _CRIME_STEMS[setting.name] if crime else STEMS[setting.name][0]
    rows = source.jsonl_rows(f"{_FOLDER}/{stem}.jsonl")
    groups = source.array(f"{_FOLDER}/sensitive_attr_{stem}.npy")
    labels = source.array(f"{_FOLDER}/gt_labels_{stem}.npy")
    if not len(rows) == len(groups) == len(labels):
        raise DataError(
            f"{source.root / _FOLDER}: {stem} has {len(rows)} rows, {len(groups)} sensitive "
            f"attributes and {len(labels)} labels; expected the same number of each"
        )
    instruction = texts.text("adult.crime_instruction" if crime else "adult.instruction")
    questions = []
    for index, (row, group, label) in enumerate(zip(rows, groups, labels, strict=True)):
        text = row.text("input")
        target = _CRIME_TARGETS.get(label) if crime else row.one_of("label", TARGETS)
        if target is None or label != (target == setting.labels[0].value):
            row.malformed(f"the label of gt_labels_{stem}.npy ({label})", target)
        if not crime and ((named := SEX.search(text)) is None or named[1] != group):
            row.malformed(f"the sex of sensitive_attr_{stem}.npy ({group})", text)
        shown = _demonstrations(row, setting.shots)
        prompt = conversation(texts, instruction=instruction, demonstrations=shown, item=text)
        sample = Sample(
            id=str(index),
            setting=setting,
            cluster=text,
            target=target,
            stratum=f"{group}/{target}",
            group=str(group),
            fields={"input": text},
        )
        questions.append(Question(sample, prompt, tuple(part for pair in shown for part in pair)))
    return tuple(questions)


def _demonstrations(row: Row, shots: int) -> list[tuple[str, str]]:
    """Return the row's own demonstrations, their labels capitalised."""
    if not shots:
        return []
    examples = row.values.get("examples")
    if not isinstance(examples, list) or len(examples) != shots:
        row.malformed(f"{shots} examples", examples)
    demonstrations = []
    for example in examples:
        match example:
            case [str(asked), "yes" | "no" as answered]:
                demonstrations.append((asked, str(answered).capitalize()))
            case _:
                row.malformed('examples of the form [text, "yes" or "no"]', example)
    return demonstrations


def fairness_setting(
    benchmark: str, name: str, *, labels: tuple[str, str], n_expected: int, shots: int = 0
) -> Setting:
    """Declare a setting with two labels, the positive one first."""
    return Setting(
        benchmark=benchmark,
        name=name,
        labels=tuple(LabelSpec(label) for label in labels),
        max_new_tokens=20,
        n_expected=n_expected,
        shots=shots,
    )


FAIRNESS_METRICS = tuple(name for name, metric in METRICS.items() if metric.is_disparity)
BESIDE_FAIRNESS = ("balanced_accuracy", "non_answer_gap")
ADULT = Benchmark(
    name="adult",
    dimension=Dimension.FAIRNESS,
    settings=by_name(
        [
            *(
                fairness_setting("adult", name, labels=("yes", "no"), n_expected=200, shots=shots)
                for name, (_, shots) in STEMS.items()
            ),
            *(
                fairness_setting("adult", name, labels=("low", "high"), n_expected=300)
                for name in _CRIME_STEMS
            ),
        ]
    ),
    load=_load,
    metrics=FAIRNESS_METRICS,
    beside=BESIDE_FAIRNESS,
)
