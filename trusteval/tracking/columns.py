"""A run's items and answers as plain values, in columns, and back.

Whoever rebuilds them raises ValueError, KeyError or TypeError for what is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.spellings import spelled
from trusteval.system.plain import fields_in
from trusteval.tracking.text_columns import whole_texts
from trusteval.types import (
    Answer,
    Cost,
    Draw,
    Invalid,
    InvalidReason,
    Label,
    MemoryKind,
    Refusal,
    Sample,
    Variant,
    draw_of,
)

_DIGITS = 5

# -- items ---------------------------------------------------------------------------------


def of_items(samples: Sequence[Sample]) -> dict[str, list[str | None]]:
    """Return what tells items apart and what is right, without a word of theirs."""
    return {
        "setting": [sample.setting.name for sample in samples],
        "id": [sample.id for sample in samples],
        "target": [sample.target for sample in samples],
        "unit": _numbered([sample.unit for sample in samples]),
        "stratum": [sample.stratum for sample in samples],
        "group": [sample.group for sample in samples],
    }


def of_options(samples: Sequence[Sample]) -> list[list[str]]:
    """Return the texts of the items' choices, none where an item has none."""
    return [list(sample.options) for sample in samples]


def of_spellings(samples: Sequence[Sample]) -> dict[str, list[str]]:
    """Return the spellings that labels have beside those of the benchmark, by label."""
    found: dict[str, list[str]] = {}
    for setting in {sample.setting.name: sample.setting for sample in samples}.values():
        shipped = BENCHMARKS[setting.benchmark].setting(setting.name).labels
        for label, own in zip(setting.labels, shipped, strict=True):
            if label.aliases != own.aliases:
                found[label.value] = list(label.aliases[len(own.aliases) :])
    return found


def samples(items: Mapping[str, Any], *, benchmark: str) -> list[Sample]:
    """Rebuild a benchmark's samples from their columns."""
    spellings = items.get("spellings", {})
    settings = {
        name: spelled(BENCHMARKS[benchmark].setting(name), spellings)
        for name in set(items["setting"])
    }
    names = ("setting", "id", "target", "unit", "stratum", "group")
    texts = items.get("text", [""] * len(items["id"]))
    options = items.get("options", [()] * len(items["id"]))
    return [
        Sample(
            id=id_,
            setting=settings[setting],
            unit=unit,
            target=target,
            stratum=stratum,
            group=group,
            options=tuple(choices),
            fields={"text": text} if text else {},
        )
        for (setting, id_, target, unit, stratum, group), text, choices in zip(
            zip(*(items[name] for name in names), strict=True), texts, options, strict=True
        )
    ]


def _numbered(units: Sequence[str]) -> list[str | None]:
    """Name units by numbers: some are called by their whole text."""
    known: dict[str, str] = {}
    return [known.setdefault(unit, str(len(known))) for unit in units]


# -- answers -------------------------------------------------------------------------------


def of_answers(answer_table: AnswerTable) -> dict[str, Any]:
    """Return the different answers and which was given to each item, label by label."""
    return {
        "answers": [_plain(answer) for answer in answer_table.answers],
        "code": answer_table.code[answer_table.rows].tolist(),
    }


def answer_table(part: Mapping[str, Any], *, sample_table: SampleTable) -> AnswerTable:
    """Rebuild the answers to a sample table."""
    different = part["answers" if "answers" in part else "said"]  # as schema 1 calls them
    answers = [_answer(plain) for plain in different]
    return AnswerTable.of(sample_table, [answers[code] for code in part["code"]])


def _plain(answer: Answer) -> list[str]:
    match answer:
        case Label(value, contradictory):
            return ["label", value, *(["contradictory"] if contradictory else [])]
        case Refusal():
            return ["refusal"]
        case Invalid(reason):
            return ["invalid", reason.value]


def _answer(plain: Sequence[str]) -> Answer:
    match plain:
        case ["label", value]:
            return Label(value)
        case ["label", value, "contradictory"]:
            return Label(value, contradictory=True)
        case ["refusal"]:
            return Refusal()
        case ["invalid", reason]:
            return Invalid(InvalidReason(reason))
        case _:
            raise ValueError(f"no answer: {plain!r}")


# -- probabilities -------------------------------------------------------------------------


def of_probabilities(probabilities: LabelProbabilities) -> dict[str, Any]:
    """Return the logarithms label by label, in 5 digits; None where one is not known."""
    return {
        "labels": list(probabilities.labels),
        "log": [
            [None if value != value else min(0.0, round(value, _DIGITS)) for value in column]
            for column in probabilities.log.T.tolist()
        ],
        "unknown": list(probabilities.unknown),
    }


def probabilities(plain: Mapping[str, Any], *, n: int) -> LabelProbabilities:
    """Rebuild the log-probabilities of labels at `n` items."""
    labels, told = whole_texts(plain["labels"]), plain["log"]
    if not len(set(labels)) == len(labels) == len(told) or any(len(one) != n for one in told):
        raise ValueError(f"expected a column of {n} for each of {len(labels)} different labels")
    log = np.array(told, np.float64).reshape(len(labels), n).T
    if bool(np.isinf(log).any() or (log > 0).any()):
        raise ValueError("expected log-probabilities that are finite and at most 0")
    return LabelProbabilities(labels, log, whole_texts(plain["unknown"]))


# -- votes ---------------------------------------------------------------------------------


def of_members(variants: Sequence[Variant]) -> list[dict[str, Any]]:
    """Return a vote's members by what ranks them."""
    return [
        {"name": one.name, "method": one.method, "bits": one.bits, "seed": one.seed}
        for one in variants
    ]


def members(plain: Sequence[Mapping[str, Any]]) -> tuple[Variant, ...]:
    """Rebuild a vote's members: enough to rank them, not to load them."""
    return tuple(
        Variant(
            one["name"], one["method"], one["bits"], one.get("seed", 0), draw=_draw(one["name"])
        )
        for one in plain
    )


def _draw(name: str) -> Draw | None:
    found = draw_of(name)
    return None if found is None else found[1]


# -- costs ---------------------------------------------------------------------------------


def of_cost(cost: Cost) -> dict[str, Any]:
    """Return what answers cost, field by field."""
    kind = cost.memory_kind
    return {
        **asdict(cost),
        "memory_kind": None if kind is None else kind.value,
        "machines": list(cost.machines),
    }


def cost(plain: Mapping[str, Any]) -> Cost:
    """Rebuild what answers cost from its fields."""
    kind = plain["memory_kind"]
    return Cost(
        **{
            **fields_in(plain, Cost),
            "memory_kind": None if kind is None else MemoryKind(kind),
            "machines": tuple(plain["machines"]),
        }
    )
