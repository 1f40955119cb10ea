"""What a store survives: killed writers, a full disk, damaged pages. Real processes and files."""

from __future__ import annotations

import gzip
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_disk import run_on_small_disk
from trusteval.cli import main
from trusteval.errors import StoreError
from trusteval.store import ResponseStore, can_be_written
from trusteval.store.checkup import complaints
from trusteval.store.inventory import inventory
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Response

PAGE = 4096
WRITER = """
import itertools, random, sys
from pathlib import Path
from trusteval.store import ResponseStore
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Response

first, rows = int(sys.argv[2]), int(sys.argv[3])
store = ResponseStore(Path(sys.argv[1]))
with store.lease("unit") as ours:
    print(ours, flush=True)
    for start in itertools.count(first, rows):
        store.put(
            {"engine": "x"},
            {
                digest(n): Response(f"answer {n} " * 20, FinishReason.END, 1, 1)
                for n in range(start, start + rows)
            },
        )
        print(start + rows, flush=True)
"""


def answer(number: int) -> Response:
    return Response(f"answer {number} " * 20, FinishReason.END, 1, 1)


def integrity(path: Path) -> object:
    with sqlite3.connect(path) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


def test_killed_writers_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Twenty writers one after the other, each killed in the middle of its work."""
    path, chance, acknowledged = tmp_path / "responses.sqlite", random.Random(2511), 0
    for _ in range(20):
        command = [sys.executable, "-c", WRITER, str(path), str(acknowledged), "64"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            # The lease of the one killed before is free at once.
            assert writer.stdout.readline() == "True\n"
            for _ in range(chance.randint(1, 30)):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            *_, acknowledged = [acknowledged, *map(int, writer.stdout.read().split())]
    store = ResponseStore(path)
    expected = {digest(number): answer(number) for number in range(acknowledged)}
    assert store.get(list(expected)) == expected
    assert integrity(path) == "ok"
    with store.lease("unit") as ours:
        assert ours


def test_several_writers_killed_at_once_leave_a_whole_store(tmp_path: Path) -> None:
    path, rows = tmp_path / "responses.sqlite", 32
    firsts = [writer * 1_000_000 for writer in range(4)]
    script = WRITER.replace('store.lease("unit")', "store.lease(sys.argv[2])")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(path), str(first), str(rows)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in firsts
    ]
    ends = []
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "True\n"
        ends.append(int([writer.stdout.readline() for _ in range(10)][-1]))
    for writer in writers:
        writer.kill()
        writer.communicate()
    store = ResponseStore(path)
    for first, end in zip(firsts, ends, strict=True):
        expected = {digest(number): answer(number) for number in range(first, end)}
        assert store.get(list(expected)) == expected
    assert integrity(path) == "ok"


# -- a full disk -----------------------------------------------------------------------------

FILLS_THE_DISK = """
import sys
from pathlib import Path
from trusteval.errors import DiskSpaceError
from trusteval.store import ResponseStore
from trusteval.system.digests import digest
from trusteval.types import FinishReason, Response

def batch(start):
    return {
        digest(n): Response(f"answer {n} " * 20, FinishReason.END, 1, 1)
        for n in range(start, start + 64)
    }

folder = Path(sys.argv[1])
ballast = folder / "ballast"
ballast.write_bytes(bytes(1 << 20))
store, recorded = ResponseStore(folder / "responses.sqlite"), 0
with store.lease("unit"):
    try:
        while True:
            store.put({"engine": "x"}, batch(recorded))
            recorded += 64
    except DiskSpaceError as error:
        print(error)
assert len(store) == recorded > 0
ballast.unlink()
store.put({"engine": "x"}, batch(recorded))
store.close()
again = ResponseStore(folder / "responses.sqlite")
expected = {**batch(0), **batch(recorded - 64), **batch(recorded)}
assert again.get(list(expected)) == expected
print(len(again) == recorded + 64, again.database.execute("PRAGMA integrity_check")[0][0])
"""


def test_full_disk_is_one_line_and_the_store_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """On a real file system of three megabytes, if this user may mount one."""
    small = tmp_path / "small"
    ran = run_on_small_disk(FILLS_THE_DISK, small, size="3m")
    said = (
        f"no space left for the response store {small / 'responses.sqlite'}; make room: what is "
        "recorded in it is kept\n"
    )
    assert ran.stdout == f"{said}True ok\n", ran.stderr


# -- damaged pages -----------------------------------------------------------------------------


def zeros(page: bytes, other: bytes) -> bytes:
    return bytes(PAGE)


def noise(page: bytes, other: bytes) -> bytes:
    return random.Random(2511).randbytes(PAGE)


def other_letters(page: bytes, other: bytes) -> bytes:
    return page.replace(b"answer", b"ANSWER")


def other_digits(page: bytes, other: bytes) -> bytes:
    return page.replace(b"answer 1", b"answer 2")


def flipped_bits(page: bytes, other: bytes) -> bytes:
    flipped = bytearray(page)
    for place in random.Random(2511).sample(range(PAGE), 20):
        flipped[place] ^= 1
    return bytes(flipped)


def damaged_store(path: Path, change: Callable[[bytes, bytes], bytes], where: float) -> list[str]:
    """Make a store of 2,000 answers and change a page of it; return the answers' keys."""
    store = ResponseStore(path)
    keys = [digest(number) for number in range(2000)]
    store.put({"engine": "x"}, {key: answer(n) for n, key in enumerate(keys)})
    store.close()
    whole = path.read_bytes()
    place = int(len(whole) / PAGE * where) * PAGE
    page, other = whole[place : place + PAGE], whole[place - PAGE : place]
    path.write_bytes(whole[:place] + change(page, other) + whole[place + PAGE :])
    assert path.stat().st_size == len(whole)
    return keys


@pytest.mark.parametrize("damage", [zeros, noise, other_letters, other_digits, flipped_bits])
@pytest.mark.parametrize("where", [0.3, 0.5, 0.7, 0.9])
def test_damaged_page_is_an_error_and_never_an_answer(
    tmp_path: Path, damage: Callable[[bytes, bytes], bytes], where: float
) -> None:
    path = tmp_path / "responses.sqlite"
    keys = damaged_store(path, damage, where)
    said: set[str] = set()
    reader = ResponseStore(path)
    for number, key in enumerate(keys):
        try:
            assert reader.get([key]) in ({key: answer(number)}, {})
        except StoreError as error:
            said.add(str(error))
    assert said
    for sentence in said:
        assert "\n" not in sentence
        assert f"response store {path} is damaged (" in sentence
        assert "trusteval store export --salvage" in sentence
    with pytest.raises(StoreError, match="is damaged"):
        reader.get(keys)
    assert complaints(reader)


def test_page_in_the_wrong_place_gives_no_wrong_answer_and_is_found(tmp_path: Path) -> None:
    path = tmp_path / "responses.sqlite"
    keys = damaged_store(path, lambda page, other: other, 0.5)
    reader = ResponseStore(path)
    found = reader.get(keys)
    assert 0 < len(found) < len(keys)
    assert all(found.get(key, answer(n)) == answer(n) for n, key in enumerate(keys))
    assert complaints(reader)


@pytest.mark.parametrize("damage", [zeros, noise, other_letters])
def test_what_can_be_read_is_saved_into_a_new_store(
    tmp_path: Path,
    damage: Callable[[bytes, bytes], bytes],
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, out, new = (tmp_path / name for name in ("old.sqlite", "saved.jsonl", "new.sqlite"))
    keys = damaged_store(path, damage, 0.5)
    assert main(["store", "check", f"--store={path}"]) == 1
    shown = capsys.readouterr().out
    assert "save what can be read (trusteval store export --salvage FILE --store=" in shown
    assert main(["store", "export", str(out), f"--store={path}"]) == 2
    assert not out.exists()
    assert main(["store", "export", "--salvage", str(out), f"--store={path}"]) == 0
    assert "left out: " in capsys.readouterr().out
    assert main(["store", "import", str(out), f"--store={new}"]) == 0
    assert main(["store", "check", f"--store={new}"]) == 0
    saved = ResponseStore(new).get(keys)
    assert 1900 < len(saved) < 2000
    assert all(saved.get(key, answer(n)) == answer(n) for n, key in enumerate(keys))


def test_file_over_which_sqlite_asks_for_memory_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    # 32 KiB, found by `make fuzz`: a changed schema, and a record that claims a length.
    packed = Path(__file__).parent / "asks_for_memory.sqlite.gz"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    with pytest.raises(StoreError, match=r"s\.sqlite is damaged"):
        inventory(ResponseStore(path))


CHURN = """
import sys
from pathlib import Path

while True:
    Path(sys.argv[1]).touch()
    Path(sys.argv[1]).unlink()
"""


def test_store_is_written_although_another_process_makes_and_removes_its_journal(
    tmp_path: Path,
) -> None:
    path = tmp_path / "s.sqlite"
    path.touch()
    with subprocess.Popen([sys.executable, "-c", CHURN, f"{path}-journal"]) as other:
        try:
            assert all(can_be_written(path) for _ in range(40_000))
        finally:
            other.kill()
