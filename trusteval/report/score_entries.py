"""The scores of a run as its history and a baseline keep them, each with what was weighed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.report.outcomes import verdict_of
from trusteval.report.record import RunRecord
from trusteval.suite.data_facts import DataFacts
from trusteval.system.digests import digest
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.confounds import VOTERS
from trusteval.tracking.score_entry import ScoreEntry


def score_entries(record: RunRecord, answers: AnsweredRun) -> list[ScoreEntry]:
    """Return every headline score with its interval, verdict and weights, by subject."""
    return [
        ScoreEntry(
            line.subject,
            line.benchmark,
            dimension=line.dimension.value,
            value=line.score.value,
            interval=line.score.interval,
            n=line.score.counts.n,
            non_answer_rate=line.non_answer_rate,
            verdict=verdict_of(line, record.verdicts, record.unjudged),
            weights=weights_of(answers.identities.get((line.subject, line.benchmark), {})),
            data=answers.data.get(line.benchmark, DataFacts()).sha256,
        )
        for line in sorted(record.scores, key=lambda line: (line.subject, line.benchmark))
    ]


def weights_of(identity: Mapping[str, Any]) -> str | None:
    """Return the fingerprint of a subject's weights, of a vote's over all of its members'.

    None where there is none: a server does not show its weights. A recording is its own.
    """
    if VOTERS not in identity:
        is_served = identity.get("engine") == "openai"
        return None if is_served else identity.get("weights") or identity.get("recording")
    weights = [weights_of(member) for _, member in sorted(identity[VOTERS].items())]
    return digest(weights) if all(weights) else None
