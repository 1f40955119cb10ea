"""Words a subject's benchmark for the report: its score and what has to stand beside it."""

from __future__ import annotations

from trusteval.benchmarks import BENCHMARKS
from trusteval.evaluation.evaluation import Evaluation
from trusteval.gates.gate import Gate
from trusteval.metrics.metric import METRICS
from trusteval.protocols import PROTOCOLS
from trusteval.report.kind_rates import kind_rates
from trusteval.report.score_line import ScoreLine
from trusteval.types import Subject, Variant

_NOTED = ("storage", "vote over")


def headline(evaluation: Evaluation, subject: Subject, benchmark: str) -> ScoreLine:
    """Score a subject's whole benchmark."""
    scores, protocol, asked = evaluation.scores, evaluation.protocol, BENCHMARKS[benchmark]
    others = {
        name: scores.score_of(subject, benchmark, protocol=name).value
        for name, read_by in PROTOCOLS.items()
        if name != protocol and read_by.scores(benchmark)
    }
    non_answers = PROTOCOLS[protocol].non_answers
    return ScoreLine(
        benchmark=benchmark,
        dimension=asked.dimension,
        subject=subject.name,
        score=scores.score_of(subject, benchmark),
        partial_score=scores.partial(subject, benchmark),
        non_answer_rate=scores.score_of(subject, benchmark, metric=non_answers).value,
        beside={
            name: scores.score_of(subject, benchmark, metric=name).value for name in asked.beside
        },
        other_protocols=others,
        notes={
            **evaluation.notes.notes_of(subject),
            **evaluation.notes.on_probabilities(subject, benchmark),
        },
        data=evaluation.questionnaire.facts(benchmark),
        kinds=kind_rates(
            asked,
            PROTOCOLS[protocol].scoring(
                benchmark, settings=evaluation.questionnaire.settings(benchmark)
            ),
            evaluation.judged(subject, benchmark),
        ),
    )


def gate_notes(
    evaluation: Evaluation, gate: Gate, subject: Subject, *, dense: Variant | None
) -> list[str]:
    """Word what a reader compares with: the dense score, how the weights were held."""
    notes = []
    of_vote = METRICS[gate.metric].of_members
    if dense is not None and subject.name != dense.name and not of_vote:
        score = evaluation.scores.score_of(
            dense, gate.benchmark, metric=gate.metric, part=gate.setting
        )
        notes.append(f"dense {'undefined' if score.value is None else f'{score.value:.1f}'}")
    own = evaluation.notes.notes_of(subject)
    return [*notes, *(f"{key} {own[key]}" for key in _NOTED if key in own)]
