"""What another tool recorded of one model: its tasks, item by item, whatever tool it was.

Readers (`lm_eval`, `inspect_log`) make one of files; nothing behind them knows a tool's layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trusteval.types import Reading


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a task: what was asked, what was answered, what it earned.

    `key` is the hash of the item's content, which is the same wherever and in whatever order it
    was recorded, and `prompt_key` that of the prompt as it was sent, "" where the tool does not
    say. `earned` are its metrics, each in [0, 1], a mean over epochs where it was asked repeatedly.
    `responses` are what the model said, one per epoch; none where only likelihoods were compared.
    `readings` are those of our strict reader, one per response, where it knows the task's labels.
    """

    key: str
    text: str
    target: str
    earned: Mapping[str, float]
    prompt_key: str = ""
    responses: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A task, which takes the place of a benchmark.

    `metrics` are those that every item has, by name, each with whether higher is better; a metric
    of a filter is called `exact_match,flexible-extract`, as lm-evaluation-harness writes it.
    `unusable` says of the others why they cannot be compared item by item. `facts` are what the
    items were asked with (version, few-shots, seeds, template, limit), as shown to people.
    `n_declared` is how many items the tool says that it asked, None where it does not say: with
    fewer the run is partial. Items are in the order of their keys, of which no two are alike.
    """

    name: str
    items: tuple[Item, ...]
    metrics: Mapping[str, bool]
    facts: Mapping[str, str] = field(default_factory=dict)
    unusable: Mapping[str, str] = field(default_factory=dict)
    n_declared: int | None = None


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One model's results by one tool.

    `facts` hold what all tasks share, so that a task was asked with these and its own; `notes` say
    what of the folder was passed over, and why; `gaps` say what was asked and is not here to be
    read, so that the run is partial.
    `model` is what the tool calls the model; it is what is under test, not a confound.
    """

    place: Path
    tool: str
    version: str
    model: str
    tasks: Mapping[str, Task]
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
