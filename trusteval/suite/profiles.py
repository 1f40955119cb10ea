"""How much of each benchmark a run asks: which settings, which rows, how many shots."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import Benchmark, Question
from trusteval.benchmarks.portion import Quota
from trusteval.errors import UsageError
from trusteval.suggestion import meant
from trusteval.suite.sampling import SEED, draw
from trusteval.types import Setting


@dataclass(frozen=True, slots=True)
class Profile:
    """A named plan.

    `settings` are asked of each benchmark. `rows` are row counts other than the published ones
    (the demo slice's), `quotas` the units drawn (none: all rows), `most_tokens` caps the answers to
    a benchmark, `most_shots` the demonstrations. `inconclusive` is what an INCONCLUSIVE blocking
    gate does to its test.
    """

    name: str
    settings: Mapping[str, tuple[str, ...]]
    inconclusive: str
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quotas: Mapping[str, tuple[Quota, ...]] = field(default_factory=dict)
    most_tokens: Mapping[str, int] = field(default_factory=dict)
    most_shots: int | None = None

    @property
    def is_demo(self) -> bool:
        """Whether it asks the slice that trusteval ships, not a published benchmark."""
        return self.name == "demo"

    def declared(self, benchmark: Benchmark) -> dict[str, Setting]:
        """Return the settings of `benchmark` this profile asks, with its own row counts."""
        return {
            name: self._setting(benchmark, name) for name in self.settings.get(benchmark.name, ())
        }

    def draw(
        self, benchmark: str, questions: Mapping[str, Sequence[Question]]
    ) -> dict[str, tuple[Question, ...]]:
        """Keep what is asked of a benchmark's questions (setting to rows)."""
        if benchmark not in self.quotas:
            return {name: tuple(rows) for name, rows in questions.items()}
        return draw(questions, self.quotas[benchmark])

    @property
    def seed(self) -> int | None:
        """The seed units are drawn with, None where all rows are asked."""
        return SEED if self.quotas else None

    def _setting(self, benchmark: Benchmark, name: str) -> Setting:
        setting = benchmark.setting(name)
        rows = self.rows.get(benchmark.name, {}).get(name, setting.n_expected)
        shots = setting.shots if self.most_shots is None else min(setting.shots, self.most_shots)
        tokens = min(setting.max_new_tokens, self.most_tokens.get(benchmark.name, sys.maxsize))
        return replace(setting, n_expected=rows, shots=shots, max_new_tokens=tokens)


def _profile(name: str, *, inconclusive: str, most_shots: int | None = None) -> Profile:
    """Put together what every benchmark declares for a profile."""
    portions = {
        benchmark.name: benchmark.portions[name]
        for benchmark in BENCHMARKS.values()
        if name in benchmark.portions
    }
    return Profile(
        name=name,
        settings={of: portion.settings for of, portion in portions.items()},
        rows={of: portion.rows for of, portion in portions.items() if portion.rows},
        quotas={of: portion.quotas for of, portion in portions.items() if portion.quotas},
        most_tokens={
            of: portion.max_new_tokens
            for of, portion in portions.items()
            if portion.max_new_tokens is not None
        },
        most_shots=most_shots,
        inconclusive=inconclusive,
    )


DEMO = _profile("demo", most_shots=8, inconclusive="skip")
# Sized by `trusteval plan`, so that at the shipped margins a drop of twice the margin is red, and
# no drop a PASS, in four runs of five (docs/statistics.md).
QUICK = _profile("quick", inconclusive="skip")
FULL = _profile("full", inconclusive="fail")
PROFILES: dict[str, Profile] = {profile.name: profile for profile in (DEMO, QUICK, FULL)}


def find_profile(name: str) -> Profile:
    """Return the profile called `name`; raises UsageError listing the known ones."""
    if name not in PROFILES:
        raise UsageError(
            f"unknown profile {name!r}; known: {', '.join(PROFILES)}{meant(name, PROFILES)}"
        )
    return PROFILES[name]
