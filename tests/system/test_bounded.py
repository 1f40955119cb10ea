"""What is read has a bound that the message names: pipes, devices, bombs and endless lines end."""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from trusteval.audit.key import read_key
from trusteval.audit.table import read_table
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import MOST, DataSource
from trusteval.engines.replay import ReplayBackend
from trusteval.engines.scripted import ScriptedBackend
from trusteval.errors import TrustEvalError
from trusteval.importers.decodingtrust import read_decodingtrust
from trusteval.importers.jsonl import read_jsonl
from trusteval.plugin.law_memory import LawMemory
from trusteval.quantizers.building import build_record
from trusteval.quantizers.calibration import load_calibration
from trusteval.store import ResponseStore
from trusteval.store.jsonl_file import read_jsonl as read_exported
from trusteval.store.parquet_file import read_parquet
from trusteval.system.bounded import (
    MIB,
    MOST_VALUES,
    gunzip,
    loads,
    loads_toml,
    read_bytes,
    read_lines,
)
from trusteval.tracking.answers_file import MOST_UNPACKED, read_document
from trusteval.tracking.history import append_run, read_history

READERS: dict[str, Callable[[Path], object]] = {
    "answers": read_document,
    "history": read_history,
    "line of history": lambda path: append_run(path, {}),
    "prompts": load_prompt_texts,
    "data": lambda path: DataSource(path.parent).jsonl_rows(path.name),
    "array": lambda path: DataSource(path.parent).array(path.name),
    "recording": read_jsonl,
    "script": lambda path: ScriptedBackend.create(str(path)),
    "replay": lambda path: ReplayBackend.create(str(path)),
    "calibration": load_calibration,
    "table": read_table,
    "key": read_key,
    "export": lambda path: list(read_exported(path)),
    "parquet": lambda path: list(read_parquet(path)),
    "store": ResponseStore,
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_reader_of_a_file_refuses_what_is_none(
    tmp_path: Path, read: Callable[[Path], object], kind: str
) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises((TrustEvalError, OSError), match="a pipe or device, expected a file"):
        read(path if kind == "pipe" else Path("/dev/zero"))


def test_recording_folder_with_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m_adult_0_200.jsonl")
    with pytest.raises(TrustEvalError, match="a pipe or device, expected a file"):
        read_decodingtrust(tmp_path, benchmark="adult", models=["m"])


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal", ".lock"])
def test_pipe_beside_a_store_is_refused(tmp_path: Path, end: str) -> None:
    os.mkfifo(tmp_path / f"store.sqlite{end}")
    with pytest.raises(TrustEvalError, match="a pipe or device, expected a file"):
        ResponseStore(tmp_path / "store.sqlite")


def test_memories_that_are_pipes_are_empty(tmp_path: Path) -> None:
    for name in ("laws.json", "trusteval_build.json"):
        os.mkfifo(tmp_path / name)
    assert LawMemory(tmp_path / "laws.json").held("any") == {}
    assert build_record(tmp_path) == {}


def test_file_beyond_its_bound_is_refused_by_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(MOST + 1)
    with pytest.raises(TrustEvalError, match=f"large.jsonl: more than {MOST // MIB} MiB"):
        DataSource(tmp_path).jsonl_rows(path.name)


def test_bomb_is_unpacked_no_further_than_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "answers.json.gz"
    million = gzip.compress(bytes(MIB), compresslevel=9)
    path.write_bytes(million * (MOST_UNPACKED // MIB + 1))
    with pytest.raises(TrustEvalError, match=f"more than {MOST_UNPACKED // MIB} MiB"):
        read_document(path)
    with pytest.raises(ValueError, match="more than 1 MiB"):
        gunzip(million * 2, most=MIB)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "nested beyond all bounds"),
        ("[" * 65 + "]" * 65, "nested more than 64 levels deep"),
        ("[" + "[]," * (MOST_VALUES + 1) + "[]]", "more than 16,777,216 values"),
        ("1" * 5_000, "4300 digits"),
    ],
    ids=["endless", "deep", "many", "digits"],
)
def test_json_beyond_all_use_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        loads(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 100_000, "nested beyond all bounds"),
        ("a" + ".a" * 100_000 + " = 1", "a key of more than 64 parts"),
        ("[" + ". ".join(["'a'"] * 500_000) + "]", "a key of more than 64 parts"),
        ("a = " + "{a = " * 70 + "1" + "}" * 70, "nested more than 64 levels deep"),
        ("a = " + "9" * 5_000, "4300 digits"),
    ],
    ids=["lists", "dotted", "quoted", "tables", "digits"],
)
def test_toml_beyond_all_use_is_refused_before_it_takes_long(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        loads_toml(text)


def test_words_parted_by_dots_are_no_long_key() -> None:
    text = f'why = "{"One word. " * 200}"'
    assert loads_toml(text)["why"].startswith("One word. One word.")


def test_endless_line_is_named_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"short\n" + b"x" * 100)
    with pytest.raises(ValueError, match="line 2 has more than 10 bytes"):
        list(read_lines(path, longest=10))
    with path.open("wb") as file:
        file.truncate(20 * MIB)
    for read in (lambda: list(read_exported(path)), lambda: ReplayBackend.create(str(path))):
        with pytest.raises(TrustEvalError, match="line 1 has more than 16 MiB"):
            read()


def test_endless_line_of_history_hides_no_other(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"[" * (9 * MIB) + b"\n" + b'{"schema": 1, "facts": {}, "scores": []}\n')
    assert read_history(path) == ([], 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON leases BEGIN DELETE FROM responses; END", "trigger t"),
        ("CREATE VIEW v AS SELECT randomblob(1000000000)", "the view v"),
        ("DROP TABLE responses", "no table responses"),
        ("ALTER TABLE health ADD COLUMN x AS (printf('%.*c', 9999, 'x'))", "health.x"),
    ],
)
def test_store_that_computes_or_acts_is_refused(tmp_path: Path, change: str, said: str) -> None:
    path = tmp_path / "store.sqlite"
    ResponseStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(TrustEvalError, match=f"no response store of trusteval .*{said}"):
        ResponseStore(path)


def test_value_of_a_store_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    ResponseStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO leases VALUES ('u', zeroblob(70000000), 0)")
    connection.close()
    store = ResponseStore(path)
    with pytest.raises(TrustEvalError, match="too big"):
        store.database.execute("SELECT * FROM leases")
    store.close()


def test_name_that_no_file_can_have_is_refused_as_one() -> None:
    for name in ("a\0b", "\ud800"):
        with pytest.raises(OSError, match="no name that a file can have"):
            read_bytes(Path(name), most=1)
