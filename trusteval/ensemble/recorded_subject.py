"""One subject of a run that is put together: what a context of a store or a file recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.errors import TrackingError
from trusteval.importers.items import ItemSource
from trusteval.importers.jsonl import read_jsonl
from trusteval.importers.scoring import ScoredBenchmark, score_recordings
from trusteval.protocols import PROTOCOLS
from trusteval.suite.data_facts import DataFacts
from trusteval.suite.origin import named_origin
from trusteval.tracking.run_facts import RunFacts
from trusteval.tracking.store_selection import Asking, recorded_run


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSubject:
    """What one subject answered to each benchmark, in its own order, and the words it is read from.

    `doubts` are sentences on what of it is left out or doubtful.
    """

    name: str
    facts: RunFacts
    answer_tables: Mapping[str, AnswerTable]
    said: Mapping[str, ResponseTable]
    identity: Mapping[str, object]
    data: Mapping[str, DataFacts] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


def subject_of_context(name: str, place: str, asking: Asking) -> RecordedSubject:
    """Read STORE.sqlite#CONTEXT; raises TrackingError as `recorded_run` does."""
    store, _, context = place.rpartition("#")
    recorded = recorded_run(Path(store), context, asking)
    run = recorded.run
    return RecordedSubject(
        name,
        run.facts,
        {benchmark: answers for (_, benchmark), answers in run.answer_tables.items()},
        {benchmark: said for (_, benchmark), said in run.said.items()},
        next(iter(run.identities.values())),
        run.data,
        tuple(f"{name}: {line.partition(': ')[2]}" for line in recorded.left_out),
    )


def subject_of_file(
    name: str, path: Path, asking: Asking, *, items: ItemSource | None = None
) -> RecordedSubject:
    """Read a file of the interchange format; its items are those of `items`, or described by it.

    Raises DataError for a line that is malformed or against the data, TrackingError for no line.
    """
    protocol = PROTOCOLS[asking.protocol]
    recorded = read_jsonl(path)
    if not recorded:
        raise TrackingError(f"{path} holds no answer")
    scored = score_recordings(
        recorded, protocol=protocol, items=items or ItemSource(named_origin(asking.data))
    )
    kept = [benchmark for benchmark in scored if benchmark.judged]
    return RecordedSubject(
        name,
        RunFacts(protocol=asking.protocol, reader=protocol.reader_version),
        {benchmark.name: _answer_table(benchmark) for benchmark in kept},
        {benchmark.name: ResponseTable.of(benchmark.responses) for benchmark in kept},
        {"recording": path.name},
        {benchmark.name: DataFacts() for benchmark in kept},
        tuple(f"{name}: {doubt}" for benchmark in scored for doubt in benchmark.doubts),
    )


def _answer_table(scored: ScoredBenchmark) -> AnswerTable:
    samples = [row.sample for row in scored.judged]
    return AnswerTable.of(SampleTable.of(samples), (row.answer for row in scored.judged))
