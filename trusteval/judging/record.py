"""What a report says of a judge: who it was, and how often it reads what the run reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trusteval.judging.correction_document import correction_from_dict
from trusteval.system.plain import fields_in, said
from trusteval.types import Correction, Interval

LOW_KAPPA = 0.6
"""Below it two readers agree moderately at best (Landis and Koch 1977), and a report says so."""


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """Who judges and what is drawn for it: the same for the same question.

    `where` is a URL with a model, a checkpoint or a script; `sample` is how many answers of a
    subject to a benchmark are drawn, 0 for all, by `seed`; `prompts` is the sha256 of the texts.
    """

    where: str
    format: str
    sample: int
    seed: int
    prompts: str


@dataclass(frozen=True, slots=True)
class Measured:
    """An estimate with its 90 % interval, over all answers of the subject."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Differing:
    """How many answers that were read the run reads as `first` and the judge as `second`."""

    first: str
    second: str
    n: int


@dataclass(frozen=True, slots=True)
class DifferingItem:
    """One item whose answer is read in two ways; `item` is its setting and id."""

    item: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """What a judge found of a subject on a benchmark: of `answers` it was to read `drawn`.

    `unread` counts by reason what has no reading and stands in no figure, and `why` is the first
    of what went wrong. `not_asked` says why nothing was drawn. `undefined` says why there is no
    kappa. `differing` has the most frequent differences first, `items` a few of each. `corrected`
    is the subject's score as the judge's reading makes it, with how often the judge errs.
    """

    subject: str
    benchmark: str
    answers: int = 0
    drawn: int = 0
    read: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    not_asked: str = ""
    agreement: Measured | None = None
    kappa: Measured | None = None
    undefined: str = ""
    differing: tuple[Differing, ...] = ()
    items: tuple[DifferingItem, ...] = ()
    cut: int = 0
    fingerprint: str = ""
    corrected: Correction | None = None

    @property
    def is_low(self) -> bool:
        """Whether both readers agree too little for either to be trusted by the other."""
        return self.kappa is not None and self.kappa.value < LOW_KAPPA

    @property
    def n_unread(self) -> int:
        """How many answers the judge was to read and has no reading of."""
        return sum(self.unread.values())

    @property
    def unread_words(self) -> str:
        """Say how many answers have no reading, why, and the first of what went wrong."""
        counts = ", ".join(f"{n}: {reason}" for reason, n in self.unread.items())
        return f"{counts} ({self.why})" if self.why else counts

    def to_document(self) -> dict[str, Any]:
        """Return plain values."""
        document: dict[str, Any] = said(self)
        return document


@dataclass(frozen=True, slots=True)
class JudgeRecord:
    """A run's judge, and what it found."""

    facts: JudgeFacts
    lines: tuple[JudgeLine, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain values, lines by benchmark and subject."""
        lines = sorted(self.lines, key=lambda line: (line.benchmark, line.subject))
        return {"facts": said(self.facts), "lines": [line.to_document() for line in lines]}


def judge_line(values: Mapping[str, Any]) -> JudgeLine:
    """Rebuild a line from its document."""
    corrected = values.get("corrected")
    closed = {
        "agreement": _measured(values.get("agreement")),
        "kappa": _measured(values.get("kappa")),
        "differing": tuple(Differing(**fields_in(v, Differing)) for v in values["differing"]),
        "items": tuple(DifferingItem(**fields_in(v, DifferingItem)) for v in values["items"]),
        "corrected": None if corrected is None else correction_from_dict(corrected),
    }
    return JudgeLine(**{**fields_in(values, JudgeLine), **closed})


def judge_record(values: Mapping[str, Any] | None) -> JudgeRecord | None:
    """Rebuild what a run says of its judge; None where it had none."""
    if values is None:
        return None
    facts = JudgeFacts(**fields_in(values["facts"], JudgeFacts))
    return JudgeRecord(facts, tuple(map(judge_line, values["lines"])))


def _measured(values: Mapping[str, Any] | None) -> Measured | None:
    if values is None:
        return None
    return Measured(
        values["value"], Interval(values["interval"]["low"], values["interval"]["high"])
    )
