"""Puts down all that a run judged, item by item, with what gave the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.answers.table import AnswerTable
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.evaluation.recorder import Recorder
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.confounds import TOKENIZING, VOTERS
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import Ensemble, Subject, Variant


def answered(
    tables: AnswerTables, *, facts: RunFacts, accepted: Mapping[tuple[str, str], AnswerTable]
) -> AnsweredRun:
    """Return what was judged under the run's protocol.

    `facts` say how the run asked and read, `accepted` are what subjects were compared with of a
    baseline.
    """
    judged, interview = dict(tables.subjects), tables.interview
    asked = interview.questionnaire
    variants = {key: who for key, who in judged.items() if isinstance(who, Variant)}
    weighed = {key: tables.probabilities(who, key[1]) for key, who in variants.items()}
    benchmarks = sorted({name for _, name in judged})
    return AnsweredRun(
        facts=facts,
        data={name: asked.facts(name) for name in benchmarks},
        identities={key: _identity(subject, interview.recorder) for key, subject in judged.items()},
        answer_tables={key: tables.answers_of(judged[key], key[1]) for key in sorted(judged)},
        said={key: tables.said(who, key[1]) for key, who in variants.items()},
        grounds={key: tables.grounds(who, key[1]) for key, who in variants.items()},
        costs={key: tables.cost(who, key[1]) for key, who in variants.items()},
        members={key: who.members for key, who in judged.items() if isinstance(who, Ensemble)},
        probabilities={key: told for key, told in weighed.items() if told is not None},
        prompts={name: tuple(q.prompt for q in asked.questions(name)) for name in benchmarks},
        accepted=accepted,
    )


def _identity(subject: Subject, recorder: Recorder) -> Mapping[str, Any]:
    match subject:
        case Variant():
            return _ran(subject, recorder)
        case Ensemble():
            return {VOTERS: {member.name: _ran(member, recorder) for member in subject.members}}


def _ran(variant: Variant, recorder: Recorder) -> Mapping[str, Any]:
    """Return what decided a variant's responses, and what its tokenizer does, where known."""
    found = recorder.backend.tokenizing(variant)
    context = recorder.context(variant)
    return {**context, TOKENIZING: dict(found)} if found else context
