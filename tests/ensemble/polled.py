"""Builds panels whose items have truths of their own, with what their answers took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.answered_runs import FACTS, samples
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.members import member
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels, panels_of
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Answer, Cost, Ensemble, LabelLogs, Setting, draw_of

VOTE = "vote-gptq"
ASTRONOMY = BENCHMARKS["mmlu"].setting("astronomy")


def panels_about(
    truths: Sequence[str],
    said: Mapping[str, Sequence[Answer]],
    *,
    asked: Sequence[Setting] = (),
    costs: Mapping[str, Cost] | None = None,
    weighed: Mapping[str, Sequence[LabelLogs]] | None = None,
) -> Panels:
    """Return the panels of a run in which all vote but "dense" and draws.

    `asked` are the settings of the items, all of one benchmark; MMLU's astronomy without.
    """
    settings = asked or [ASTRONOMY] * len(truths)
    rows = [
        replace(sample, target=truth, setting=setting)
        for sample, truth, setting in zip(
            samples(range(len(truths))), truths, settings, strict=True
        )
    ]
    table, benchmark = SampleTable.of(rows), settings[0].benchmark
    run = AnsweredRun(
        facts=FACTS,
        answer_tables={
            (name, benchmark): AnswerTable.of(table, answers) for name, answers in said.items()
        },
        costs={(name, benchmark): cost for name, cost in (costs or {}).items()},
        probabilities={
            (name, benchmark): LabelProbabilities.of(rows, logs, missing="nobody weighed it")
            for name, logs in (weighed or {}).items()
        },
    )
    members = [member(name, bits={}) for name in said if name != "dense" and draw_of(name) is None]
    return panels_of(run, [Ensemble(VOTE, tuple(members))], dense="dense")


def panel_about(
    truths: Sequence[str],
    said: Mapping[str, Sequence[Answer]],
    *,
    asked: Sequence[Setting] = (),
    costs: Mapping[str, Cost] | None = None,
    weighed: Mapping[str, Sequence[LabelLogs]] | None = None,
) -> Panel:
    """Return the only panel of such a run."""
    (panel,) = panels_about(truths, said, asked=asked, costs=costs, weighed=weighed).panels
    return panel


def answers_in(answers: AnswerTable) -> list[Answer]:
    """Return what is answered to each sample."""
    return [row.answer for row in answers]
