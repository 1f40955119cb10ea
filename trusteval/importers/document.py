"""Scored recordings as plain values: the content of `trusteval score --json`. All in percent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.answers.table import AnswerTable, answer_table_of
from trusteval.benchmarks import BENCHMARKS
from trusteval.importers.scoring import ScoredBenchmark
from trusteval.types import Invalid, InvalidReason, Judged, Label, Reading


def scores_document(scored: Sequence[ScoredBenchmark], *, protocol: str) -> dict[str, Any]:
    """Return every benchmark's scores, sub-scores and settings."""
    return {
        "protocol": protocol,
        "benchmarks": {benchmark.name: _benchmark(benchmark) for benchmark in scored},
    }


def item_lines(scored: Sequence[ScoredBenchmark]) -> list[dict[str, Any]]:
    """Return how every answer was read: its label, "refusal" or "invalid", if it is right, and why
    it was read so.
    """
    return [
        {
            "benchmark": benchmark.name,
            "setting": row.sample.setting.name,
            "item": row.sample.id,
            "target": row.sample.target,
            "correct": row.correct,
            **_read(row),
            **_grounds(benchmark.protocol.read(row.sample, response)),
        }
        for benchmark in scored
        for row, response in zip(benchmark.judged, benchmark.responses, strict=True)
    ]


def _read(row: Judged) -> dict[str, Any]:
    match row.answer:
        case Label(value, contradictory):
            return {"answer": "label", "label": value, "contradictory": contradictory}
        case Invalid(reason):
            return {"answer": "invalid", "reason": reason}
        case _:
            return {"answer": "refusal"}


def _grounds(reading: Reading) -> dict[str, str]:
    return {"rule": reading.rule, "span": reading.span}


def _benchmark(benchmark: ScoredBenchmark) -> dict[str, Any]:
    scoring, declared = benchmark.scoring, benchmark.declared
    judged = answer_table_of(benchmark.judged)
    by_setting = judged.by_setting()
    score = scoring.score(judged, declared=declared)
    there = {name: what for name, what in declared.items() if name not in score.missing_settings}

    def rate(metric: str) -> float | None:
        if there.keys().isdisjoint(scoring.settings):
            return None
        return scoring.measure(metric, judged, declared=there).score.value

    partial = scoring.partial_score(judged, declared=declared, missing=score.missing_settings)
    return {
        "score": score.value,
        "partial_score": None if partial is None else partial.value,
        "refusal_rate": rate("refusal_rate"),
        "non_answer_rate": rate(benchmark.protocol.non_answers),
        "complete": score.complete,
        "missing_settings": list(score.missing_settings),
        "undefined": score.undefined if partial is None else partial.undefined,
        "metrics": {metric: rate(metric) for metric in BENCHMARKS[benchmark.name].beside},
        "subscores": {
            name: scoring.score(judged, declared=declared, part=name).value
            for name in scoring.subscores
        },
        "settings": {
            name: _setting(benchmark, name, by_setting[name])
            for name in declared
            if name in by_setting
        },
    }


def _setting(benchmark: ScoredBenchmark, name: str, rows: AnswerTable) -> dict[str, Any]:
    declared, counts = benchmark.declared[name], rows.counts
    return {
        "n": counts.n,
        "n_expected": declared.n_expected,
        "complete": counts.n >= declared.n_expected,
        "correct": int(rows.correct.sum()),
        "refused": counts.refused,
        "invalid": {reason.value: counts.invalid[reason] for reason in InvalidReason},
        "metrics": {
            shown: benchmark.scoring.of_setting(metric, rows, name=name)
            for shown, metric in benchmark.scoring.shown.items()
        },
    }
