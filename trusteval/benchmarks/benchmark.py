"""What a benchmark is: its settings, how they weigh in its score, how its rows become prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource
from trusteval.errors import GateError
from trusteval.types import Dimension, Prompt, Sample, Setting


@dataclass(frozen=True, slots=True)
class Question:
    """A sample and the prompt that asks it."""

    sample: Sample
    prompt: Prompt


Loader = Callable[[DataSource, Setting, PromptTexts], tuple[Question, ...]]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark.

    `settings` are all it can ask, with the row counts of the published files. `subscores` name
    the parts whose unweighted mean is the score, each the mean of its settings; settings in
    none of them are context (clean counterparts). `pooled` weighs settings by their rows
    instead (micro average). `strata_by_occurrence` says that units asked in different numbers of
    settings are drawn separately. `metrics` are those only this benchmark has. `load` reads one
    setting's questions, `n_expected` of them.
    """

    name: str
    dimension: Dimension
    settings: Mapping[str, Setting]
    subscores: Mapping[str, tuple[str, ...]]
    load: Loader
    pooled: bool = False
    strata_by_occurrence: bool = False
    metrics: tuple[str, ...] = ()

    def weights(
        self, declared: Mapping[str, Setting], *, part: str | None = None
    ) -> dict[str, float]:
        """Weigh the declared settings of the whole score, a subscore or one setting; sums to 1.

        Raises GateError if `part` names neither, listing what can be named.
        """
        present = {
            name: [setting for setting in members if setting in declared]
            for name, members in self.subscores.items()
        }
        present = {name: members for name, members in present.items() if members}
        if part is not None and part in present:
            present = {part: present[part]}
        elif part is not None and part in declared:
            return {part: 1.0}
        elif part is not None:
            known = ", ".join(dict.fromkeys([*present, *declared]))
            raise GateError(
                f"{self.name} has no setting or subscore {part!r} in this profile; known: {known}"
            )
        if self.pooled:
            rows = {s: declared[s].n_expected for members in present.values() for s in members}
            return {setting: n / sum(rows.values()) for setting, n in rows.items()}
        return {
            setting: 1 / len(present) / len(members)
            for members in present.values()
            for setting in members
        }


def by_name(settings: Iterable[Setting]) -> dict[str, Setting]:
    """Index settings by their names, keeping the order."""
    return {setting.name: setting for setting in settings}
