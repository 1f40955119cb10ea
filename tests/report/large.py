"""A run of nine subjects and sixty gates, with every verdict that a comparison can have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.report.parts import ENDED_WELL, FACTS, NAMES, line, score, verdict
from trusteval.report.record import RunRecord
from trusteval.types import Interval, Level, LimitCheck, Outcome, Undecided, Verdict

SUBJECTS = (
    *("dense", "gptq-8", "gptq-4", "gptq-3", "awq-8", "awq-4", "awq-3", "vote-gptq", "vote-awq"),
)
N_GATES = 60
_MARGIN = 3.0


def _verdicts() -> Iterator[Verdict]:
    for number in range(N_GATES):
        benchmark = list(NAMES)[number % len(NAMES)]
        for place, subject in enumerate(SUBJECTS):
            worse = -1.0 + (place * 7 + number * 3) % 8
            width = 1.0 + (number + place) % 3
            interval = Interval(worse - width, worse + width)
            outcome = Outcome.INCONCLUSIVE
            if interval.high <= _MARGIN:
                outcome = Outcome.PASS
            elif interval.low > _MARGIN:
                outcome = Outcome.FAIL
            yield replace(
                verdict(benchmark, subject, outcome),
                gate=f"{benchmark}.setting_{number}.score",
                level=Level.WARN if number % 10 == 9 else Level.BLOCK,
                p=0.01,
                undecided=Undecided.SAMPLES if outcome is Outcome.INCONCLUSIVE else None,
                setting=f"setting_{number}",
                reference="dense",
                limits=(LimitCheck("drop", worse, interval, at_most=_MARGIN, is_change=True),),
            )


LARGE = RunRecord(
    **ENDED_WELL,
    facts=replace(FACTS, families=dict.fromkeys(SUBJECTS, N_GATES)),
    subjects=list(SUBJECTS),
    scores=[
        line(benchmark, subject, 60.0 - place, score=score(60.0 - place, n=2000))
        for benchmark in NAMES
        for place, subject in enumerate(SUBJECTS)
    ],
    verdicts=list(_verdicts()),
    invariants=[],
)
