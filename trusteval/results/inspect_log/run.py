"""Reads logs of inspect, one per task, into a ToolRun."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.results.answered import Answered
from trusteval.results.assembling import Recorded, assemble
from trusteval.results.content import shown_fact
from trusteval.results.documents import Entry
from trusteval.results.inspect_log.facts import (
    model_of,
    reducer_of,
    run_facts,
    task_facts,
    version_of,
)
from trusteval.results.inspect_log.logs import Log, read_log
from trusteval.results.inspect_log.samples import is_failed, read_sample
from trusteval.results.run_of_tasks import Part, joined
from trusteval.results.tool_run import ToolRun

TOOL = "inspect"


def read_inspect(place: Path, paths: Sequence[Path]) -> ToolRun:
    """Read the newest log of each task.

    Raises TrackingError, one line that says what to do, for a log that cannot be read, and for
    those of several models.
    """
    newest, notes = _newest([read_log(path) for path in paths])
    parts, gaps = [], []
    for task, log in newest.items():
        part, missing = _part(task, log)
        parts += [part]
        gaps += missing
        notes += _reduced(task, log)
    return joined(place, parts, tool=TOOL, notes=notes, gaps=gaps)


def _newest(logs: Sequence[Log]) -> tuple[dict[str, Log], list[str]]:
    """Return the newest log of each task; one with other arguments is another task."""
    variants: dict[str, dict[str, list[Log]]] = defaultdict(lambda: defaultdict(list))
    for log in logs:
        evaluated = log.header.part("eval")
        arguments = shown_fact(dict(evaluated.optional_part("task_args").values))
        variants[evaluated.text("task")][arguments].append(log)
    newest, notes = {}, []
    for task, by_arguments in sorted(variants.items()):
        for arguments, found in sorted(by_arguments.items()):
            name = task if len(by_arguments) == 1 else f"{task} {arguments}"
            newest[name] = max(found, key=_created)
            if len(found) > 1:
                notes.append(
                    f"{name}: {newest[name].path.name} is the newest of {len(found)} and is what "
                    "was read"
                )
    return newest, notes


def _created(log: Log) -> tuple[str, str]:
    return log.header.part("eval").optional_text("created"), log.path.name


def _part(task: str, log: Log) -> tuple[Part, list[str]]:
    answers, n_failed = _answers(log)
    gaps = list(_gaps(task, log, answers, n_failed=n_failed))
    if not answers:
        raise TrackingError(
            f"{log.path}: no sample with an answer ({'; '.join(gaps) or 'none was logged'}); run "
            "it again, with log_samples"
        )
    recorded = Recorded(
        name=task,
        answers=answers,
        facts=task_facts(log.header),
        direction=lambda metric: True,
        continued=False,
        n_declared=_declared(log.header),
    )
    part = Part(
        assembled=assemble(recorded),
        model=model_of(log.header),
        version=version_of(log.header),
        facts=run_facts(log.header),
    )
    return part, gaps


def _answers(log: Log) -> tuple[list[Answered], int]:
    """Return what was answered, and how many samples ended in an error."""
    answers: dict[tuple[str, int], Answered] = {}
    n_failed = 0
    for sample in log.samples:
        if is_failed(sample):
            n_failed += 1
            continue
        answered = read_sample(sample)
        if (answered.name, answered.epoch) in answers:
            raise TrackingError(
                f"{sample.place}: sample {answered.name} stands here twice in epoch "
                f"{answered.epoch}; run it again, with ids that differ"
            )
        answers[answered.name, answered.epoch] = answered
    return list(answers.values()), n_failed


def _gaps(task: str, log: Log, answers: Sequence[Answered], *, n_failed: int) -> Iterator[str]:
    """Yield a line on what was asked and has no answer, or none in some epoch."""
    status = log.header.text("status")
    if status != "success":
        message = log.header.optional_part("error").optional_text("message")
        yield f"{task}: did not finish ({status}{': ' if message else ''}{message[:200]})"
    if n_failed:
        yield (
            f"{task}: {n_failed} of {n_failed + len(answers)} answers are left out: they ended in "
            "an error"
        )
    times = Counter(answer.name for answer in answers)
    most = max((_epochs(log.header), *times.values()))
    if fewer := sum(count < most for count in times.values()):
        yield f"{task}: {fewer} of {len(times)} items were answered fewer than {most} times"


def _reduced(task: str, log: Log) -> Iterator[str]:
    """Yield a note where the tool's own numbers come of another reduction than ours."""
    if reducer := reducer_of(log.header):
        yield (
            f"{task}: inspect reduced epochs by {reducer}; here an item has the mean of its epochs"
        )


def _declared(header: Entry) -> int | None:
    """Return how many items were asked, which older logs say by their answers in all epochs."""
    evaluated = header.part("eval")
    if names := evaluated.optional_part("dataset").optional_items("sample_ids"):
        return len(names)
    n_answers = header.optional_part("results").values.get("total_samples")
    return n_answers // _epochs(header) or None if isinstance(n_answers, int) else None


def _epochs(header: Entry) -> int:
    epochs = header.part("eval").optional_part("config").values.get("epochs")
    return epochs if isinstance(epochs, int) and epochs > 0 else 1
