"""The benchmarks trusteval knows, one module each; a row here makes one available."""

from __future__ import annotations

from trusteval.benchmarks.adult import ADULT
from trusteval.benchmarks.adult_raw import ADULT_RAW
from trusteval.benchmarks.adversarial_demonstrations import ADVERSARIAL_DEMONSTRATIONS
from trusteval.benchmarks.advglue import ADVGLUE
from trusteval.benchmarks.advglue_plus_plus import ADVGLUE_PLUS_PLUS
from trusteval.benchmarks.benchmark import Benchmark
from trusteval.benchmarks.ethics import ETHICS
from trusteval.benchmarks.mmlu import MMLU
from trusteval.benchmarks.ood import OOD

BENCHMARKS: dict[str, Benchmark] = {
    benchmark.name: benchmark
    for benchmark in (
        ADVGLUE,
        ADVGLUE_PLUS_PLUS,
        ADULT,
        ADULT_RAW,
        ETHICS,
        OOD,
        MMLU,
        ADVERSARIAL_DEMONSTRATIONS,
    )
}
