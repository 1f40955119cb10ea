"""Files of another schema, or of something else: refused in one line, and left as they are."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from tests.other_user import run_as_other_user
from trusteval.errors import StoreError
from trusteval.store import SCHEMA_VERSION, ResponseStore
from trusteval.store.checkup import complaints
from trusteval.store.probabilities import get_label_logs, put_label_logs
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Health, LabelLogs, Response


@pytest.mark.parametrize("version", [0, 1, 3])
def test_store_of_an_older_schema_says_what_to_do_and_stays_as_it_is(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "responses.sqlite"
    store = ResponseStore(path)
    store.put({"engine": "hf"}, {digest("asked"): Response("answer", FinishReason.END, 1, 1)})
    store.close()
    with sqlite3.connect(path) as old:
        old.execute(f"PRAGMA user_version={version}")
    old.close()
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError) as refused:
            ResponseStore(path)
        assert str(refused.value) == (
            f"response store {path} has schema {version}, this trusteval reads 4 and "
            f"{SCHEMA_VERSION}; move the file away or name another by --trust-store, and what it "
            "holds is asked for again"
        )
    assert path.read_bytes() == before


KEY, LOOK = digest("asked"), digest("look")
ANSWER, HEALTH = Response("answer", FinishReason.END, 1, 1), Health(20.0, 9, 0.0)
LOGS = LabelLogs(("yes", "no"), (-0.25, None), unknown="not told")


def as_schema_4(path: Path) -> Path:
    """Make a store as version 4 left it: a response and a look, and no later table."""
    store = ResponseStore(path)
    store.put({"engine": "hf"}, {KEY: ANSWER})
    store.put_health(LOOK, {"engine": "hf"}, HEALTH)
    store.close()
    with sqlite3.connect(path) as old:
        old.execute("PRAGMA journal_mode=DELETE")
        for (name,) in old.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            if name not in ("contexts", "responses", "health", "leases"):
                old.execute(f"DROP TABLE {name}")
        old.execute("PRAGMA user_version=4")
    old.close()
    return path


def test_store_of_schema_4_is_taken_with_all_that_it_holds(tmp_path: Path) -> None:
    path = as_schema_4(tmp_path / "responses.sqlite")
    for _ in range(2):
        store = ResponseStore(path)
        assert (store.get([KEY]), store.get_health(LOOK)) == ({KEY: ANSWER}, HEALTH)
        put_label_logs(store, {"engine": "hf"}, {digest("logs"): LOGS})
        assert get_label_logs(store, [digest("logs")]) == {digest("logs"): LOGS}
        assert complaints(store) == []
        assert store.database.execute("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        store.close()


READS = """
import sys
from pathlib import Path
from trusteval.errors import StoreError
from trusteval.store import ResponseStore
from trusteval.store.checkup import complaints
from trusteval.store.probabilities import get_label_logs

path, answer, look, logs = Path(sys.argv[1]), *sys.argv[2:]
store = ResponseStore(path)
print(store.is_writable, store.get([answer])[answer].text, store.get_health(look).perplexity)
print(get_label_logs(store, [logs]), complaints(store))
try:
    store.put({"engine": "hf"}, store.get([answer]))
except StoreError as error:
    print("cannot be written" in str(error))
"""


@pytest.mark.parametrize("is_in_use", [False, True])
def test_store_of_schema_4_that_can_only_be_read_has_no_probabilities(
    tmp_path: Path, is_in_use: bool
) -> None:
    path = as_schema_4(tmp_path / "responses.sqlite")
    writer = sqlite3.connect(path)
    if is_in_use:  # by a process of version 4, whose last rows are in the log beside the file
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("INSERT INTO leases VALUES ('unit', 'owner', 0)")
        writer.commit()
    before = path.read_bytes()
    command = [sys.executable, "-c", READS, str(path), KEY, LOOK, digest("logs")]
    ran = run_as_other_user(command, folder=tmp_path, environment={})
    assert ran.stdout == "False answer 20.0\n{} []\nTrue\n", ran.stderr
    assert path.read_bytes() == before
    writer.close()


@pytest.mark.parametrize("missing", ["responses", "health"])
def test_file_that_lacks_a_table_of_its_schema_is_no_store(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "responses.sqlite"
    ResponseStore(path).close()
    with sqlite3.connect(path) as other:
        other.execute(f"DROP TABLE {missing}")
    other.close()
    with pytest.raises(StoreError, match=f"it has no table {missing}"):
        ResponseStore(path)


def test_database_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "contacts.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE people (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"something else \(it holds people\); use another"):
        ResponseStore(path)
    assert path.read_bytes() == before


def test_database_without_tables_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    path.touch()
    assert len(ResponseStore(path)) == 0
    with sqlite3.connect(path) as store:
        assert store.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    store.close()
