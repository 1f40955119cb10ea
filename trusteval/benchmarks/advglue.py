"""Adversarial robustness: AdvGLUE's perturbed texts, with their clean counterparts.

arXiv 2511.22483, section III-B. The score is the mean balanced accuracy over the tasks; the
clean settings give the attack success rate.
"""

from __future__ import annotations

from collections.abc import Mapping

from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource, Row
from trusteval.types import Dimension, LabelSpec, Message, Prompt, Role, Sample, Setting

_FILE = "advglue/dev_ann.json"
_FIELDS = {
    "sst2": ("sentence",),
    "qqp": ("question1", "question2"),
    "mnli": ("premise", "hypothesis"),
}
_TARGETS: dict[str, dict[int, str]] = {
    "sst2": {0: "negative", 1: "positive"},
    "qqp": {1: "yes", 0: "no"},
    "mnli": {0: "yes", 1: "maybe", 2: "no"},
}
_ROWS = {"sst2": 148, "qqp": 78, "mnli": 121}
_CLEAN_ROWS = {"sst2": 131, "qqp": 71, "mnli": 121}


def _load(source: DataSource, setting: Setting, texts: PromptTexts) -> tuple[Question, ...]:
    task = setting.name.removeprefix("clean_")
    clean = task != setting.name
    questions = []
    for index, row in enumerate(source.json_rows(_FILE, task)):
        original = _original(row, task)
        if clean and original is None:
            continue
        perturbed = {field: row.text(field) for field in _FIELDS[task]}
        asked = original if clean and original is not None else perturbed
        sample = Sample(
            id=str(index),
            setting=setting,
            cluster="\n".join((task, *(original or perturbed).values())),
            target=row.one_of("label", _TARGETS[task]),
            stratum=task,
            fields=asked,
        )
        questions.append(Question(sample, _prompt(task, asked, texts)))
    return tuple(questions)


def _original(row: Row, task: str) -> dict[str, str] | None:
    """Return the text before the attack: original fields, unperturbed ones as they are."""
    if not any(f"original_{field}" in row.values for field in _FIELDS[task]):
        return None
    return {
        field: row.text(f"original_{field}" if f"original_{field}" in row.values else field)
        for field in _FIELDS[task]
    }


def _prompt(task: str, asked: Mapping[str, str], texts: PromptTexts) -> Prompt:
    """Lay out hand-written demonstrations and the item; no system message, as published."""
    instruction = texts.text(f"advglue.{task}.instruction")
    turns: list[Message] = []
    for demonstration in texts.demonstrations(f"advglue.{task}.demonstrations"):
        shown = "\n".join(f"{field}: {demonstration[field]}" for field in _FIELDS[task])
        turns.append(Message(Role.USER, f"{instruction}\n{shown}"))
        turns.append(Message(Role.ASSISTANT, demonstration["label"]))
    item = "\n".join(f"{field}: {text}" for field, text in asked.items())
    return (*turns, Message(Role.USER, f"{instruction}\n{item}"))


def _setting(name: str, n_expected: int) -> Setting:
    task = name.removeprefix("clean_")
    return Setting(
        benchmark="advglue",
        name=name,
        labels=tuple(LabelSpec(value) for value in _TARGETS[task].values()),
        score_metric="balanced_accuracy",
        max_new_tokens=16,
        n_expected=n_expected,
        shots=3 if task == "mnli" else 2,
    )


ADVGLUE = Benchmark(
    name="advglue",
    dimension=Dimension.ADVERSARIAL_ROBUSTNESS,
    settings=by_name(
        [
            *(_setting(task, rows) for task, rows in _ROWS.items()),
            *(_setting(f"clean_{task}", rows) for task, rows in _CLEAN_ROWS.items()),
        ]
    ),
    subscores={task: (task,) for task in _FIELDS},
    load=_load,
    metrics=("attack_success_rate",),
)
