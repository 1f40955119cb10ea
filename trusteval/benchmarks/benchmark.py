"""What a benchmark is: its settings, and how its rows become prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource
from trusteval.errors import GateError
from trusteval.suggestion import meant
from trusteval.types import Dimension, Prompt, Sample, Setting


@dataclass(frozen=True, slots=True)
class Question:
    """A sample and the prompt that asks it.

    `material` is what the prompt takes from the data beside the sample's own texts: a date, the
    demonstrations and their answers.
    """

    sample: Sample
    prompt: Prompt
    material: tuple[str, ...] = ()


Loader = Callable[[DataSource, Setting, PromptTexts], tuple[Question, ...]]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark.

    `settings` are all it can ask, with the row counts of the published files; where a run draws
    its own, `draw` makes a setting of a name, raising GateError for one it cannot read.
    `strata_by_occurrence` says that units asked in different numbers of settings are drawn
    separately. `metrics` are those that not every benchmark has, `beside` those that are shown
    beside every score. `load` reads one setting's questions.
    """

    name: str
    dimension: Dimension
    settings: Mapping[str, Setting]
    load: Loader
    strata_by_occurrence: bool = False
    metrics: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    draw: Callable[[str], Setting] | None = None

    def setting(self, name: str) -> Setting:
        """Return the setting called `name`; raises GateError listing the known ones."""
        if name in self.settings:
            return self.settings[name]
        if self.draw is not None:
            return self.draw(name)
        raise GateError(
            f"{self.name} has no setting {name!r}; known: {', '.join(self.settings)}"
            f"{meant(name, self.settings)}"
        )


def by_name(settings: Iterable[Setting]) -> dict[str, Setting]:
    """Index settings by their names, keeping the order."""
    return {setting.name: setting for setting in settings}
