"""Which dataset of the Hugging Face hub a score is of: only the published items are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import UsageError
from trusteval.report.score_line import ScoreLine
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class Published:
    """A dataset on the hub, its task, and the commit that was read, None for files on a disk."""

    dataset: str
    task: str
    revision: str | None = None


def published(line: ScoreLine, *, named: Mapping[str, Published]) -> Published | Unavailable:
    """Return of which dataset a score is, or why of none; `named` are a user's own, by benchmark.

    The task is the benchmark's name where nobody named another.
    """
    name, data = line.benchmark, line.data
    if data.deviating:
        rows = ", ".join(data.deviating)
        return Unavailable(f"its rows differ from the published ones in {rows}")
    hub = BENCHMARKS[name].hub if name in BENCHMARKS else None
    if name in named:
        own = named[name]
        return Published(own.dataset, own.task, (data.revisions or {}).get(own.dataset))
    if hub is None:
        return Unavailable(
            f"no dataset of the hub is known for it; name one: --dataset {name}=OWNER/NAME:TASK"
        )
    return Published(hub.repository, name, (data.revisions or {}).get(hub.repository))


def named_datasets(texts: Iterable[str]) -> dict[str, Published]:
    """Read BENCHMARK=OWNER/NAME:TASK; raises UsageError for what is none."""
    found = {}
    for text in texts:
        benchmark, is_given, whole = text.partition("=")
        dataset, has_task, task = whole.partition(":")
        owner, slash, name = dataset.partition("/")
        if not (is_given and has_task and task and owner and slash and name) or "/" in name:
            raise UsageError(f"--dataset {text}: expected BENCHMARK=OWNER/NAME:TASK")
        if benchmark not in BENCHMARKS:
            raise UsageError(
                f"--dataset {text}: expected one of {', '.join(BENCHMARKS)}, got {benchmark!r}"
            )
        found[benchmark] = Published(dataset, task)
    return found
