"""Scores as the `model-index` of a model card: what the hub shows of a model's evaluations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from trusteval.report.exports.figures import Figure, figures
from trusteval.report.exports.private import model_label, without_folders
from trusteval.report.exports.published import Published, published
from trusteval.report.exports.worth import Worth, worth
from trusteval.report.exports.yaml_text import yaml_text
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.model_card import model_card
from trusteval.types import Unavailable

_NOT_PUBLISHED = "trusteval/not-published"


def model_index(
    run: FinishedRun, *, subjects: Collection[str], named: Mapping[str, Published]
) -> list[dict[str, Any]]:
    """Return an element for each subject: a dataset for each benchmark, its score as a metric.

    A score that is undefined has the text that says why as its value; what is not of published
    items has a dataset that says so and is none of the hub's.
    """
    from huggingface_hub.repocard_data import eval_results_to_model_index

    said, known = worth(run), figures(run.record, subjects=subjects)
    elements = []
    for subject in dict.fromkeys(one.line.subject for one in known):
        results = [_result(run, one, said, named) for one in known if one.line.subject == subject]
        name = f"{model_label(run.record)} ({subject})"
        elements += eval_results_to_model_index(name, results)
    return elements


def new_card(run: FinishedRun, index: list[dict[str, Any]]) -> str:
    """Return a model card of its own: the index as metadata, and the table that people read."""
    return f"---\n{yaml_text({'model-index': index})}---\n\n{model_card(run)}"


def _result(run: FinishedRun, figure: Figure, said: Worth, named: Mapping[str, Published]) -> Any:
    from huggingface_hub import EvalResult

    facts, line = run.record.facts, figure.line
    kind, name, revision = _dataset(figure, said, named, is_demo=facts.profile == "demo")
    return EvalResult(
        task_type="text-generation",
        dataset_type=kind,
        dataset_name=name,
        dataset_config=line.benchmark,
        dataset_revision=revision,
        dataset_args={"profile": str(facts.profile), "items": figure.n},
        metric_type=line.score.metric,
        metric_name=f"trusteval {line.score.metric}, protocol {facts.protocol} (0 to 100)",
        metric_value=_value(figure),
        metric_args=dict(_beside(figure, said)),
    )


def _value(figure: Figure) -> float | str:
    if figure.value is not None:
        return figure.value
    return f"undefined: {without_folders(str(figure.undefined))}"


def _dataset(
    figure: Figure, said: Worth, named: Mapping[str, Published], *, is_demo: bool
) -> tuple[str, str, str | None]:
    """Return the dataset's id, what it is called, and its commit."""
    benchmark = figure.line.benchmark
    found = published(figure.line, named=named)
    if is_demo:
        return _NOT_PUBLISHED, f"demo slice of trusteval, not {benchmark}: {said.note}", None
    if isinstance(found, Unavailable):
        return _NOT_PUBLISHED, f"{benchmark}: {found.why}", None
    if said.notes:
        return found.dataset, f"{benchmark} ({said.note})", found.revision
    return found.dataset, benchmark, found.revision


def _beside(figure: Figure, said: Worth) -> Iterator[tuple[str, Any]]:
    """Yield what must stand beside a score; unknown values are left out."""
    known = {
        "interval_90_low": figure.low,
        "interval_90_high": figure.high,
        "non_answer_rate_percent": figure.non_answer_rate,
    }
    yield from ((name, value) for name, value in known.items() if value is not None)
    yield "gates", figure.verdict
    yield "result", said.result
    yield "may_ship", said.whole
