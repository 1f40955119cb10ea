"""Scores as the hub's `.eval_results/*.yaml`: only those of a model on published items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trusteval.errors import UsageError
from trusteval.printable import printable_line
from trusteval.report.caveats import data_caveats, reservations
from trusteval.report.exports.figures import Figure, figures
from trusteval.report.exports.private import file_stem, without_folders
from trusteval.report.exports.published import Published, published
from trusteval.report.exports.worth import Worth, worth
from trusteval.report.exports.yaml_text import yaml_text
from trusteval.report.finished_run import FinishedRun
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class EvalResults:
    """The files by name, each the results of one subject, and what is in none, and why."""

    files: Mapping[str, str]
    left_out: tuple[str, ...] = field(default=())


def eval_results(
    run: FinishedRun,
    *,
    subjects: Collection[str],
    named: Mapping[str, Published],
    source: str | None,
) -> EvalResults:
    """Return a file for each subject that has a score on published items.

    `source` is the address where the results can be looked up. Raises UsageError for a run whose
    figures are no model's on a published benchmark, and where no score is left.
    """
    said = worth(run)
    _refuse_worthless(run)
    known = figures(run.record, subjects=subjects)
    left_out = [why for one in known if (why := _why_left_out(one, named))]
    files = {}
    for subject in dict.fromkeys(one.line.subject for one in known):
        entries = [
            _entry(run, one, dataset, said=said, source=source)
            for one in known
            if one.line.subject == subject and one.value is not None
            for dataset in [published(one.line, named=named)]
            if isinstance(dataset, Published)
        ]
        if entries:
            own = [why for why in left_out if why.startswith(f"{subject} on ")]
            files[f"trusteval-{file_stem(subject)}.yaml"] = _yaml(entries, left_out=own)
    if not files:
        because = "; ".join(left_out) or "no subject has a score"
        raise UsageError(f"nothing to export to eval-results: {because}")
    return EvalResults(files, tuple(left_out))


def _refuse_worthless(run: FinishedRun) -> None:
    if told := reservations(run.record):
        raise UsageError(
            f"not exported to eval-results, where a benchmark's leaderboard takes it up: "
            f"{'; '.join(told)}; judge a model on the profile quick or full"
        )


def _why_left_out(figure: Figure, named: Mapping[str, Published]) -> str | None:
    dataset = published(figure.line, named=named)
    where = f"{figure.line.subject} on {figure.line.benchmark}"
    if figure.undefined is not None:
        return f"{where} is undefined: {without_folders(figure.undefined)}"
    return f"{where}: {dataset.why}" if isinstance(dataset, Unavailable) else None


def _entry(
    run: FinishedRun, figure: Figure, dataset: Published, *, said: Worth, source: str | None
) -> Any:
    from huggingface_hub import EvalResultEntry

    version = run.circumstances.versions.get("trusteval", "of unknown version")
    return EvalResultEntry(
        dataset_id=dataset.dataset,
        task_id=dataset.task,
        dataset_revision=dataset.revision,
        value=figure.value,
        date=run.circumstances.started,
        source_url=source,
        source_name=None if source is None else f"trusteval {version}",
        notes=without_folders("; ".join(_notes(run, figure, said))),
    )


def _notes(run: FinishedRun, figure: Figure, said: Worth) -> Iterator[str]:
    facts, line = run.record.facts, figure.line
    version = run.circumstances.versions.get("trusteval", "of unknown version")
    yield f"trusteval {version}, {line.score.metric} of 0 to 100, protocol {facts.protocol}"
    yield f"variant {line.subject}{_how(line.notes)}"
    yield f"profile {facts.profile}, {figure.n} items"
    if figure.low is not None and figure.high is not None:
        yield f"90 % interval {figure.low:.1f} to {figure.high:.1f}"
    if figure.non_answer_rate is not None:
        yield f"non-answers {figure.non_answer_rate:.1f} %"
    yield from data_caveats(line.data)
    yield f"gates: {figure.verdict}"
    yield said.whole


def _how(notes: Mapping[str, str]) -> str:
    vote = notes.get("vote over")
    how = notes.get("quantization") or (f"vote over {vote}" if vote else "")
    return f" ({how})" if how else ""


def _yaml(entries: list[Any], *, left_out: list[str]) -> str:
    from huggingface_hub import eval_result_entries_to_yaml

    told = "".join(f"# not among these: {printable_line(why)}\n" for why in left_out)
    return told + yaml_text(eval_result_entries_to_yaml(entries))
