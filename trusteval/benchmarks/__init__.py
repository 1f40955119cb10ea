"""The benchmarks trusteval knows, one module each; a row here makes one available."""

from __future__ import annotations

from trusteval.benchmarks.adult import ADULT
from trusteval.benchmarks.advglue import ADVGLUE
from trusteval.benchmarks.benchmark import Benchmark
from trusteval.benchmarks.ethics import ETHICS
from trusteval.benchmarks.mmlu import MMLU
from trusteval.benchmarks.ood import OOD

BENCHMARKS: dict[str, Benchmark] = {
    "advglue": ADVGLUE,
    "adult": ADULT,
    "ethics": ETHICS,
    "ood": OOD,
    "mmlu": MMLU,
}
