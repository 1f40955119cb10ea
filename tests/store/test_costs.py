"""What answers took is kept beside them, adds up, and counts no answer twice."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from tests.other_user import run_as_other_user
from trusteval.errors import StoreError
from trusteval.store import SCHEMA_VERSION, ResponseStore
from trusteval.store.checkup import complaints
from trusteval.store.exporting import export_store
from trusteval.store.garbage import Garbage, collect
from trusteval.store.importing import import_file
from trusteval.system.digests import digest
from trusteval.types import (
    Cost,
    Effort,
    FinishReason,
    Load,
    Memory,
    MemoryKind,
    Response,
)

ROOT = Path(__file__).parents[2]
CONTEXT = {"engine": "hf", "weights": "abc1" * 16}
NAME = digest(CONTEXT)
KEYS = [digest(["answer", number]) for number in range(8)]
SAID = {key: Response("yes", FinishReason.END, 10, 2) for key in KEYS}
FIRST, SECOND = Effort(6.0, 9.0, "a box"), Effort(4.0, 5.0, "a bigger box")


@pytest.fixture
def store(tmp_path: Path) -> ResponseStore:
    """Eight answers: six took six seconds, two took four; loaded twice."""
    store = ResponseStore(tmp_path / "responses.sqlite")
    store.put(CONTEXT, SAID)
    store.put_effort(CONTEXT, KEYS[:6], FIRST)
    store.put_effort(CONTEXT, KEYS[6:], SECOND)
    for number, seconds in enumerate((3.0, 5.0)):
        memory = Memory(MemoryKind.PROCESS, loaded_bytes=100 - number, peak_bytes=150 + number)
        store.put_load(CONTEXT, digest(["load", number]), Load(Effort(seconds, 1.0, "a"), memory))
    return store


def test_what_answers_took_adds_up(store: ResponseStore) -> None:
    assert store.costs(NAME).of(SAID) == Cost(
        n_answers=8,
        n_prompt_tokens=80,
        n_new_tokens=16,
        n_measured=8,
        wall_seconds=10.0,
        processor_seconds=14.0,
        load_seconds=4.0,
        loaded_bytes=100,
        peak_bytes=151,
        memory_kind=MemoryKind.PROCESS,
        machines=("a", "a bigger box", "a box"),
    )


def test_some_of_the_answers_took_their_share(store: ResponseStore) -> None:
    cost = store.costs(NAME).of({key: SAID[key] for key in KEYS[4:7]})
    assert cost.n_measured == cost.n_answers == 3
    assert cost.wall_seconds == pytest.approx(2 * 6 / 6 + 4 / 2)
    assert cost.processor_seconds == pytest.approx(2 * 9 / 6 + 5 / 2)


def test_answers_that_two_processes_made_count_once(store: ResponseStore) -> None:
    store.put_effort(CONTEXT, KEYS[4:], Effort(400.0, 400.0, "who came late"))
    store.put_effort(CONTEXT, KEYS[:6], Effort(600.0, 600.0, "who came late"))
    with sqlite3.connect(store.path) as connection:
        late = "UPDATE costs SET recorded = recorded + 9 WHERE measured LIKE '%late%'"
        connection.execute(late)
    cost = store.costs(NAME).of(SAID)
    assert (cost.n_measured, cost.wall_seconds) == (8, 10.0)
    assert "who came late" not in cost.machines


def test_what_nobody_measured_is_none_and_not_zero(tmp_path: Path) -> None:
    store = ResponseStore(tmp_path / "responses.sqlite")
    store.put(CONTEXT, SAID)
    assert store.costs(NAME).of(SAID) == Cost(8, n_prompt_tokens=80, n_new_tokens=16)
    store.put_effort(CONTEXT, KEYS[:2], Effort(1.0, None, "a server"))
    cost = store.costs(NAME).of(SAID)
    assert (cost.n_measured, cost.wall_seconds, cost.processor_seconds) == (2, 1.0, None)
    assert (cost.load_seconds, cost.peak_bytes, cost.memory_kind) == (None, None, None)


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        (Response("yes", FinishReason.END, 0, 0), (None, None)),
        (Response("yes", FinishReason.END, 7, 0), (87, None)),
        (Response("", FinishReason.END, 7, 0), (87, 16)),
    ],
)
def test_tokens_that_an_engine_does_not_count_are_unknown(
    tmp_path: Path, said: Response, tokens: tuple[int | None, int | None]
) -> None:
    store = ResponseStore(tmp_path / "responses.sqlite")
    cost = store.costs(NAME).of({**SAID, digest("another"): said})
    assert (cost.n_prompt_tokens, cost.n_new_tokens) == tokens


def test_load_is_known_better_by_and_by(store: ResponseStore) -> None:
    first = digest(["load", 0])
    memory = Memory(MemoryKind.PROCESS, loaded_bytes=100, peak_bytes=900)
    store.put_load(CONTEXT, first, Load(Effort(3.0, 1.0, "a"), memory))
    cost = store.costs(NAME).of(SAID)
    assert (cost.load_seconds, cost.peak_bytes) == (4.0, 900)


@pytest.mark.parametrize(
    "effort", [Effort(-1.0, None, "a"), Effort(float("nan"), None, "a"), Effort(1.0, 1.0, "a\nb")]
)
def test_what_is_no_measurement_is_not_recorded(store: ResponseStore, effort: Effort) -> None:
    with pytest.raises(StoreError, match="nothing recorded"):
        store.put_effort(CONTEXT, KEYS, effort)
    assert store.costs(NAME).of(SAID).wall_seconds == 10.0


# -- files of schema 4 ---------------------------------------------------------------------


def _as_schema_4(store: ResponseStore) -> Path:
    """Leave a store as schema 4 had it."""
    store.close()
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TABLE costs")
        connection.execute("PRAGMA user_version=4")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return store.path


def test_file_of_schema_4_keeps_its_answers_and_gets_what_it_lacks(store: ResponseStore) -> None:
    again = ResponseStore(_as_schema_4(store))
    assert again.get(KEYS) == SAID
    assert again.costs(NAME).of(SAID).n_measured == 0
    again.put_effort(CONTEXT, KEYS, FIRST)
    assert again.costs(NAME).of(SAID).wall_seconds == 6.0
    assert again.database.execute("PRAGMA user_version") == [(SCHEMA_VERSION,)]


READ_ONLY = """
import sys
from pathlib import Path
from trusteval.store import ResponseStore
from trusteval.store.checkup import complaints
from trusteval.store.exporting import export_store
store = ResponseStore(Path(sys.argv[1]))
assert not store.is_writable
print(len(store), store.costs(sys.argv[2]), complaints(store))
print(export_store(store, Path(sys.argv[3])).responses)
"""


def test_file_of_schema_4_that_is_only_read_has_no_costs(
    store: ResponseStore, tmp_path: Path
) -> None:
    path, anyones = _as_schema_4(store), tmp_path / "anyones"
    anyones.mkdir()
    anyones.chmod(0o777)
    before = path.read_bytes()
    asked = [str(path), NAME, str(anyones / "all.jsonl")]
    ran = run_as_other_user([sys.executable, "-c", READ_ONLY, *asked], folder=ROOT, environment={})
    assert ran.stdout == "8 RecordedCosts(efforts=(), loads=()) []\n8\n", ran.stderr
    assert path.read_bytes() == before


# -- looking after them --------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_costs_come_back_from_an_export_the_same_however_often(
    store: ResponseStore, tmp_path: Path, suffix: str
) -> None:
    path, other = tmp_path / f"all{suffix}", ResponseStore(tmp_path / "other.sqlite")
    export_store(store, path)
    for _ in range(2):
        import_file(other, path)
        assert other.costs(NAME) == store.costs(NAME)
    assert not complaints(other)


def test_costs_go_with_their_answers(store: ResponseStore) -> None:
    collect(store, Garbage(prefixes=("abc1",)))
    assert store.costs(NAME).of(SAID).wall_seconds is None
    assert store.database.execute("SELECT count(*) FROM costs") == [(0,)]
    assert store.database.execute("SELECT count(*) FROM contexts") == [(0,)]


@pytest.mark.parametrize(
    "change",
    [
        "measured = replace(measured, '6.0', '0.6')",
        "marks = x'00'",
        "marks = x''",
        "context = 2",
        "recorded = -1",
        "measured = 'fast'",
    ],
)
def test_cost_that_was_changed_is_found_and_never_believed(
    store: ResponseStore, change: str
) -> None:
    store.put({"engine": "another"}, {digest("x"): SAID[KEYS[0]]})
    with sqlite3.connect(store.path) as connection:
        connection.execute(f"UPDATE costs SET {change} WHERE measured LIKE '%\"a box\"%'")
    assert [line for line in complaints(store) if line.startswith("cost ")]
    with pytest.raises(StoreError, match=r"cost [0-9a-f]{12} is not as it was recorded"):
        [store.costs(digest(context)) for context in (CONTEXT, {"engine": "another"})]
