"""Makes the evaluation that a run asks for."""

from __future__ import annotations

from trusteval.evaluation.evaluation import Evaluation
from trusteval.run.backend import backend_of
from trusteval.run.judge import judge_of
from trusteval.run.run import Run
from trusteval.store import ResponseStore
from trusteval.system.progress import ProgressBar, Say, say_nothing


def evaluation_of(
    run: Run, store: ResponseStore, *, device: str, progress: ProgressBar, say: Say = say_nothing
) -> Evaluation:
    """Put the parts together; opens no model yet. `say` is told what is waited for."""
    return Evaluation(
        backend=backend_of(run.options, run.loaded, device=device, progress=progress, say=say),
        store=store,
        questionnaire=run.questionnaire,
        protocol=run.options.protocol,
        dense=run.dense,
        references=[reference.name for reference in run.references],
        facts=run.facts(),
        progress=progress,
        say=say,
        asked_twice=run.asked_twice,
        weighs=run.options.probabilities,
        asks=not run.options.recorded_only,
        judge=judge_of(run.options, device=device, progress=progress, say=say),
        labels=run.labels,
    )
