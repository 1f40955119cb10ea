"""Verdicts and scores as plain values, and back from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from trusteval.judging.correction_document import correction_document, correction_from_dict
from trusteval.system.plain import fields_in
from trusteval.types import (
    Change,
    Counts,
    Dimension,
    Interval,
    InvalidReason,
    Level,
    LimitCheck,
    Outcome,
    Score,
    Undecided,
    Verdict,
)


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return plain values; a gate's id begins with its benchmark, which is said where that has dots
    or is otherwise not what stands before the first. Corrections are said where there are any.
    """
    begins = verdict.gate.partition(".")[0] == verdict.benchmark
    told = {**asdict(verdict), "score": score_document(verdict.score)}
    told["corrections"] = [correction_document(one) for one in verdict.corrections]
    unsaid = {*(["benchmark"] if begins else []), *([] if verdict.corrections else ["corrections"])}
    return {name: value for name, value in told.items() if name not in unsaid}


def verdict_from_dict(values: Mapping[str, Any]) -> Verdict:
    """Rebuild a verdict from its document, as it comes back from a worker."""
    closed = {
        "benchmark": values.get("benchmark", values["gate"].partition(".")[0]),
        "dimension": Dimension(values["dimension"]),
        "outcome": Outcome(values["outcome"]),
        "level": Level(values["level"]),
        "score": score_from_dict(values["score"]),
        "undecided": None if values["undecided"] is None else Undecided(values["undecided"]),
        "change": None if values["change"] is None else _change_from_dict(values["change"]),
        "limits": tuple(map(_limit_from_dict, values.get("limits", ()))),
        "corrections": tuple(map(correction_from_dict, values.get("corrections", ()))),
    }
    return Verdict(**{**fields_in(values, Verdict), **closed})


def _change_from_dict(values: Mapping[str, Any]) -> Change:
    return Change(**{**fields_in(values, Change), "interval": _interval(values["interval"])})


def _interval(values: Mapping[str, Any]) -> Interval:
    return Interval(values["low"], values["high"])


def _limit_from_dict(values: Mapping[str, Any]) -> LimitCheck:
    interval = values["interval"]
    closed = {"interval": None if interval is None else _interval(interval)}
    return LimitCheck(**{**fields_in(values, LimitCheck), **closed})


def score_document(score: Score) -> dict[str, Any]:
    """Return plain values; that all answers were read is not said."""
    told = asdict(score)
    if score.counts.is_read:
        del told["counts"]["is_read"]
    return told


def score_from_dict(values: Mapping[str, Any]) -> Score:
    """Rebuild a score from `score_document`."""
    counts, interval = values["counts"], values["interval"]
    invalid = {InvalidReason(reason): n for reason, n in counts["invalid"].items()}
    closed = {
        "counts": Counts(counts["n"], counts["refused"], invalid, counts.get("is_read", True)),
        "interval": None if interval is None else _interval(interval),
        "missing_settings": tuple(values["missing_settings"]),
    }
    return Score(**{**fields_in(values, Score), **closed})
