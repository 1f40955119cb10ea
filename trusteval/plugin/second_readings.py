"""Sends what a judge read home once, with the first test of a process that needs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from trusteval.evaluation.corrections import Corrections
from trusteval.evaluation.second_opinion import SecondOpinion
from trusteval.judging.agreement import line_of
from trusteval.judging.record import JudgeLine
from trusteval.types import Subject


class SecondReadings:
    """What the judge of one process read, by subject and benchmark; nothing without a judge."""

    def __init__(self, opinion: SecondOpinion | None, corrections: Corrections | None) -> None:
        self._opinion = opinion
        self._corrections = corrections
        self._sent: dict[tuple[str, str], JudgeLine] = {}

    def send(
        self, subject: Subject, benchmark: str, record: Callable[[str, object], None]
    ) -> JudgeLine | None:
        """Return what the judge read; the first time it is asked, and recorded as a property."""
        if self._opinion is None:
            return None
        key = subject.name, benchmark
        if key not in self._sent:
            line = self._made(self._opinion, subject, benchmark)
            record("trust_second_reading", json.dumps(line.to_document()))
            self._sent[key] = line
        return self._sent[key]

    def _made(self, opinion: SecondOpinion, subject: Subject, benchmark: str) -> JudgeLine:
        if why := opinion.why_not(benchmark):
            return JudgeLine(subject.name, benchmark, not_asked=why)
        line = line_of(opinion.reading(subject, benchmark))
        if self._corrections is None:
            return line
        return replace(line, corrected=self._corrections.of_score(subject, benchmark))
