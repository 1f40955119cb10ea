"""What another tool might have recorded: runs of few tasks, made by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from trusteval.results.tool_run import Item, Task, ToolRun
from trusteval.types import Answer, Reading


def item(
    number: int,
    earned: float | Mapping[str, float],
    *,
    said: str | None = None,
    answer: Answer | None = None,
    prompt: str = "asked",
) -> Item:
    """Return the item of a number: what it earned, and what was said and read where that is."""
    text = f"Question {number}?"
    return Item(
        key=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        target="A",
        earned=earned if isinstance(earned, Mapping) else {"acc": earned},
        prompt_key=f"{prompt} {number}" if prompt else "",
        responses=() if said is None else (said,),
        readings=() if answer is None else (Reading(answer, "rule", ""),),
    )


def items(earned: Iterable[float], **what: str) -> tuple[Item, ...]:
    """Return items that earned these, the first of them the item 0."""
    return tuple(item(number, value, **what) for number, value in enumerate(earned))


def task(
    rows: Sequence[Item],
    *,
    name: str = "arc_easy",
    facts: Mapping[str, str] | None = None,
    metrics: Mapping[str, bool] | None = None,
    unusable: Mapping[str, str] | None = None,
) -> Task:
    """Return a task of items, by acc alone unless said otherwise."""
    return Task(name, tuple(rows), metrics or {"acc": True}, facts or {}, unusable or {})


def tool_run(
    *tasks: Task,
    model: str = "m",
    tool: str = "lm-evaluation-harness",
    version: str = "0.4.9",
    facts: Mapping[str, str] | None = None,
) -> ToolRun:
    """Return a run of tasks."""
    of_tasks = {one.name: one for one in tasks}
    return ToolRun(Path("results"), tool, version, model, of_tasks, facts or {})


def half_right(n: int, *, lost: int = 0, gained: int = 0) -> list[float]:
    """Return what n items earned: half of them are right, but for what is lost and gained."""
    earned = [1.0] * (n // 2) + [0.0] * (n - n // 2)
    earned[:lost] = [0.0] * lost
    earned[n - gained :] = [1.0] * gained
    return earned
