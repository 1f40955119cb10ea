"""Sends every headline home once, with the first test of a process that needs it."""

from __future__ import annotations

import json
from collections.abc import Callable

from trusteval.report.score_line import ScoreLine
from trusteval.types import Subject


class Headlines:
    """The headlines of one process, by subject and benchmark; `make` scores one."""

    def __init__(self, make: Callable[[Subject, str], ScoreLine]) -> None:
        self._make = make
        self._sent: dict[tuple[str, str], ScoreLine] = {}

    def send(
        self, subject: Subject, benchmark: str, record: Callable[[str, object], None]
    ) -> ScoreLine:
        """Return a headline; the first time it is made, and recorded as a property of the test."""
        key = subject.name, benchmark
        if key not in self._sent:
            line = self._make(subject, benchmark)
            record("trust_score", json.dumps(line.to_document()))
            self._sent[key] = line
        return self._sent[key]
