"""Joins the tasks of one model to a run, and says once what holds of several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.results.assembling import Assembled
from trusteval.results.tool_run import Task, ToolRun


@dataclass(frozen=True, slots=True)
class Part:
    """A task with what was recorded of the run that asked it, whose tool had a `version`."""

    assembled: Assembled
    model: str
    version: str
    facts: Mapping[str, str]


def joined(
    place: Path, parts: Sequence[Part], *, tool: str, notes: Sequence[str], gaps: Sequence[str]
) -> ToolRun:
    """Make a run of at least one task; facts that differ between tasks become theirs.

    Raises TrackingError for the tasks of several models.
    """
    models = sorted({part.model for part in parts})
    if len(models) > 1:
        raise TrackingError(
            f"{place} holds the results of several models: {', '.join(models)}; put each into a "
            "folder of its own"
        )
    versions = sorted({part.version for part in parts})
    shared = dict(
        fact
        for fact in parts[0].facts.items()
        if all(part.facts.get(fact[0]) == fact[1] for part in parts)
    )
    tasks = [_with_facts(part, shared=shared, versions=versions) for part in parts]
    return ToolRun(
        place=place,
        tool=tool,
        version=" and ".join(versions),
        model=models[0],
        tasks={task.name: task for task in tasks},
        facts=shared,
        notes=(*notes, *(note for part in parts for note in part.assembled.notes), *_unread(parts)),
        gaps=tuple(gaps),
    )


def _with_facts(part: Part, *, shared: Mapping[str, str], versions: Sequence[str]) -> Task:
    own = {name: fact for name, fact in part.facts.items() if name not in shared}
    if len(versions) > 1:
        own["tool version"] = part.version
    task = part.assembled.task
    return replace(task, facts={**own, **task.facts})


def _unread(parts: Sequence[Part]) -> list[str]:
    unread = sorted(
        part.assembled.task.name
        for part in parts
        if any(item.responses and not item.readings for item in part.assembled.task.items)
    )
    if not unread:
        return []
    return [
        f"responses of {', '.join(unread)} are not read: their labels are not known here, and "
        "what the tool scored stands alone"
    ]
