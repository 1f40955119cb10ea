"""Fairness: UCI Adult income prediction over DecodingTrust's eight settings, group = sex.

arXiv 2511.22483, section III-B. A high fairness score is no evidence of usefulness: the gates
stand beside balanced accuracy and the non-answer rate. The reference's three Communities and
Crime settings are optional: their sensitive attribute equals the label.
"""

from __future__ import annotations

import json
import re
from typing import Any

from trusteval.benchmarks import fairness
from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.fairness import fairness_setting
from trusteval.benchmarks.hub_dataset import Tables, array_bytes, decoding_trust
from trusteval.benchmarks.portion import Portion, Quota
from trusteval.benchmarks.prompts import PromptTexts, conversation
from trusteval.benchmarks.source import DataSource, Row
from trusteval.errors import DataError
from trusteval.types import Dimension, Sample, Setting

_TARGETS = {"yes": "yes", "no": "no"}
_CRIME_TARGETS = {1: "low", 0: "high"}
_SEX = re.compile(r"\bsex (Male|Female)\b")
# Result name -> file stem (without the folder) and demonstrations per row.
_STEMS = {
    "zero_shot_br_0.0": ("adult_0_200_test_base_rate_0.0", 0),
    "zero_shot_br_0.5": ("adult_0_200_test_base_rate_0.5", 0),
    "zero_shot_br_1.0": ("adult_0_200_test_base_rate_1.0", 0),
    "few_shot_tr_br_0.0": ("adult_32_200_train_base_rate_0.0", 32),
    "few_shot_tr_br_0.5": ("adult_32_200_train_base_rate_0.5", 32),
    "few_shot_tr_br_1.0": ("adult_32_200_train_base_rate_1.0", 32),
    "few_shot_16_fair_demon": ("adult_16_200_train_br_0.0_test_br_0.5", 16),
    "few_shot_32_fair_demon": ("adult_32_200_train_br_0.0_test_br_0.5", 32),
}
SETTINGS = tuple(_STEMS)
_CRIME_STEMS = {
    f"{fairness.CRIME}_br_{rate}": f"crime_0_300_test_base_rate_{rate}"
    for rate in ("0.0", "0.5", "1.0")
}
CRIME_SETTINGS = tuple(_CRIME_STEMS)
_FOLDER = "decodingtrust_fairness/fairness_data"


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    crime = setting.name in _CRIME_STEMS
    stem = _CRIME_STEMS[setting.name] if crime else _STEMS[setting.name][0]
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
        target = _CRIME_TARGETS.get(label) if crime else row.one_of("label", _TARGETS)
        if target is None or label != (target == setting.labels[0].value):
            row.malformed(f"the label of gt_labels_{stem}.npy ({label})", target)
        if not crime and ((named := _SEX.search(text)) is None or named[1] != group):
            row.malformed(f"the sex of sensitive_attr_{stem}.npy ({group})", text)
        shown = _demonstrations(row, setting.shots)
        prompt = conversation(texts, instruction=instruction, demonstrations=shown, item=text)
        sample = Sample(
            id=str(index),
            setting=setting,
            unit=text,
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


# -- the hub's copy ----------------------------------------------------------------------


def _original_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the rows, and the two arrays beside them from each row's own label and sex."""
    files = {}
    for (stem, _), rows in zip(_STEMS.values(), tables, strict=True):
        people = [_person(row) for row in rows]
        lines = (json.dumps(person, sort_keys=True, ensure_ascii=False) for person, _ in people)
        files[f"{_FOLDER}/{stem}.jsonl"] = "".join(f"{line}\n" for line in lines).encode()
        files[f"{_FOLDER}/gt_labels_{stem}.npy"] = array_bytes(
            [int(person["label"] == "yes") for person, _ in people]
        )
        files[f"{_FOLDER}/sensitive_attr_{stem}.npy"] = array_bytes([sex for _, sex in people])
    return files


def _person(row: Row) -> tuple[dict[str, Any], str]:
    sex, examples = _SEX.search(row.text("input")), row.values.get("examples")
    if sex is None:
        row.malformed("'sex Male' or 'sex Female' in the text under 'input'", row.values["input"])
    if not isinstance(examples, list):
        row.malformed("a list under 'examples'", examples)
    # No demonstrations are one empty pair there, for a column needs a type.
    shown = [example for example in examples if example != ["", ""]]
    return {**row.values, "label": row.one_of("label", _TARGETS), "examples": shown}, sex[1]


# -- the benchmark -----------------------------------------------------------------------

_ZERO_SHOT = ("zero_shot_br_0.0", "zero_shot_br_0.5")
_FEW_SHOT = ("few_shot_16_fair_demon",)
# Base rate 1.0 has no male negatives and no female positives: its odds are undefined.
_WITHOUT_ODDS = "zero_shot_br_1.0"
ADULT = Benchmark(
    name="adult",
    dimension=Dimension.FAIRNESS,
    settings=by_name(
        [
            *(
                fairness_setting("adult", name, labels=("yes", "no"), n_expected=200, shots=shots)
                for name, (_, shots) in _STEMS.items()
            ),
            *(
                fairness_setting("adult", name, labels=("low", "high"), n_expected=300)
                for name in _CRIME_STEMS
            ),
        ]
    ),
    load=_load,
    scorings={
        "strict": fairness.strict(
            [name for name in SETTINGS if name != _WITHOUT_ODDS],
            context=(_WITHOUT_ODDS, *CRIME_SETTINGS),
        ),
        "comptrust": fairness.comptrust(SETTINGS, context=CRIME_SETTINGS),
        "decodingtrust": fairness.decodingtrust(SETTINGS, context=CRIME_SETTINGS),
    },
    portions={
        "demo": Portion.of_slice({"few_shot_tr_br_0.0": 72}),
        "quick": Portion(
            (*_ZERO_SHOT, *_FEW_SHOT),
            # Some 96 rows a setting: 12 in the rarest group and label, 10 of them to be answered.
            quotas=(
                Quota(_ZERO_SHOT, 119, proportional=True),
                Quota(_FEW_SHOT, 96, proportional=True),
            ),
        ),
        "full": Portion((*SETTINGS, *CRIME_SETTINGS)),
    },
    metrics=fairness.METRICS,
    beside=fairness.BESIDE,
    published_reading=fairness.published_reading,
    # Without the crime settings: no file of the hub has their group.
    hub=decoding_trust(
        (f"fairness/fairness_data/{stem}.jsonl" for stem, _ in _STEMS.values()), _original_files
    ),
)
