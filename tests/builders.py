"""Builds the values that tests start from; one place, so that a new field changes one file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trusteval.types import (
    Answer,
    Counts,
    Interval,
    InvalidReason,
    Judged,
    Label,
    LabelForm,
    LabelSpec,
    Refusal,
    Sample,
    Score,
    Setting,
)


def setting(
    name: str = "plain",
    *,
    labels: Iterable[str] = ("yes", "no"),
    n_expected: int | None = None,
    form: LabelForm = LabelForm.WORD,
    abstention: str | None = None,
) -> Setting:
    """Build a setting of a benchmark called "bench"."""
    return Setting(
        benchmark="bench",
        name=name,
        labels=tuple(LabelSpec(label) for label in labels),
        max_new_tokens=20,
        n_expected=n_expected,
        form=form,
        abstention=abstention,
    )


def judged(
    asked: Setting,
    answers: Iterable[tuple[str, str | Answer]],
    *,
    group: str | None = None,
    first_id: int = 0,
) -> list[Judged]:
    """Judge one row per pair of true label and answer; a plain text stands for its label.

    Every row is its own unit, called by its id.
    """
    return [
        Judged(
            Sample(
                id=str(number),
                setting=asked,
                unit=f"item {number}",
                target=target,
                group=group,
            ),
            Label(answer) if isinstance(answer, str) else answer,
        )
        for number, (target, answer) in enumerate(answers, start=first_id)
    ]


def score(
    value: float | None,
    interval: tuple[float, float] | None = None,
    *,
    metric: str = "score",
    n: int = 100,
    refused: int = 0,
    invalid: Mapping[InvalidReason, int] | None = None,
    undefined: str | None = None,
) -> Score:
    """Build a score of `n` rows."""
    return Score(
        metric=metric,
        value=value,
        counts=Counts(n=n, refused=refused, invalid=invalid or {}),
        interval=None if interval is None else Interval(*interval),
        undefined=undefined,
    )


REFUSED: Answer = Refusal()


def write_packed(directory: Path, quantization: Mapping[str, object]) -> None:
    """Write a checkpoint of one packed layer, 64 inputs and 32 outputs, all of it zero."""
    from safetensors.numpy import save_file

    bits, group = int(str(quantization["bits"])), int(str(quantization["group_size"]))
    groups = 1 if group == -1 else 64 // group
    is_awq = quantization.get("quant_method") == "awq"
    tensors = {
        "qweight": np.zeros((64, bits) if is_awq else (64 * bits // 32, 32), np.int32),
        "qzeros": np.zeros((groups, bits), np.int32),
        "scales": np.ones((groups, 32), np.float16),
        **({} if is_awq else {"g_idx": np.arange(64, dtype=np.int32) // (64 // groups)}),
    }
    directory.mkdir(parents=True, exist_ok=True)
    config = json.dumps({"quantization_config": quantization})
    (directory / "config.json").write_text(config, encoding="utf-8")
    layer = "model.layers.0.mlp.up_proj"
    save_file({f"{layer}.{k}": v for k, v in tensors.items()}, directory / "model.safetensors")


@dataclass(frozen=True)
class Known:
    """An estimate of known bounds; a limit beyond a bound is broken for sure."""

    value: float
    low: float
    high: float

    def p_above(self, limit: float) -> float:
        return 0.001 if limit < self.low else 0.5

    def p_below(self, limit: float) -> float:
        return 0.001 if limit > self.high else 0.5


def known(given: Score) -> Known | None:
    """Return the estimate behind a score that has an interval."""
    if given.value is None or given.interval is None:
        return None
    return Known(given.value / 100, given.interval.low / 100, given.interval.high / 100)
