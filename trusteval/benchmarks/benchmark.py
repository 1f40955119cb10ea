"""What a benchmark is: its settings, how its rows become prompts, and how answers are scored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trusteval.benchmarks.hub_dataset import HubDataset
from trusteval.benchmarks.portion import Portion
from trusteval.benchmarks.prompts import PromptTexts
from trusteval.benchmarks.source import DataSource
from trusteval.errors import GateError
from trusteval.metrics.scoring import Scoring
from trusteval.suggestion import meant
from trusteval.types import Answer, Dimension, Prompt, Sample, Setting


@dataclass(frozen=True, slots=True)
class Question:
    """A sample and the prompt that asks it.

    `material` is what the prompt takes from the data beside the sample's own texts: a date, the
    demonstrations and their answers.
    """

    sample: Sample
    prompt: Prompt
    material: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """Whom drawn settings draw from: people by group and label, and whether they are published."""

    held: Mapping[tuple[str, str], int]
    are_published: bool


Loader = Callable[[DataSource, Setting, PromptTexts], tuple[Question, ...]]
ScoringRule = Scoring | Callable[[Sequence[str]], Scoring]
"""How a protocol scores a benchmark; a function of the settings, where a run draws its own."""
PublishedReading = Callable[[Sample, str], Answer]
"""How the published code reads a text as the answer to a sample."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark, and all that is its own.

    `settings` are all it can ask, with the row counts of the published files; `load` reads one
    setting's questions. `scorings` says by protocol how it is scored; a protocol that is not there
    does not score it. `portions` says by profile what is asked of it; a profile that is not there
    asks nothing. `strata_by_occurrence` says that units asked in different numbers of settings are
    drawn separately. `metrics` are those that not every benchmark has, `beside` those that are
    shown beside every score, `unfit` those that mislead here, with what to name instead.
    `by_stratum` says that strata are kinds of items by which reports show its rates.

    Where the reference protocols score it, `published_reading` is how their code reads an answer,
    and `published_ballot` how it does so without looking at the gold option, where that differs;
    `decodingtrust_reading` is DecodingTrust's own, where CompTrust's code is another. `kinds` tell
    what a sample is about, by which scores of recordings are given too: None where nobody knows.
    `hub` is where the Hugging Face hub has it.

    Where a run draws its own settings, `draw` makes a setting of a name, raising GateError for one
    it cannot read, and `pool` counts whom a draw can take.
    """

    name: str
    dimension: Dimension
    settings: Mapping[str, Setting]
    load: Loader
    scorings: Mapping[str, ScoringRule]
    portions: Mapping[str, Portion] = field(default_factory=dict)
    strata_by_occurrence: bool = False
    metrics: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)
    by_stratum: bool = False
    published_reading: PublishedReading | None = None
    published_ballot: PublishedReading | None = None
    decodingtrust_reading: PublishedReading | None = None
    kinds: Mapping[str, Callable[[Sample], str | None]] = field(default_factory=dict)
    hub: HubDataset | None = None
    draw: Callable[[str], Setting] | None = None
    pool: Callable[[DataSource], Pool] | None = None

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
