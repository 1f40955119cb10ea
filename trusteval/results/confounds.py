"""What besides the weights differs in how two runs asked a task; what they earned may too by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from trusteval.results.pairing import Paired
from trusteval.results.tool_run import Task, ToolRun

_LETTERS = 40
"""How much of a fact is shown."""
_MOST_TASKS = 3
"""How many tasks a line names."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs, and how."""

    what: str
    how: str


def differences_of(
    first: ToolRun, second: ToolRun, *, before: Task, after: Task, paired: Paired
) -> tuple[Difference, ...]:
    """Say what differs between how two runs asked the paired items of a task."""
    ours, its = (
        {f"{run.tool} version": run.version, **run.facts, **task.facts}
        for run, task in ((first, before), (second, after))
    )
    return (
        *(
            Difference(name, f"{_shown(ours.get(name))} before, {_shown(its.get(name))} after")
            for name in sorted({*ours, *its})
            if ours.get(name) != its.get(name)
        ),
        *_of_items(paired),
    )


def _of_items(paired: Paired) -> Iterator[Difference]:
    pairs = list(zip(paired.before, paired.after, strict=True))
    known = [(one, other) for one, other in pairs if one.prompt_key and other.prompt_key]
    prompts = sum(one.prompt_key != other.prompt_key for one, other in known)
    targets = sum(one.target != other.target for one, other in pairs)
    if prompts:
        yield Difference("prompts", f"{prompts} of {len(pairs)} items were asked in other words")
    if unknown := len(pairs) - len(known):
        why = f"{unknown} of {len(pairs)} items, whose prompts are not recorded"
        yield Difference("prompts", f"nobody can say whether they are the same of {why}")
    if targets:
        yield Difference("right answers", f"{targets} of {len(pairs)} items have another one")


def confound_lines(
    differing: Mapping[str, tuple[Difference, ...]],
) -> dict[str, tuple[str, ...]]:
    """Word what differs, by task; what differs in all of them names none."""
    of: dict[Difference, list[str]] = {}
    for task, differences in differing.items():
        for difference in differences:
            of.setdefault(difference, []).append(task)
    return {
        task: tuple(
            f"{one.what}{_of_tasks(of[one], len(differing))}: {one.how}" for one in differences
        )
        for task, differences in differing.items()
    }


def _of_tasks(tasks: list[str], of: int) -> str:
    if len(tasks) == of:
        return ""
    more = f" and {len(tasks) - _MOST_TASKS} more" if len(tasks) > _MOST_TASKS else ""
    return f" of {', '.join(tasks[:_MOST_TASKS])}{more}"


def _shown(value: str | None) -> str:
    """Return a fact, or its beginning with a digest that tells it from others that begin so."""
    if value is None:
        return "unknown"
    text = " ".join(value.split())
    if len(text) <= _LETTERS:
        return text or "nothing"
    return f"{text[:_LETTERS]}... ({sha256(value.encode('utf-8', 'replace')).hexdigest()[:8]})"
