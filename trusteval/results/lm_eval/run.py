"""Reads a folder of lm-evaluation-harness, which was run with --log_samples, into a ToolRun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.results.assembling import Recorded, assemble
from trusteval.results.documents import Entry, read_document
from trusteval.results.lm_eval.facts import is_chat, model_of, run_facts, task_facts, version_of
from trusteval.results.lm_eval.folder import LmEvalFolder, Recording, find_recordings, is_newer
from trusteval.results.lm_eval.samples import Asked, read_samples
from trusteval.results.run_of_tasks import Part, joined
from trusteval.results.tool_run import ToolRun

TOOL = "lm-evaluation-harness"
_GENERATES = "generate_until"


def read_lm_eval(folder: Path) -> ToolRun:
    """Read the newest samples of each task.

    Raises TrackingError, one line that says what to do, for a folder that cannot be read: without
    samples, of several models, damaged, or by another version.
    """
    found = find_recordings(folder)
    notes, gaps = list(_passed_over(found)), list(_left_out(found))
    whole = [(recording, path) for recording in found.recordings if (path := recording.results)]
    if not whole:
        raise TrackingError(f"{folder}: nothing can be read of it ({'; '.join(gaps)})")
    first = min(found.results.index(path) for _, path in whole)
    results = {path: read_document(path) for path in found.results[first:]}
    parts = [_part(recording, results[path]) for recording, path in whole]
    gaps += [*_without_samples(found, results), *_newer_without_samples(whole, results)]
    return joined(folder, parts, tool=TOOL, notes=[*notes, *_cuts(parts)], gaps=gaps)


def _part(recording: Recording, results: Entry) -> Part:
    task = recording.task
    config = results.part("configs").part(task)
    choices = config.values.get("doc_to_choice")
    words = choices if isinstance(choices, list) else []
    asked = Asked(
        generates=config.values.get("output_type") == _GENERATES,
        choices=[word for word in words if isinstance(word, str)],
    )
    recorded = Recorded(
        name=task,
        answers=read_samples(recording.samples, asked=asked),
        facts=task_facts(results, task),
        direction=_direction(results.optional_part("higher_is_better").optional_part(task).values),
        continued=not is_chat(results),
        n_declared=_declared(results, task),
    )
    return Part(
        assembled=assemble(recorded),
        model=model_of(results),
        version=version_of(results),
        facts=run_facts(results),
    )


def _direction(directions: Mapping[str, object]) -> Callable[[str], bool | None]:
    def higher_is_better(metric: str) -> bool | None:
        # A filter's name may hold a comma, a metric's may not.
        higher = directions.get(metric.partition(",")[0])
        return higher if isinstance(higher, bool) else None

    return higher_is_better


def _declared(results: Entry, task: str) -> int | None:
    counted = results.optional_part("n-samples").optional_part(task).values.get("effective")
    if counted is None:
        counted = results.optional_part("results").optional_part(task).values.get("sample_len")
    return counted if isinstance(counted, int) and not isinstance(counted, bool) else None


def _passed_over(found: LmEvalFolder) -> Iterator[str]:
    """Yield a note on every file that has a newer one."""
    for recording in found.recordings:
        if recording.older:
            yield (
                f"{recording.task}: {recording.samples.name} is the newest of "
                f"{len(recording.older) + 1} and is what was read"
            )


def _left_out(found: LmEvalFolder) -> Iterator[str]:
    """Yield a line on every task whose newest samples cannot be read."""
    for recording in found.recordings:
        if recording.results is None:
            yield (
                f"{recording.task}: left out, because {recording.samples.name} has no "
                "results_*.json of its date beside it; copy that file here too"
            )


def _without_samples(found: LmEvalFolder, results: Mapping[Path, Entry]) -> Iterator[str]:
    """Yield a line on the tasks that results alone name; groups are not under 'configs'."""
    read = {recording.task for recording in found.recordings}
    named = {task for entry in results.values() for task in entry.part("configs").values}
    if absent := sorted(named - read):
        yield (
            f"no samples of {', '.join(absent)}: what their items earned is not known; run lm_eval "
            "with --log_samples"
        )


def _newer_without_samples(
    whole: Sequence[tuple[Recording, Path]], results: Mapping[Path, Entry]
) -> Iterator[str]:
    """Yield a line on each results that are newer than the samples of a task that they name."""
    for path, entry in results.items():
        named = entry.part("configs").values
        stale = [one.task for one, own in whole if one.task in named and is_newer(path, own)]
        if stale:
            yield (
                f"{path.name} is newer and has no samples of {', '.join(stale)}: what was read is "
                "of an earlier run; run lm_eval with --log_samples"
            )


def _cuts(parts: list[Part]) -> Iterator[str]:
    """Yield a note on what was read without knowing whether it was cut."""
    if any(item.readings for part in parts for item in part.assembled.task.items):
        yield (
            f"{TOOL} does not record which responses were cut at their token limit: none is taken "
            "to be, unless it ends within a thought"
        )
