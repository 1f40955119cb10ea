"""One subject of a run that is put together: what a context of a store or a file recorded of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.errors import TrackingError
from trusteval.importers.items import ItemSource
from trusteval.importers.jsonl import read_jsonl
from trusteval.importers.scoring import ScoredBenchmark, score_recordings
from trusteval.protocols import PROTOCOLS
from trusteval.suite.data_facts import DataFacts
from trusteval.suite.questions import Questionnaire
from trusteval.tracking.answered_run import AnsweredRun, renamed
from trusteval.tracking.run_facts import RunFacts
from trusteval.tracking.store_selection import Asking, recorded_run


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSubject:
    """A run of one subject; `doubts` are sentences on what of it is left out or doubtful."""

    name: str
    run: AnsweredRun
    doubts: tuple[str, ...] = ()


def subject_of_context(
    name: str, place: str, asking: Asking, *, questionnaire: Questionnaire
) -> RecordedSubject:
    """Read STORE.sqlite#CONTEXT; raises TrackingError as `recorded_run` does."""
    store, _, context = place.rpartition("#")
    recorded = recorded_run(Path(store), context, asking, questionnaire=questionnaire)
    left_out = (line.partition(": ")[2] for line in recorded.left_out)
    doubts = tuple(f"{name}: {line}" for line in left_out)
    return RecordedSubject(name, renamed(recorded.run, name), doubts)


def subject_of_file(name: str, path: Path, asking: Asking, *, items: ItemSource) -> RecordedSubject:
    """Read a file of the interchange format; its items are those of `items`, or as it says.

    Raises DataError for a line that is malformed or against the data, TrackingError for no line.
    """
    protocol = PROTOCOLS[asking.protocol]
    recorded = read_jsonl(path)
    if not recorded:
        raise TrackingError(f"{path} holds no answer")
    scored = score_recordings(recorded, protocol=protocol, items=items)
    kept = {(name, benchmark.name): benchmark for benchmark in scored if benchmark.judged}
    run = AnsweredRun(
        RunFacts(protocol=asking.protocol, reader=protocol.reader_version),
        data={benchmark: DataFacts() for _, benchmark in kept},
        identities={key: {"recording": path.name} for key in kept},
        answer_tables={key: _answer_table(benchmark) for key, benchmark in kept.items()},
        said={key: ResponseTable.of(benchmark.responses) for key, benchmark in kept.items()},
    )
    doubts = tuple(f"{name}: {doubt}" for benchmark in scored for doubt in benchmark.doubts)
    return RecordedSubject(name, run, doubts)


def _answer_table(scored: ScoredBenchmark) -> AnswerTable:
    samples = [row.sample for row in scored.judged]
    return AnswerTable.of(SampleTable.of(samples), (row.answer for row in scored.judged))
