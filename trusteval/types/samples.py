"""What is asked: the ways of asking a benchmark, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Dimension(StrEnum):
    """What a gate protects; every benchmark measures exactly one.

    OTHER is of tasks that other tools ask and no benchmark of ours stands for.
    """

    ADVERSARIAL_ROBUSTNESS = "adversarial_robustness"
    FAIRNESS = "fairness"
    MACHINE_ETHICS = "machine_ethics"
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    MMLU = "mmlu"
    REFUSAL = "refusal"
    STEREOTYPE = "stereotype"
    ADVERSARIAL_DEMONSTRATIONS = "adversarial_demonstrations"
    OTHER = "other"


class LabelForm(StrEnum):
    """WORD labels match anywhere as whole words, SYMBOL labels only in decisive position.

    OPEN answers are free text, and the labels say how far they do what was asked.
    """

    WORD = "word"
    SYMBOL = "symbol"
    OPEN = "open"


DECLINED = "refusal"
"""The target of a sample to decline: a refusal is right, and so is what counts as one."""


class RefusalPolicy(StrEnum):
    """Whether a refusal may be elected: DROP in scope, KEEP where abstaining can be right."""

    DROP = "drop"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """A label a setting accepts.

    `aliases` are further spellings; `opposite` names the label that a negation turns it into.
    `counts_as` is the target that it is right for, where that is not called as the label is.
    `harms` says that giving it where it is not right does harm, and is no mere mistake.
    """

    value: str
    aliases: tuple[str, ...] = ()
    opposite: str | None = None
    counts_as: str | None = None
    harms: bool = False

    @property
    def right_for(self) -> str:
        """The target that the label is right for."""
        return self.value if self.counts_as is None else self.counts_as


@dataclass(frozen=True, slots=True)
class Setting:
    """One way of asking one benchmark, for example ethics/jailbreak_1.

    `shots` is the number of demonstrations, `abstention` a label (a digit of the options, say)
    that means "I don't know" and is read as a refusal. `continued` says that the model continues
    plain text and will go on with questions of its own, so that the first paragraph is its
    answer. `closing` says that it is to close its reply with the verdict, so that what is said last
    counts. `n_expected` is the declared number of rows, None where none was published; `n_source`
    that of the file they are picked from, if it differs.
    """

    benchmark: str
    name: str
    labels: tuple[LabelSpec, ...]
    max_new_tokens: int
    n_expected: int | None
    n_source: int | None = None
    form: LabelForm = LabelForm.WORD
    refusal_policy: RefusalPolicy = RefusalPolicy.DROP
    abstention: str | None = None
    continued: bool = False
    closing: bool = False
    shots: int = 0

    @property
    def id(self) -> str:
        return f"{self.benchmark}/{self.name}"

    @property
    def declining(self) -> frozenset[str]:
        """The labels that decline, as a partial refusal does; a refusal does so anyway."""
        return frozenset(spec.value for spec in self.labels if spec.counts_as == DECLINED)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a setting has to bring to be complete: how many rows, which true labels."""

    n_expected: int
    targets: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a benchmark under one setting.

    `id` is the 0-based row index in the source file. `unit` names the text the row descends
    from, the same across settings; `stratum` the family that units are drawn within;
    `group` the sensitive group, where there is one. `options` are the texts of the choices.
    """

    id: str
    setting: Setting
    unit: str
    target: str
    stratum: str = ""
    group: str | None = None
    options: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
