"""Rows of a store that hold anything at all: one line from every command, the rest is saved."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from trusteval.cli import main
from trusteval.store import ResponseStore
from trusteval.store.checkup import complaints
from trusteval.store.schema import response_checksum
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Health, Response

CONTEXT = {"engine": "hf", "weights": "abc1" * 16}
NESTED = "[" * 100_000
ONE = "WHERE key = (SELECT min(key) FROM responses)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = ResponseStore(tmp_path / "responses.sqlite")
    answered = {digest(n): Response(f"answer {n}", FinishReason.END, 1, 1) for n in range(9)}
    store.put(CONTEXT, answered)
    store.put_health(digest("look"), CONTEXT, Health(20.0, 9, 0.0))
    store.close()
    return store.path


def change(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement, values)
    connection.close()


DAMAGE = {
    "no JSON": ("UPDATE contexts SET description = '{oops'",),
    "no object": ("UPDATE contexts SET description = '[1, 2]'",),
    "null": ("UPDATE contexts SET description = 'null'",),
    "a number": ("UPDATE contexts SET description = 5",),
    "bytes": ("UPDATE contexts SET description = ?", b"\xff"),
    "nested": ("UPDATE contexts SET description = ?", NESTED),
    "another": ("UPDATE contexts SET description = ?", json.dumps({"engine": "vllm"})),
    "text as digest": ("UPDATE contexts SET digest = 'abc'",),
    "number as digest": ("UPDATE contexts SET digest = 7",),
    "text as key": (f"UPDATE responses SET key = 'abc' {ONE}",),
    "number as key": (f"UPDATE responses SET key = 5 {ONE}",),
    "short key": (f"UPDATE responses SET key = x'00' {ONE}",),
    "text as time": ("UPDATE responses SET recorded = 'yesterday'",),
    "bytes as time": ("UPDATE responses SET recorded = ?", b"x"),
    "time without end": ("UPDATE responses SET recorded = 9223372036854775807",),
    "time before all": ("UPDATE responses SET recorded = -9223372036854775807",),
    "broken time": ("UPDATE responses SET recorded = 1e300",),
    "text as look's key": ("UPDATE health SET key = 'abc'",),
    "look of another number": ("UPDATE health SET found = replace(found, '20', '21')",),
    "look of another context": ("UPDATE health SET context = 2",),
    "nested look": ("UPDATE health SET found = ?", NESTED),
    "empty look": ("UPDATE health SET found = '{}'",),
    "look of texts": (
        "UPDATE health SET found = ?",
        json.dumps({"perplexity": "low", "vocabulary_size": 9, "shortfall": 0}),
    ),
}
COMMANDS = (
    ("info",),
    ("check",),
    ("export", "out.jsonl"),
    ("export", "out.parquet"),
    ("export", "--salvage", "saved.jsonl"),
    ("gc", "--older-than=1h", "--dry-run"),
    ("gc", "--fingerprint=zzz"),
)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_row_is_a_line_from_every_command(
    path: Path,
    tmp_path: Path,
    damage: tuple[object, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    statement, *values = damage
    change(path, str(statement), *values)
    codes = {}
    for command in COMMANDS:
        codes[command] = main(["store", *command, f"--store={path}"])
        told = capsys.readouterr()
        assert len(told.err.splitlines()) == (1 if codes[command] == 2 else 0)
    assert codes["check",] == 1
    assert codes["export", "out.jsonl"] == codes["export", "out.parquet"] == 2
    assert codes["export", "--salvage", "saved.jsonl"] == 0
    assert main(["store", "import", "saved.jsonl", "--store=new.sqlite"]) == 0
    assert main(["store", "check", "--store=new.sqlite"]) == 0


@pytest.mark.parametrize(
    ("counts", "read"),
    [
        ((True, 2), (1, 2)),
        ((True, True), (1, 1)),
        ((2, False), (2, 0)),
        ((3.0, 2), (3, 2)),
        ((5.5, 2), (5, 2)),
        ((-7, 2), (0, 2)),
    ],
)
def test_count_that_an_older_version_kept_as_it_came_is_read(
    path: Path, counts: tuple[Any, Any], read: tuple[int, int]
) -> None:
    """Checksummed as "True" and read back as 1, it was damage to everybody."""
    key = bytes.fromhex(digest("poison"))
    answered = ("yes", "end", *counts)
    row = (key, 1, *answered, 1_700_000_000, response_checksum(key, 1, answered))
    change(path, "INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)
    store = ResponseStore(path)
    assert store.get([key.hex()]) == {key.hex(): Response("yes", FinishReason.END, *read)}
    assert complaints(store) == []
    store.close()
    assert main(["store", "export", "--salvage", f"{path}.jsonl", f"--store={path}"]) == 0
    assert main(["store", "import", f"{path}.jsonl", f"--store={path}.new"]) == 0


def test_count_that_was_changed_is_no_spelling_of_another(path: Path) -> None:
    change(path, f"UPDATE responses SET n_prompt_tokens = 0 {ONE}")
    store = ResponseStore(path)
    assert len(complaints(store)) == 1
    store.close()


@pytest.mark.parametrize("owner", ["nocolon", "host:pid:x", "host:99999999999999:x", b"x", 5])
@pytest.mark.parametrize("seen", [1e18, "soon"])
def test_lease_of_nobody_keeps_nobody_waiting(path: Path, owner: object, seen: object) -> None:
    change(path, "INSERT INTO leases VALUES ('unit', ?, ?)", owner, seen)
    assert main(["store", "info", f"--store={path}"]) == 0
    store = ResponseStore(path)
    with store.lease("unit") as ours:
        assert ours
    store.close()


def test_info_shows_of_which_server_and_model_a_context_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ResponseStore(tmp_path / "responses.sqlite")
    for host in ("east", "west"):
        served = {
            **{"engine": "openai", "url": f"http://{host}:8000/v1", "model": f"org/{host}-4bit"},
            **{"route": "chat", "system": "folded", "version": "0.9", "listed": {"id": "m"}},
        }
        store.put(served, {digest(host): Response("yes", FinishReason.END, 1, 1)})
    store.put({"engine": "\x1b[2J", "model": "a\nb"}, {})
    assert main(["store", "info", f"--store={store.path}"]) == 0
    shown = capsys.readouterr().out
    for host in ("east", "west"):
        assert (
            f"engine openai, url http://{host}:8000/v1, model org/{host}-4bit, version 0.9, "
            "route chat, system folded\n"
        ) in shown
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 5
    store.close()
