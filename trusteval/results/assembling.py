"""Makes a task of its answers: equal contents are one item, whatever their order."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trusteval.results.answered import Answered
from trusteval.results.content import content_key
from trusteval.results.item_metrics import Direction, metrics_of
from trusteval.results.known_tasks import TaskReader, reader_of
from trusteval.results.tool_run import Item, Task


@dataclass(frozen=True, slots=True)
class Recorded:
    """A task as a tool recorded it; `continued` says that plain text was continued."""

    name: str
    answers: Sequence[Answered]
    facts: Mapping[str, str]
    direction: Direction
    continued: bool
    n_declared: int | None


@dataclass(frozen=True, slots=True)
class Assembled:
    """A task, and what has to be said of it."""

    task: Task
    notes: tuple[str, ...]


def assemble(recorded: Recorded) -> Assembled:
    """Make items of answers, which may be in any order; there is at least one."""
    metrics, unusable = metrics_of(recorded.answers, direction=recorded.direction)
    reader = reader_of(recorded.name, recorded.answers, continued=recorded.continued)
    groups: dict[str, list[Answered]] = defaultdict(list)
    for answer in sorted(recorded.answers, key=lambda answer: (answer.name, answer.epoch)):
        groups[answer.key].append(answer)
    items = tuple(_item(groups[key], metrics, reader) for key in sorted(groups))
    declared, names = recorded.n_declared, {answer.name for answer in recorded.answers}
    task = Task(
        name=recorded.name,
        items=items,
        metrics=metrics,
        facts=recorded.facts,
        unusable=unusable,
        n_declared=None if declared is None else declared - (len(names) - len(items)),
    )
    return Assembled(task, tuple(_notes(task, recorded.answers)))


def _item(
    answers: Sequence[Answered], metrics: Mapping[str, bool], reader: TaskReader | None
) -> Item:
    first = answers[0]
    prompts = sorted({answer.prompt_key for answer in answers})
    return Item(
        key=first.key,
        text=first.text,
        target=reader.target(first) if reader else first.target,
        earned={metric: _mean(answers, metric) for metric in metrics},
        prompt_key=prompts[0] if len(prompts) == 1 else content_key(prompts),
        responses=tuple(said.text for answer in answers for said in answer.responses),
        readings=tuple(read for answer in answers for read in reader.read(answer))
        if reader
        else (),
    )


def _mean(answers: Sequence[Answered], metric: str) -> float:
    # What is here is a number: metrics_of has looked at every one.
    values = [
        float(value)
        for answer in answers
        if isinstance(value := answer.values[metric], int | float)
    ]
    return math.fsum(values) / len(values)  # fsum: the same in every order


def _notes(task: Task, answers: Sequence[Answered]) -> Iterator[str]:
    n_names = len({answer.name for answer in answers})
    alike = n_names - len(task.items)
    if task.n_declared is None:
        yield f"{task.name}: how many items were asked is not recorded; some may be missing"
    if alike:
        yield (
            f"{task.name}: {alike} of {n_names} documents have the content of another and cannot "
            "be told apart; they are one item, with the mean of what they earned"
        )
