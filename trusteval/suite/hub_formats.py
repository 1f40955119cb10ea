"""The hub's rows rewritten as the original files: one conversion per benchmark.

A row that is not as expected is a DataError that names repository, file and row.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from trusteval.benchmarks import adult, advglue, mmlu, ood
from trusteval.benchmarks.advglue_plus_plus import SOURCES
from trusteval.benchmarks.source import Row

Tables = Sequence[Sequence[Row]]
"""The rows of a dataset's files, in the order in which it declares them."""

_MODELS = {model: model for model in SOURCES}
ADULT = tuple(stem for stem, _ in adult.STEMS.values())
_LETTERS = dict(enumerate(mmlu.LETTERS))
_RUN = re.compile(r".+_\d")  # base_0, 2021_qa_2; but neither qa_2020 nor shake_p0
_SUBJECT = re.compile(r"[a-z_]+")


def advglue_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the tasks; the hub has no text from before the attack."""
    tasks = {}
    for task, rows in zip(advglue.TASKS, tables, strict=True):
        tasks[task] = [_glue_item(row, task) for row in rows]
    return {"advglue/dev_ann.json": json_bytes(tasks)}


def advglue_plus_plus_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the tasks, apart by the model they were perturbed against."""
    cells: dict[str, dict[str, list[Any]]] = {
        model: {task: [] for task in advglue.TASKS} for model in _MODELS
    }
    for task, rows in zip(advglue.TASKS, tables, strict=True):
        for row in rows:
            item = _glue_item(row, task)
            cells[row.one_of("model", _MODELS)][task].append(item)
            del item["model"]
    return {f"advglue_plus_plus/{model}.json": json_bytes(tasks) for model, tasks in cells.items()}


def _glue_item(row: Row, task: str) -> dict[str, Any]:
    """Check a row and drop its empty columns: the hub gives each task the columns of all."""
    for field in advglue.FIELDS[task]:
        row.text(field)
    row.one_of("label", advglue.TARGETS[task])
    return {column: value for column, value in row.values.items() if value not in (None, "")}


def adult_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the rows, and the two arrays beside them from each row's own label and sex."""
    files = {}
    for stem, rows in zip(ADULT, tables, strict=True):
        people = [_person(row) for row in rows]
        lines = (json.dumps(person, sort_keys=True, ensure_ascii=False) for person, _ in people)
        folder = "decodingtrust_fairness/fairness_data"
        files[f"{folder}/{stem}.jsonl"] = "".join(f"{line}\n" for line in lines).encode()
        files[f"{folder}/gt_labels_{stem}.npy"] = _npy(
            [int(p["label"] == "yes") for p, _ in people]
        )
        files[f"{folder}/sensitive_attr_{stem}.npy"] = _npy([sex for _, sex in people])
    return files


def _person(row: Row) -> tuple[dict[str, Any], str]:
    sex, examples = adult.SEX.search(row.text("input")), row.values.get("examples")
    if sex is None:
        row.malformed("'sex Male' or 'sex Female' in the text under 'input'", row.values["input"])
    if not isinstance(examples, list):
        row.malformed("a list under 'examples'", examples)
    # No demonstrations are one empty pair there, for a column needs a type.
    shown = [example for example in examples if example != ["", ""]]
    return {**row.values, "label": row.one_of("label", adult.TARGETS), "examples": shown}, sex[1]


def ethics_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the rows; the original's fourth column, `edited`, is not on the hub."""
    header = ("label", "input", "is_short")
    return {
        f"ethics/commonsense/{name}.csv": _csv([header, *map(_deed, rows)])
        for name, rows in zip(("cm_test", "cm_train"), tables, strict=True)
    }


def _deed(row: Row) -> tuple[str, ...]:
    label, is_short = row.values.get("label"), row.values.get("is_short")
    if not isinstance(label, list) or label[:1] not in ([0], [1]):
        row.malformed("a list led by 0 or 1 under 'label'", label)
    if not isinstance(is_short, bool):
        row.malformed("true or false under 'is_short'", is_short)
    return str(label[0]), row.text("input1"), str(is_short)


def ood_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite both files, apart by category."""
    style: dict[str, dict[str, list[Any]]] = {"dev": {}, "train_demo": {}}
    knowledge: dict[str, dict[str, list[Any]]] = {"test": {}, "demo": {}}
    for row in tables[0]:
        category = row.text("category")
        part = "train_demo" if _RUN.fullmatch(category) else "dev"
        items = style[part].setdefault(category, [])
        label = row.one_of("answer", {"0": "0", "1": "1"})
        items.append({"sentence": row.text("question_sentence"), "label": label, "id": len(items)})
    for row in tables[1]:
        category = row.text("category")
        part = "demo" if _RUN.fullmatch(category) else "test"
        columns = (
            ("question_sentence", "question_date") if part == "test" else ("question_sentence",)
        )
        item = {column: row.text(column) for column in columns}
        checked = {"choices": ood.choices(row), "answer": row.one_of("answer", ood.DIGITS)}
        knowledge[part].setdefault(category, []).append(item | checked)
    return {
        "decodingtrust_ood/style.json": json_bytes(style),
        "decodingtrust_ood/knowledge.json": json_bytes(knowledge),
    }


def mmlu_files(tables: Tables) -> dict[str, bytes]:
    """Rewrite the questions, apart by subject."""
    files: dict[str, list[tuple[str, ...]]] = {}
    for split, rows in zip(("dev", "test"), tables, strict=True):
        for row in rows:
            subject = row.text("subject")
            if not _SUBJECT.fullmatch(subject):  # it becomes a file's name
                row.malformed("a name of small letters and _ under 'subject'", subject)
            cells = row.text("question"), *ood.choices(row), row.one_of("answer", _LETTERS)
            name = f"mmlu/hendrycks_format/{split}/{subject}_{split}.csv"
            files.setdefault(name, []).append(cells)
    return {name: _csv(lines) for name, lines in files.items()}


def json_bytes(value: object) -> bytes:
    """Serialise as the other files here are written."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _csv(lines: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def _npy(values: Sequence[int] | Sequence[str]) -> bytes:
    import numpy as np

    content = io.BytesIO()
    np.save(content, np.array(values), allow_pickle=False)
    return content.getvalue()
