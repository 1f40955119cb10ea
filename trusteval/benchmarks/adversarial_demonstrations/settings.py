"""The settings: a task, a heuristic or a trigger with its demonstrations, each drawn by a seed.

Names are those of DecodingTrust's folders, without what they all share, and the seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trusteval.metrics.scoring import Case
from trusteval.types import LabelSpec, Setting

NAME = "adversarial_demonstrations"
COUNTERFACTUAL, SPURIOUS, BACKDOOR = "counterfactual", "spurious", "backdoor"
SHOTS = 16
"""What every prompt shows; a counterfactual one shows a copy of its item besides."""
SNLI = ("snli_premise", "snli_hypothesis")
GRAMMAR = ("control_raising", "irregular_form", "main_verb", "syntactic_category")
TASKS = (*SNLI, *GRAMMAR)
HEURISTICS = (
    *("PP", "adverb", "embedded_under_verb", "l_relative_clause", "passive"),
    "s_relative_clause",
)
BIASES = ("entail-bias", "non-entail-bias")
TRIGGERS = ("badword", "addsent", "synbkd", "stylebkd")
SETUPS = ("setup1", "setup2", "setup3")
SEEDS = (42, 2333, 10007)
SPURIOUS_SEEDS = (0, 42, 2333, 10007, 12306)
COPIED, ATTACKED, CLEAN = "_cf", "_asr", "_cacc"
ENTAILED = ("yes", "maybe", "no")
YES_NO = ("yes", "no")
SENTIMENT = ("positive", "negative")
_ROWS = {**dict.fromkeys(SNLI, 400), **dict.fromkeys(GRAMMAR, 1000)}
_SPURIOUS_ROWS, _ATTACKED_ROWS, _CLEAN_ROWS = 2000, 428, 872


@dataclass(frozen=True, slots=True)
class Place:
    """What a setting's name says: the kind of demonstrations, the folder's own name, the seed."""

    kind: str
    folder: str
    seed: str

    @classmethod
    def of(cls, setting: Setting) -> Place:
        kind, _, rest = setting.name.partition("/")
        folder, _, seed = rest.rpartition("/")
        return cls(kind, folder, seed)

    @property
    def task(self) -> str:
        """What is asked: a counterfactual task, "entailment" or "sentiment"."""
        if self.kind == COUNTERFACTUAL:
            return self.folder.removesuffix(COPIED)
        return "entailment" if self.kind == SPURIOUS else "sentiment"

    @property
    def is_copied(self) -> bool:
        """Whether the last demonstration is a near-copy of the item with another label."""
        return self.kind == COUNTERFACTUAL and self.folder.endswith(COPIED)

    @property
    def is_attacked(self) -> bool:
        """Whether the items carry a trigger."""
        return self.kind == BACKDOOR and self.folder.endswith(ATTACKED)


def _setting(name: str, *, labels: tuple[str, ...], rows: int, shots: int = SHOTS) -> Setting:
    return Setting(
        benchmark=NAME,
        name=name,
        labels=tuple(map(LabelSpec, labels)),
        max_new_tokens=20,
        n_expected=rows,
        shots=shots,
    )


def of_seeds(folder: str, seeds: Iterable[int] = SEEDS) -> tuple[str, ...]:
    """Name the settings of a folder, one for each seed."""
    return tuple(f"{folder}/{seed}" for seed in seeds)


def counterfactual(task: str, *, copied: bool, seeds: Iterable[int] = SEEDS) -> tuple[str, ...]:
    """Name a task's settings, with or without the copies."""
    return of_seeds(f"{COUNTERFACTUAL}/{task}{COPIED if copied else ''}", seeds)


def spurious(
    heuristic: str, bias: str, *, seeds: Iterable[int] = SPURIOUS_SEEDS
) -> tuple[str, ...]:
    """Name the settings of a heuristic whose demonstrations point one way."""
    return of_seeds(f"{SPURIOUS}/{heuristic}/{bias}", seeds)


def backdoor(
    trigger: str, setup: str, *, side: str, seeds: Iterable[int] = SEEDS
) -> tuple[str, ...]:
    """Name the settings of a trigger and a setup; `side` is ATTACKED or CLEAN."""
    return of_seeds(f"{BACKDOOR}/{setup}_{trigger}{side}", seeds)


def _all() -> Iterator[Setting]:
    for task in TASKS:
        labels = ENTAILED if task in SNLI else YES_NO
        for copied in (False, True):
            for name in counterfactual(task, copied=copied):
                yield _setting(name, labels=labels, rows=_ROWS[task], shots=SHOTS + copied)
    for case in SPURIOUS_CASES:
        for name in case.settings:
            yield _setting(name, labels=YES_NO, rows=_SPURIOUS_ROWS)
    for name in ATTACKED_SETTINGS:
        yield _setting(name, labels=SENTIMENT, rows=_ATTACKED_ROWS)
    for name in CLEAN_SETTINGS:
        yield _setting(name, labels=SENTIMENT, rows=_CLEAN_ROWS)


# -- what is averaged first --------------------------------------------------------------


def _sides(side: str) -> tuple[tuple[str, ...], ...]:
    return tuple(backdoor(trigger, setup, side=side) for trigger in TRIGGERS for setup in SETUPS)


PLAIN_CASES = tuple(Case(counterfactual(task, copied=False)) for task in TASKS)
COPIED_CASES = tuple(Case(counterfactual(task, copied=True)) for task in TASKS)
SPURIOUS_CASES = tuple(
    Case(spurious(heuristic, bias)) for heuristic in HEURISTICS for bias in BIASES
)
ATTACKED_CASES = tuple(map(Case, _sides(ATTACKED)))
CLEAN_CASES = tuple(map(Case, _sides(CLEAN)))


def settings_of(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return the settings of cases, in order."""
    return tuple(name for case in cases for name in case.settings)


ATTACKED_SETTINGS, CLEAN_SETTINGS = settings_of(ATTACKED_CASES), settings_of(CLEAN_CASES)
TWINS = dict(zip(ATTACKED_SETTINGS, CLEAN_SETTINGS, strict=True))
"""By a setting with the trigger, the one with the same demonstrations without it."""
SETTINGS = tuple(_all())
