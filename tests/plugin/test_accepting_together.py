"""Several accept into one baseline at once: none is lost, and none is said that is not there."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.answered_runs import run_of, with_wrong
from tests.project import ROOT
from tests.small_disk import run_on_small_disk
from trusteval.errors import TrackingError
from trusteval.system.turns import NAME, alone_in
from trusteval.tracking.accepting import Request, Standing, accept
from trusteval.tracking.baseline import read_baseline
from trusteval.tracking.history import append_run, read_history

ACCEPTS = """
import sys
from pathlib import Path
from tests.answered_runs import run_of, with_wrong
from trusteval.tracking.accepting import Request, Standing, accept
from trusteval.tracking.history import append_run

path, who = Path(sys.argv[1]), sys.argv[2]
for number in range(6):
    subject = f"{who}-{number}"
    request = Request(path, "2026-01-01T00:00:00Z", None, {})
    append_run(path.parent / "history.jsonl", {"facts": {"model": subject}, "long": "x" * 9999})
    if accept(request, run_of({subject: with_wrong()}), scores=(), standing=Standing()).is_accepted:
        print(subject)
"""
FILLS_THE_DISK = """
import sys
from pathlib import Path
from tests.answered_runs import run_of, with_wrong
from trusteval.errors import TrackingError
from trusteval.tracking.accepting import Request, Standing, accept
from trusteval.tracking.history import append_run

folder = Path(sys.argv[1])
request = Request(folder / "mine.json.gz", "2026-01-01T00:00:00Z", None, {})
accept(request, run_of({"dense": with_wrong()}), scores=(), standing=Standing())
append_run(folder / "history.jsonl", {"facts": {"model": "first"}})
before = [path.read_bytes() for path in sorted(folder.glob("[a-z]*"))]
try:
    with (folder / "zeros").open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
except OSError:
    pass
for write in (
    lambda: accept(request, run_of({"gptq-4": with_wrong(1)}), scores=(), standing=Standing()),
    lambda: append_run(folder / "history.jsonl", {"facts": {"model": "x" * 99999}}),
):
    try:
        write()
    except TrackingError as error:
        print(error)
(folder / "zeros").unlink()
print(before == [path.read_bytes() for path in sorted(folder.glob("[a-z]*"))])
print([path.name for path in folder.glob(".*")])
"""


def request_at(path: Path, *, patience: float = 30.0) -> Request:
    return Request(path, "2026-01-01T00:00:00Z", None, {}, patience=patience)


def accept_one(request: Request, subject: str = "dense") -> bool:
    run = run_of({subject: with_wrong()})
    return accept(request, run, scores=(), standing=Standing()).is_accepted


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A folder in which somebody else is at work, and does not end."""
    with alone_in(tmp_path, patience=0):
        yield tmp_path


def test_all_that_several_processes_accept_at_once_is_there_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "baselines" / "mine.json.gz"
    path.parent.mkdir()
    at_once = [
        subprocess.Popen(
            [sys.executable, "-c", ACCEPTS, str(path), f"worker{number}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    said = [line for one in at_once for line in one.communicate(timeout=120)[0].split()]
    assert len(said) == 24
    there = read_baseline(path)
    assert sorted(there.answers.subjects) == sorted(said)
    assert len(there.acceptances) == 24
    assert {one.name for one in path.parent.iterdir()} == {"mine.json.gz", "history.jsonl"}
    text = (path.parent / "history.jsonl").read_text(encoding="utf-8")
    models = [json.loads(line)["facts"]["model"] for line in text.splitlines()]
    assert sorted(models) == sorted(said)


def test_lock_that_is_not_let_go_of_is_one_line_and_nothing_is_accepted(held: Path) -> None:
    with pytest.raises(TrackingError, match=r"another process has held .* for 0.1 seconds"):
        accept_one(request_at(held / "mine.json.gz", patience=0.1))
    assert [path.name for path in held.iterdir()] == [NAME]


def test_lock_file_of_a_killed_process_holds_nobody_up_and_goes(tmp_path: Path) -> None:
    (tmp_path / NAME).touch()
    assert accept_one(request_at(tmp_path / "mine.json.gz", patience=0))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json.gz"]


def test_lock_that_was_removed_by_its_holder_is_not_taken_for_held(tmp_path: Path) -> None:
    stale = os.open(tmp_path / NAME, os.O_RDWR | os.O_CREAT)
    fcntl.flock(stale, fcntl.LOCK_EX)
    (tmp_path / NAME).unlink()
    with alone_in(tmp_path, patience=0):
        pass
    os.close(stale)


def test_lock_that_is_a_link_is_refused_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TrackingError, match=r"cannot write .*symbolic links"):
        accept_one(request_at(tmp_path / "mine.json.gz"))
    assert not (tmp_path / "elsewhere").exists()


def test_disk_that_runs_full_leaves_baseline_and_history_as_they_were(tmp_path: Path) -> None:
    ran = run_on_small_disk(FILLS_THE_DISK, tmp_path / "small", size="100k")
    told = ran.stdout.splitlines()
    assert told[-2:] == ["True", "[]"], ran.stdout + ran.stderr
    assert [line.rpartition(": ")[2] for line in told[:-2]] == ["No space left on device"] * 2


def test_baseline_that_is_a_link_is_written_where_it_leads(tmp_path: Path) -> None:
    shared, link = tmp_path / "shared.json.gz", tmp_path / "baselines" / "mine.json.gz"
    link.parent.mkdir()
    link.symlink_to(shared)
    assert accept_one(request_at(link), "dense")
    assert accept_one(request_at(link), "gptq-4")
    assert link.is_symlink()
    assert sorted(read_baseline(shared).answers.subjects) == ["dense", "gptq-4"]


def _directory(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_to_nowhere(path: Path) -> None:
    path.symlink_to("not/mounted/mine.json.gz")


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [_directory, _pipe, _link_to_nowhere, _link_to_itself])
def test_what_no_baseline_can_be_is_one_line_and_stays(tmp_path: Path, make) -> None:
    path = tmp_path / "mine.json.gz"
    make(path)
    before = path.lstat()
    with pytest.raises(TrackingError, match=f"cannot write {path}: "):
        accept_one(request_at(path))
    assert path.lstat() == before
    assert list(tmp_path.iterdir()) == [path]


def test_history_that_another_holds_is_waited_for_in_bounds(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    append_run(path, {"facts": {}})
    with path.open("a", encoding="utf-8") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(TrackingError, match=r"cannot write .*timed out"):
            append_run(path, {"facts": {"model": "m"}}, patience=0.1)
    assert read_history(path) == ([], 1)
