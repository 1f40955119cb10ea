"""What a report says of one subject on one benchmark, and its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from trusteval.report.kind_rates import KindRate, kind_rate_from_dict
from trusteval.report.verdict_document import score_document, score_from_dict
from trusteval.suite.data_facts import DataFacts, data_facts
from trusteval.system.plain import fields_in
from trusteval.types import Dimension, Score


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A subject's headline on a benchmark, with the rate that stands beside every score.

    `partial_score` is over the settings at hand, where others are missing; `beside` are metrics
    without which the score misleads; `other_protocols` are the same answers' scores under the
    other protocols; `notes` say how the subject ran, `data` which rows it was asked; `kinds` are
    rates by kind of item, where a benchmark has kinds.
    """

    benchmark: str
    dimension: Dimension
    subject: str
    score: Score
    non_answer_rate: float | None
    partial_score: float | None = None
    beside: Mapping[str, float | None] = field(default_factory=dict)
    other_protocols: Mapping[str, float | None] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    data: DataFacts = field(default_factory=DataFacts)
    kinds: tuple[KindRate, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain values, as verdicts.json holds them and a worker sends them home."""
        closed = {"score": score_document(self.score), "data": self.data.to_document()}
        told = {**asdict(self), **closed}
        return told if self.kinds else {name: one for name, one in told.items() if name != "kinds"}


def score_line_from_dict(values: Mapping[str, Any]) -> ScoreLine:
    """Rebuild a score line from its document."""
    closed = {
        "dimension": Dimension(values["dimension"]),
        "score": score_from_dict(values["score"]),
        "data": data_facts(values.get("data", {})),
        "kinds": tuple(map(kind_rate_from_dict, values.get("kinds", ()))),
    }
    return ScoreLine(**{**fields_in(values, ScoreLine), **closed})
