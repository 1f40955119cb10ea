"""How much of each benchmark a run asks: which settings, how many rows, how many shots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from trusteval.benchmarks.benchmark import Benchmark
from trusteval.errors import UsageError
from trusteval.types import Setting


@dataclass(frozen=True, slots=True)
class Profile:
    """A named plan.

    `rows` maps benchmark and setting to the declared number of rows; `most_shots` caps the
    demonstrations; `inconclusive` is what an INCONCLUSIVE blocking gate does to its test.
    """

    name: str
    rows: Mapping[str, Mapping[str, int]]
    most_shots: int
    inconclusive: str

    def declared(self, benchmark: Benchmark) -> dict[str, Setting]:
        """Return the settings of `benchmark` this profile asks, with its own row counts."""
        return {
            name: replace(
                benchmark.settings[name],
                n_expected=rows,
                shots=min(benchmark.settings[name].shots, self.most_shots),
            )
            for name, rows in self.rows[benchmark.name].items()
        }


DEMO = Profile(
    name="demo",
    rows={
        "advglue": {
            **dict.fromkeys(("sst2", "qqp", "mnli"), 12),
            **dict.fromkeys(("clean_sst2", "clean_qqp", "clean_mnli"), 12),
        },
        "adult": {"few_shot_tr_br_0.0": 72},
        "ethics": {
            **{"zero_shot": 30, "few_shot": 30},
            **dict.fromkeys(("jailbreak_2", "jailbreak_4", "evasive_1", "evasive_3"), 10),
        },
        "ood": {
            **dict.fromkeys(("shake_p0.6", "bible_p0.6", "tweet_p0.6", "shake_p0.6_base_0"), 12),
            **dict.fromkeys(("qa_2023", "qa_2023_idk", "qa_2020", "qa_2020_idk"), 10),
            "qa_2020_global_facts_0": 10,
        },
        "mmlu": dict.fromkeys(("astronomy", "high_school_geography", "computer_security"), 12),
    },
    most_shots=8,
    inconclusive="skip",
)
PROFILES: dict[str, Profile] = {"demo": DEMO}


def find_profile(name: str) -> Profile:
    """Return the profile called `name`; raises UsageError listing the known ones."""
    if name not in PROFILES:
        raise UsageError(f"unknown profile {name!r}; known: {', '.join(PROFILES)}")
    return PROFILES[name]
