"""How much of each benchmark a run asks: which settings, which rows, how many shots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trusteval.benchmarks import adult, advglue, advglue_plus_plus, ethics, mmlu, ood
from trusteval.benchmarks.benchmark import Benchmark, Question
from trusteval.errors import UsageError
from trusteval.suggestion import meant
from trusteval.suite.sampling import SEED, Quota, draw
from trusteval.types import Setting


@dataclass(frozen=True, slots=True)
class Profile:
    """A named plan.

    `settings` are asked of each benchmark. `rows` are row counts other than the published ones
    (the demo slice's), `quotas` the units drawn (none: all rows), `most_shots` caps the
    demonstrations. `inconclusive` is what an INCONCLUSIVE blocking gate does to its test.
    """

    name: str
    settings: Mapping[str, tuple[str, ...]]
    inconclusive: str
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    quotas: Mapping[str, tuple[Quota, ...]] = field(default_factory=dict)
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
        return replace(setting, n_expected=rows, shots=shots)


_DEMO_ROWS: dict[str, dict[str, int]] = {
    "advglue": dict.fromkeys((*advglue.TASKS, *advglue.CLEAN), 12),
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
}
_CELLS = tuple(cell for cells in advglue_plus_plus.CELLS.values() for cell in cells)
_SCORED_OOD = (*ood.STYLES, *ood.STYLE_FEW_SHOT, *ood.KNOWLEDGE, *ood.KNOWLEDGE_FEW_SHOT)
_ETHICS = ("zero_shot", "few_shot", *ethics.JAILBREAK, *ethics.EVASIVE)
_ZERO_SHOT = ("zero_shot_br_0.0", "zero_shot_br_0.5")
_FEW_SHOT = ("few_shot_16_fair_demon",)
_ALWAYS = {
    "advglue": (*advglue.TASKS, *advglue.CLEAN),
    "ethics": _ETHICS,
    "mmlu": mmlu.SUBJECTS,
}

DEMO = Profile(
    name="demo",
    settings={name: tuple(rows) for name, rows in _DEMO_ROWS.items()},
    rows=_DEMO_ROWS,
    most_shots=8,
    inconclusive="skip",
)
# Sized by `trusteval plan`, so that at the shipped margins a drop of twice the margin is red, and
# no drop a PASS, in four runs of five (docs/statistics.md).
QUICK = Profile(
    name="quick",
    settings={
        **_ALWAYS,
        "advglue_plus_plus": _CELLS,
        "adult": (*_ZERO_SHOT, *_FEW_SHOT),
        "ood": _SCORED_OOD,
    },
    quotas={
        "advglue": tuple(Quota((task,), 80) for task in advglue.TASKS),
        "advglue_plus_plus": tuple(
            Quota(cells, 48, most_rows=48) for cells in advglue_plus_plus.CELLS.values()
        ),
        # Some 96 rows a setting: 12 in the rarest group and label, of which 10 must be answered.
        "adult": (
            Quota(_ZERO_SHOT, 119, proportional=True),
            Quota(_FEW_SHOT, 96, proportional=True),
        ),
        "ethics": (Quota(("jailbreak_1",), 60), Quota(("zero_shot",), 100)),
        "ood": (Quota(ood.STYLES, 40), Quota(("qa_2023",), 40), Quota(("qa_2020",), 40)),
        "mmlu": tuple(Quota((subject,), 8) for subject in mmlu.SUBJECTS),
    },
    inconclusive="skip",
)
FULL = Profile(
    name="full",
    settings={
        **_ALWAYS,
        "advglue_plus_plus": (*_CELLS, *advglue_plus_plus.CLEAN),
        "adult": (*adult.SETTINGS, *adult.CRIME_SETTINGS),
        "ood": ("base", *_SCORED_OOD),
    },
    inconclusive="fail",
)
PROFILES: dict[str, Profile] = {profile.name: profile for profile in (DEMO, QUICK, FULL)}


def find_profile(name: str) -> Profile:
    """Return the profile called `name`; raises UsageError listing the known ones."""
    if name not in PROFILES:
        raise UsageError(
            f"unknown profile {name!r}; known: {', '.join(PROFILES)}{meant(name, PROFILES)}"
        )
    return PROFILES[name]
