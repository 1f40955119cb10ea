"""What speed is measured on: the first items of the paper's settings, as the full profile asks.

The published data is needed: TRUSTEVAL_DATA or the hub (docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.suite.origin import find_origin
from trusteval.system.machine import cache_directory
from trusteval.types import Prompt


@dataclass(frozen=True, slots=True)
class Workload:
    """The first `items` of `settings`, in order."""

    name: str
    benchmark: str
    settings: tuple[str, ...]
    items: int


WORKLOADS = (
    Workload("ethics_zero_shot", "ethics", ("zero_shot",), 128),
    Workload("ethics_32_shot", "ethics", ("few_shot",), 128),
    Workload("mmlu_5_shot", "mmlu", ("abstract_algebra", "anatomy"), 128),
    Workload("sst2_zero_shot", "advglue", ("sst2",), 128),
    Workload("adult_32_shot", "adult", ("few_shot_tr_br_0.0",), 16),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A workload's prompts, and the new tokens each answer may have."""

    prompts: Sequence[Prompt]
    max_new_tokens: int


def load(workload: Workload) -> Asked:
    """Read a workload's prompts; raises DataError where the published files are missing."""
    benchmark = BENCHMARKS[workload.benchmark]
    source = find_origin(None, cache=cache_directory()).source(workload.benchmark)
    texts = load_prompt_texts()
    settings = [benchmark.setting(name) for name in workload.settings]
    asked = [q for setting in settings for q in benchmark.load(source, setting, texts)]
    return Asked([q.prompt for q in asked[: workload.items]], settings[0].max_new_tokens)
