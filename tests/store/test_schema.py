"""Files of another schema, or of something else: refused in one line, and left as they are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from trusteval.errors import StoreError
from trusteval.store import SCHEMA_VERSION, ResponseStore
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Response


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
            f"response store {path} has schema {version}, this trusteval reads and writes "
            f"{SCHEMA_VERSION}; move the file away or name another by --trust-store, and what it "
            "holds is asked for again"
        )
    assert path.read_bytes() == before


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
