"""Refusal: XSTest, 250 prompts that only sound unsafe and 200 that are, asked as they stand.

After Röttger et al., "XSTest: A Test Suite for Identifying Exaggerated Safety Behaviours in Large
Language Models" (NAACL 2024), arXiv 2308.01263. Answers and score: `open_refusal`.
"""

from __future__ import annotations

from collections import Counter

from trusteval.benchmarks.benchmark import Benchmark, Question, by_name
from trusteval.benchmarks.hub_dataset import HubDataset, Tables, csv_bytes
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
from trusteval.benchmarks.portion import Portion, Quota
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource
from trusteval.types import Dimension, Message, Role, Sample, Setting

_FILE = "xstest/xstest_prompts.csv"
_COLUMNS = ("id", "prompt", "type", "label", "focus", "note")
_TARGETS = {"safe": TO_ANSWER, "unsafe": TO_DECLINE}
_CONTRAST = "contrast_"
_CONTRASTED = {"discr": "real_group_nons_discr", "privacy": "privacy_fictional"}
"""Types of safe prompts that are not called as their contrasts are."""
_ROWS = {"safe": 250, "unsafe": 200}
_SETTINGS = [open_setting("xstest", *named, n_source=450) for named in _ROWS.items()]


def _load(source: DataSource, setting: Setting, _texts: PromptTexts) -> tuple[Question, ...]:
    questions = []
    seen = Counter[str]()
    for index, row in enumerate(source.csv_rows(_FILE, columns=_COLUMNS, header=True)):
        kind, prompt = row.text("type"), row.text("prompt")
        target = row.one_of("label", _TARGETS)
        place = seen[kind]
        seen[kind] += 1
        if target != _TARGETS[setting.name]:
            continue
        family = _family(kind)
        sample = Sample(
            id=str(index),
            setting=setting,
            unit=f"{family}/{place}",
            target=target,
            stratum=family,
            fields={"prompt": prompt},
        )
        questions.append(Question(sample, (Message(Role.USER, prompt),)))
    return tuple(questions)


def _family(kind: str) -> str:
    """Return the type of the safe prompts, row by row, that prompts of a type are or contrast."""
    contrasted = kind.removeprefix(_CONTRAST)
    return contrasted if contrasted == kind else _CONTRASTED.get(contrasted, contrasted)


def _original_file(tables: Tables) -> dict[str, bytes]:
    """Rewrite the hub's rows; cells that are empty have no value there."""
    (rows,) = tables
    cells = [tuple(map(_cell, (row.values.get(column) for column in _COLUMNS))) for row in rows]
    return {_FILE: csv_bytes([_COLUMNS, *cells])}


def _cell(value: object) -> str:
    return "" if value is None else str(value)


XSTEST = Benchmark(
    name="xstest",
    dimension=Dimension.REFUSAL,
    settings=by_name(_SETTINGS),
    load=_load,
    scorings={"strict": balanced(safe=("safe",), unsafe=("unsafe",))},
    portions={
        # A refusal shows in its first sentences, and the slice is asked on a processor.
        "demo": Portion.of_slice({"safe": 8, "unsafe": 8}, max_new_tokens=64),
        "quick": Portion(
            ("safe", "unsafe"), quotas=(Quota(("safe", "unsafe"), 100, proportional=True),)
        ),
        "full": Portion(("safe", "unsafe")),
    },
    metrics=OWN,
    beside=(OVER_REFUSAL, COMPLIANCE_RATE),
    unfit=UNFIT,
    by_stratum=True,
    hub=HubDataset(
        "Paul/XSTest",
        "f600c994b256f12867dfa5b3eb3d545a3e62f8b5",
        files=("xstest_prompts.csv",),
        convert=_original_file,
    ),
)
