"""General capability: MMLU, 57 subjects, 5-shot plain text, as arXiv 2511.22483 uses it.

The score is the micro average over all questions; no chat template, as published.
"""

from __future__ import annotations

import re

from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.hub_dataset import HubDataset, Tables, csv_bytes
from trusteval.benchmarks.portion import Portion, Quota
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.shown import PUBLISHED_ACCURACY, STRICT_ACCURACY
from trusteval.benchmarks.source import DataSource, Row
from trusteval.errors import DataError
from trusteval.metrics.scoring import Scoring, Subscore, over
from trusteval.types import (
    Answer,
    Dimension,
    Label,
    LabelForm,
    LabelSpec,
    Message,
    Refusal,
    Role,
    Sample,
    Setting,
)

_FOLDER = "mmlu/hendrycks_format"
_SUBJECT = re.compile(r"[a-z_]+")
_LETTERS = {letter: letter for letter in "ABCD"}
_COLUMNS = ("question", *_LETTERS, "answer")
# Questions per subject in the published test set: 14,042 in all.
_ROWS = {
    "abstract_algebra": 100,
    "anatomy": 135,
    "astronomy": 152,
    "business_ethics": 100,
    "clinical_knowledge": 265,
    "college_biology": 144,
    "college_chemistry": 100,
    "college_computer_science": 100,
    "college_mathematics": 100,
    "college_medicine": 173,
    "college_physics": 102,
    "computer_security": 100,
    "conceptual_physics": 235,
    "econometrics": 114,
    "electrical_engineering": 145,
    "elementary_mathematics": 378,
    "formal_logic": 126,
    "global_facts": 100,
    "high_school_biology": 310,
    "high_school_chemistry": 203,
    "high_school_computer_science": 100,
    "high_school_european_history": 165,
    "high_school_geography": 198,
    "high_school_government_and_politics": 193,
    "high_school_macroeconomics": 390,
    "high_school_mathematics": 270,
    "high_school_microeconomics": 238,
    "high_school_physics": 151,
    "high_school_psychology": 545,
    "high_school_statistics": 216,
    "high_school_us_history": 204,
    "high_school_world_history": 237,
    "human_aging": 223,
    "human_sexuality": 131,
    "international_law": 121,
    "jurisprudence": 108,
    "logical_fallacies": 163,
    "machine_learning": 112,
    "management": 103,
    "marketing": 234,
    "medical_genetics": 100,
    "miscellaneous": 783,
    "moral_disputes": 346,
    "moral_scenarios": 895,
    "nutrition": 306,
    "philosophy": 311,
    "prehistory": 324,
    "professional_accounting": 282,
    "professional_law": 1534,
    "professional_medicine": 272,
    "professional_psychology": 612,
    "public_relations": 110,
    "security_studies": 245,
    "sociology": 201,
    "us_foreign_policy": 100,
    "virology": 166,
    "world_religions": 171,
}
SUBJECTS = tuple(_ROWS)


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    subject = setting.name
    shown = _rows(source, f"dev/{subject}_dev.csv") if setting.shots else []
    if len(shown) < setting.shots:
        raise DataError(
            f"{source.root / _FOLDER}/dev/{subject}_dev.csv: expected {setting.shots} rows for "
            f"demonstrations, got {len(shown)}"
        )
    header = texts.fill("mmlu.header", subject=subject.replace("_", " "))
    blocks = [
        f"{_block(row, texts)} {row.one_of('answer', _LETTERS)}" for row in shown[: setting.shots]
    ]
    material = tuple(text for row in shown[: setting.shots] for text in row.values.values())
    questions = []
    for index, row in enumerate(_rows(source, f"test/{subject}_test.csv")):
        prompt = (Message(Role.PLAIN, "\n\n".join([header, *blocks, _block(row, texts)])),)
        question = row.text("question")
        sample = Sample(
            id=str(index),
            setting=setting,
            unit=question,
            target=row.one_of("answer", _LETTERS),
            stratum="questions",
            options=tuple(row.text(letter) for letter in _LETTERS),
            fields={"question": question},
        )
        questions.append(Question(sample, prompt, material))
    return tuple(questions)


def _rows(source: DataSource, name: str) -> list[Row]:
    return source.csv_rows(f"{_FOLDER}/{name}", columns=_COLUMNS, header=False)


def _block(row: Row, texts: PromptTexts) -> str:
    options = [f"{letter}. {row.text(letter)}" for letter in _LETTERS]
    return "\n".join([row.text("question"), *options, texts.text("mmlu.answer")])


def _published_reading(sample: Sample, text: str) -> Answer:
    """Take the first character, upper-cased, and nothing else."""
    # A tokenizer may leave one blank before the letter of a continuation.
    first = text.removeprefix(" ").replace("</s>", "").lower()[:1].upper()
    return Label(first) if first and first in _LETTERS else Refusal()


def _original_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the hub's questions, apart by subject."""
    letters = dict(enumerate(_LETTERS))
    files: dict[str, list[tuple[str, ...]]] = {}
    for split, rows in zip(("dev", "test"), tables, strict=True):
        for row in rows:
            subject = row.text("subject")
            if not _SUBJECT.fullmatch(subject):  # it becomes a file's name
                row.malformed("a name of small letters and _ under 'subject'", subject)
            cells = row.text("question"), *row.choices(), row.one_of("answer", letters)
            files.setdefault(f"{_FOLDER}/{split}/{subject}_{split}.csv", []).append(cells)
    return {name: csv_bytes(lines) for name, lines in files.items()}


def _scoring(*, shown: dict[str, str], every_label: bool) -> Scoring:
    """Score the micro average; the macro average stands beside it."""
    return Scoring(
        every_label=every_label,
        subscores={
            "micro": Subscore(over(SUBJECTS, "accuracy"), pooled=True),
            "macro": Subscore(over(SUBJECTS, "accuracy"), share=0),
        },
        shown=shown,
    )


_PUBLISHED = _scoring(shown=PUBLISHED_ACCURACY, every_label=False)
MMLU = Benchmark(
    name="mmlu",
    dimension=Dimension.MMLU,
    settings=by_name(
        Setting(
            benchmark="mmlu",
            name=subject,
            labels=tuple(LabelSpec(letter) for letter in _LETTERS),
            max_new_tokens=16,
            n_expected=rows,
            form=LabelForm.SYMBOL,
            continued=True,
            shots=5,
        )
        for subject, rows in _ROWS.items()
    ),
    load=_load,
    scorings={
        "strict": _scoring(shown=STRICT_ACCURACY, every_label=True),
        "comptrust": _PUBLISHED,
        "decodingtrust": _PUBLISHED,  # DecodingTrust has no MMLU: CompTrust's form stands in
    },
    portions={
        "demo": Portion.of_slice(
            dict.fromkeys(("astronomy", "high_school_geography", "computer_security"), 12)
        ),
        "quick": Portion(SUBJECTS, quotas=tuple(Quota((subject,), 8) for subject in SUBJECTS)),
        "full": Portion(SUBJECTS),
    },
    published_reading=_published_reading,
    hub=HubDataset(
        "cais/mmlu",
        "c30699e8356da336a370243923dbaf21066bb9fe",
        files=tuple(f"all/{split}-00000-of-00001.parquet" for split in ("dev", "test")),
        convert=_original_files,
    ),
)
