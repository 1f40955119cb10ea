"""What a run found, as plain values: the content of verdicts.json.

A pure function of recordings, gates and seed: the same run gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from trusteval.types import (
    Counts,
    Dimension,
    Interval,
    InvalidReason,
    Level,
    Outcome,
    Score,
    Verdict,
)

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A subject's headline on a benchmark, with the rate that stands beside every score."""

    benchmark: str
    dimension: Dimension
    subject: str
    score: Score
    non_answer_rate: float | None
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Invariant:
    """One law of the vote and whether it held ("passed", "failed", "skipped")."""

    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Everything a run decided. `facts` say which data, prompts, protocol and gates were used."""

    facts: Mapping[str, object]
    subjects: Sequence[str]
    scores: Sequence[ScoreLine]
    verdicts: Sequence[Verdict]
    invariants: Sequence[Invariant]

    def to_json(self) -> str:
        """Serialise with sorted keys and lines ordered by name."""
        order = {name: place for place, name in enumerate(self.subjects)}
        document = {
            "schema": SCHEMA_VERSION,
            "facts": self.facts,
            "subjects": list(self.subjects),
            "scores": [
                asdict(line)
                for line in sorted(
                    self.scores, key=lambda s: (s.benchmark, order.get(s.subject, -1))
                )
            ],
            "verdicts": [
                asdict(verdict)
                for verdict in sorted(
                    self.verdicts, key=lambda v: (v.gate, order.get(v.subject, -1))
                )
            ],
            "vote_invariants": [
                asdict(invariant) for invariant in sorted(self.invariants, key=lambda i: i.name)
            ],
        }
        return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def run_record_from_dict(values: Mapping[str, object]) -> RunRecord:
    """Rebuild a run from the content of verdicts.json.

    Raises ValueError, KeyError or TypeError if it is none of this schema.
    """
    if values["schema"] != SCHEMA_VERSION:
        raise ValueError(f"schema {values['schema']}, expected {SCHEMA_VERSION}")
    subjects, facts = values["subjects"], _mapping(values["facts"])
    if not isinstance(subjects, list):
        raise TypeError("subjects must be a list")
    return RunRecord(
        facts=facts,
        subjects=[str(name) for name in subjects],
        scores=[score_line_from_dict(line) for line in _mappings(values["scores"])],
        verdicts=[verdict_from_dict(line) for line in _mappings(values["verdicts"])],
        invariants=[
            Invariant(str(line["name"]), str(line["outcome"]))
            for line in _mappings(values["vote_invariants"])
        ],
    )


def verdict_from_dict(values: Mapping[str, object]) -> Verdict:
    """Rebuild a verdict from `dataclasses.asdict`, as it comes back from a worker."""
    rest = {key: str(values[key]) for key in ("gate", "subject", "message")}
    return Verdict(
        **rest,
        dimension=Dimension(str(values["dimension"])),
        outcome=Outcome(str(values["outcome"])),
        level=Level(str(values["level"])),
        score=score_from_dict(_mapping(values["score"])),
    )


def score_line_from_dict(values: Mapping[str, object]) -> ScoreLine:
    """Rebuild a score line from `dataclasses.asdict`."""
    rate = values["non_answer_rate"]
    return ScoreLine(
        benchmark=str(values["benchmark"]),
        dimension=Dimension(str(values["dimension"])),
        subject=str(values["subject"]),
        score=score_from_dict(_mapping(values["score"])),
        non_answer_rate=None if rate is None else float(str(rate)),
        notes={key: str(note) for key, note in _mapping(values["notes"]).items()},
    )


def score_from_dict(values: Mapping[str, object]) -> Score:
    """Rebuild a score from `dataclasses.asdict`."""
    counts, interval, value = _mapping(values["counts"]), values["interval"], values["value"]
    invalid = {
        InvalidReason(str(reason)): int(str(n)) for reason, n in _mapping(counts["invalid"]).items()
    }
    missing = values["missing_settings"]
    return Score(
        metric=str(values["metric"]),
        value=None if value is None else float(str(value)),
        counts=Counts(int(str(counts["n"])), int(str(counts["refused"])), invalid),
        interval=None if interval is None else _interval(_mapping(interval)),
        undefined=None if values["undefined"] is None else str(values["undefined"]),
        missing_settings=tuple(map(str, missing)) if isinstance(missing, list) else (),
    )


def _interval(bounds: Mapping[str, object]) -> Interval:
    return Interval(float(str(bounds["low"])), float(str(bounds["high"])))


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"expected an object, got {type(value).__name__}")
    return value


def _mappings(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return [_mapping(item) for item in value]
