"""Stores of older versions: taken over with every answer, and what meets a newer one says so."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trusteval.errors import StoreError
from trusteval.store import SCHEMA_VERSION, ResponseStore
from trusteval.store.checkup import complaints
from trusteval.system.digests import canonical_json, digest
from trusteval.types import FinishReason, Health, Response

CONTEXTS = ({"engine": "hf", "weights": "abc"}, {"engine": "hf", "weights": "déf"})
HEALTH = Health(perplexity=20.0, vocabulary_size=9, shortfall=0.0)
# As version 2 wrote it; version 1 had no table of health.
SCHEMA_1 = """
CREATE TABLE IF NOT EXISTS contexts (
    context TEXT PRIMARY KEY, description TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS responses (
    key TEXT PRIMARY KEY, context TEXT NOT NULL, text TEXT NOT NULL,
    finish_reason TEXT NOT NULL, n_prompt_tokens INTEGER NOT NULL,
    n_new_tokens INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
    unit TEXT PRIMARY KEY, owner TEXT NOT NULL, seen REAL NOT NULL) WITHOUT ROWID;
"""
SCHEMA_2 = (
    SCHEMA_1
    + """
CREATE TABLE IF NOT EXISTS health (
    key TEXT PRIMARY KEY, context TEXT NOT NULL, found TEXT NOT NULL) WITHOUT ROWID;
"""
)
INSERT_2 = "INSERT OR IGNORE INTO responses VALUES (?, ?, ?, ?, ?, ?)"


def response(number: int) -> Response:
    reason = FinishReason.LENGTH if number % 3 else FinishReason.END
    return Response(f"answer {number}\n¬ ☃", reason, number, number % 20)


def row_of_2(number: int) -> tuple[object, ...]:
    said, context = response(number), digest(CONTEXTS[number % 2])
    counts = said.n_prompt_tokens, said.n_new_tokens
    return digest(number), context, said.text, said.finish_reason.value, *counts


def write_old(path: Path, *, version: int, answers: int = 300) -> None:
    with sqlite3.connect(path) as old:
        old.execute("PRAGMA journal_mode=WAL")
        old.executescript(SCHEMA_2 if version == 2 else SCHEMA_1)
        described = [(digest(context), canonical_json(context)) for context in CONTEXTS]
        old.executemany("INSERT INTO contexts VALUES (?, ?)", described)
        old.executemany(INSERT_2, map(row_of_2, range(answers)))
        if version == 2:
            found = json.dumps({"perplexity": 20.0, "shortfall": 0.0, "vocabulary_size": 9})
            old.execute(
                "INSERT INTO health VALUES (?, ?, ?)", (digest("look"), described[0][0], found)
            )
        old.execute(f"PRAGMA user_version={version}")
    old.close()


@pytest.mark.parametrize("version", [1, 2])
def test_store_of_an_older_version_keeps_every_answer(tmp_path: Path, version: int) -> None:
    path = tmp_path / "responses.sqlite"
    write_old(path, version=version)
    before = path.stat().st_size
    store = ResponseStore(path)
    expected = {digest(number): response(number) for number in range(300)}
    assert store.get(list(expected)) == expected
    assert store.get_health(digest("look")) == (HEALTH if version == 2 else None)
    described = store.database.execute("SELECT description FROM contexts ORDER BY number")
    assert sorted(json.loads(text)["weights"] for (text,) in described) == ["abc", "déf"]
    (oldest,) = store.database.execute("SELECT min(recorded) FROM responses")[0]
    assert time.time() - oldest < 600
    assert store.database.execute("PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert path.stat().st_size < before
    store.put(CONTEXTS[0], {digest("new"): response(1)})
    assert len(store) == 301


def test_many_processes_take_over_one_old_store(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    write_old(path, version=2)
    script = (
        "import sys; from pathlib import Path; from trusteval.store import ResponseStore\n"
        "sys.stdin.readline()\n"
        f"print(len(ResponseStore(Path({str(path)!r}))))\n"
    )
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [opener.communicate("go\n") for opener in openers] == [("300\n", "")] * 4


def test_takeover_that_is_killed_leaves_the_old_store(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    write_old(path, version=2, answers=30_000)
    script = (
        "from pathlib import Path; from trusteval.store import ResponseStore\n"
        f"ResponseStore(Path({str(path)!r}))\n"
    )
    journal = path.with_name(f"{path.name}-wal")
    with subprocess.Popen([sys.executable, "-c", script]) as taking:
        # The journal grows while rows are written that do not fit into memory.
        while taking.poll() is None and (not journal.exists() or journal.stat().st_size < 1 << 20):
            pass
        taking.kill()
    store = ResponseStore(path)
    assert len(store) == 30_000
    assert store.database.execute("PRAGMA integrity_check") == [("ok",)]
    expected = {digest(number): response(number) for number in range(0, 30_000, 100)}
    assert store.get(list(expected)) == expected


def test_process_of_version_2_cannot_write_what_version_3_took_over(tmp_path: Path) -> None:
    """The older process has the file open; a new one of it sees the number and refuses it."""
    path = tmp_path / "responses.sqlite"
    write_old(path, version=2)
    older = sqlite3.connect(path, isolation_level=None)
    assert older.execute("SELECT count(*) FROM responses").fetchone() == (300,)
    store = ResponseStore(path)
    with pytest.raises(sqlite3.OperationalError, match="has 8 columns but 6 values"):
        older.execute(INSERT_2, row_of_2(1000))
    marks = [row_of_2(number)[0] for number in range(3)]
    asked = "SELECT key, text FROM responses WHERE key IN (?, ?, ?)"
    assert older.execute(asked, marks).fetchall() == []
    version = older.execute("PRAGMA user_version").fetchone()[0]
    assert version > 2  # what version 2 looks at when it opens a store, and refuses it for
    assert len(store) == 300


def test_old_store_with_a_row_of_no_context_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    write_old(path, version=2)
    with sqlite3.connect(path) as old:
        old.execute("DELETE FROM contexts WHERE context = ?", (digest(CONTEXTS[1]),))
    old.close()
    with pytest.raises(StoreError, match=r"responses\.sqlite is damaged .*move the file away"):
        ResponseStore(path)
    with sqlite3.connect(path) as old:
        assert old.execute("PRAGMA user_version").fetchone() == (2,)
        assert old.execute("SELECT count(*) FROM responses").fetchone() == (300,)


def test_database_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "contacts.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE people (name TEXT)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"something else \(it holds people\); use another"):
        ResponseStore(path)
    assert path.read_bytes() == before


# What schema 3 was: answers as they are now, looks without a checksum.
SCHEMA_3_HEALTH = """
DROP TABLE health;
CREATE TABLE health (
    key BLOB PRIMARY KEY, context INTEGER NOT NULL, found TEXT NOT NULL,
    recorded INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version=3;
"""
FOUND = json.dumps({"perplexity": 20.0, "shortfall": 0.0, "vocabulary_size": 9})


def write_3(path: Path, *, found: object) -> None:
    store = ResponseStore(path)
    store.put(CONTEXTS[0], {digest(number): response(number) for number in range(9)})
    store.close()
    with sqlite3.connect(path) as old:
        old.executescript(SCHEMA_3_HEALTH)
        row = (bytes.fromhex(digest("look")), 1, found, 1_700_000_000)
        old.execute("INSERT INTO health VALUES (?, ?, ?, ?)", row)
    old.close()


def test_looks_of_version_3_get_a_checksum_and_answers_stay(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    write_3(path, found=FOUND)
    store = ResponseStore(path)
    assert store.get_health(digest("look")) == HEALTH
    expected = {digest(number): response(number) for number in range(9)}
    assert store.get(list(expected)) == expected
    assert complaints(store) == []
    assert store.database.execute("PRAGMA user_version") == [(SCHEMA_VERSION,)]


@pytest.mark.parametrize("found", ["{", "{}", b"\xff", 5])
def test_look_that_was_damaged_before_stays_a_complaint(tmp_path: Path, found: object) -> None:
    path = tmp_path / "responses.sqlite"
    write_3(path, found=found)
    store = ResponseStore(path)
    assert [line.partition(": ")[2] for line in complaints(store)] == ["not as it was recorded"]
    with pytest.raises(StoreError, match=r"is damaged \(look"):
        store.get_health(digest("look"))
    assert len(store) == 9
