"""What somebody planted where we write, a link, pipe or folder, is neither followed nor waited for.

A folder may be a link, and so may a file that the user named.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from tests.answered_runs import RIGHT, run_of, write_run
from tests.history_lines import record
from tests.shipped import Shipped
from trusteval.cli import main
from trusteval.errors import PlaceError, StoreError, TrackingError, UsageError
from trusteval.store import ResponseStore
from trusteval.system.atomic_folder import make_once
from trusteval.system.files import write_files
from trusteval.tracking.history import append_run

PRECIOUS = "precious\n"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    victim = tmp_path / "victim"
    victim.write_text(PRECIOUS, encoding="utf-8")
    return victim


def test_reports_replace_links_in_their_folder_which_may_be_one_itself(
    tmp_path: Path, victim: Path
) -> None:
    shipped = Shipped(tmp_path)
    names = ("verdicts.json", "run.json", "report.md", "answers.json.gz")
    (tmp_path / "elsewhere/latest").mkdir(parents=True)
    (tmp_path / "reports").symlink_to(tmp_path / "elsewhere")
    for name in names:
        (tmp_path / "reports/latest" / name).symlink_to(victim)
    assert shipped.run("-k", "mmlu").returncode == 0
    assert victim.read_text(encoding="utf-8") == PRECIOUS
    written = [tmp_path / "elsewhere/latest" / name for name in names]
    assert all(path.is_file() and not path.is_symlink() for path in written)


def test_history_that_is_a_link_and_report_that_is_a_folder_are_refused_before_a_test_runs(
    tmp_path: Path, victim: Path
) -> None:
    shipped = Shipped(tmp_path)
    (tmp_path / "reports/latest/report.md").mkdir(parents=True)
    ran = shipped.run("-k", "mmlu")
    assert (ran.returncode, "report.md is a folder" in ran.stderr) == (4, True)
    (tmp_path / "reports/latest/report.md").rmdir()
    (tmp_path / "reports/history.jsonl").symlink_to(victim)
    ran = shipped.run("-k", "mmlu")
    assert (ran.returncode, "history.jsonl is a link" in ran.stderr) == (4, True)
    assert "passed" not in ran.stdout
    assert victim.read_text(encoding="utf-8") == PRECIOUS


def test_no_line_of_history_goes_to_another_place(tmp_path: Path, victim: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.symlink_to(victim)
    with pytest.raises(TrackingError, match="it is a link"):
        append_run(path, record(1))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(TrackingError, match="cannot write"):
        append_run(path, record(1))
    assert victim.read_text(encoding="utf-8") == PRECIOUS


@pytest.mark.parametrize("plant", ["link", "dangling link", "pipe", "folder"])
def test_what_is_no_lock_file_is_not_locked(tmp_path: Path, victim: Path, plant: str) -> None:
    store, model = tmp_path / "responses.sqlite", tmp_path / "model"
    for lock in (tmp_path / "responses.sqlite.lock", tmp_path / "model.lock"):
        match plant:
            case "link":
                lock.symlink_to(victim)
            case "dangling link":
                lock.symlink_to(tmp_path / "nowhere")
            case "pipe":
                os.mkfifo(lock)
            case _:
                lock.mkdir()
    with pytest.raises(StoreError, match=r"responses\.sqlite\.lock(: | is in the way)"):
        ResponseStore(store)
    with pytest.raises(PlaceError, match=r"model\.lock is in the way"):
        make_once(model, marker="x", doing="building", make=lambda scratch: scratch)
    assert victim.read_text(encoding="utf-8") == PRECIOUS
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("end", ["-wal", "-journal"])
def test_store_follows_no_link_beside_it(tmp_path: Path, victim: Path, end: str) -> None:
    (tmp_path / f"responses.sqlite{end}").symlink_to(victim)
    with suppress(StoreError):
        ResponseStore(tmp_path / "responses.sqlite").close()
    assert victim.read_text(encoding="utf-8") == PRECIOUS


def test_made_folder_takes_the_place_of_a_link_or_file_and_leaves_what_it_named(
    tmp_path: Path,
) -> None:
    """A checkpoint that brings a file .probe is kept whole."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other/file").write_text(PRECIOUS, encoding="utf-8")
    (tmp_path / "linked").symlink_to(tmp_path / "other")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "plain").write_text("", encoding="utf-8")

    def make(scratch: Path) -> Path:
        made = scratch / "made"
        made.mkdir()
        for name in ("marker", ".probe", "probe"):
            (made / name).write_text(name, encoding="utf-8")
        return made

    for name in ("linked", "dangling", "plain"):
        make_once(tmp_path / name, marker="marker", doing="building", make=make)
        assert sorted(path.name for path in (tmp_path / name).iterdir()) == [
            ".probe",
            "marker",
            "probe",
        ]
        assert not (tmp_path / name).is_symlink()
    assert (tmp_path / "other/file").read_text(encoding="utf-8") == PRECIOUS


def test_file_that_the_user_named_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    there, link = tmp_path / "folder/scores.json", tmp_path / "link.json"
    link.symlink_to(there)
    write_files({link: "1"})
    assert (link.is_symlink(), there.read_text(encoding="utf-8")) == (True, "1\n")
    write_files({link: "2"}, follows_links=False)
    assert (link.is_symlink(), there.read_text(encoding="utf-8")) == (False, "1\n")
    store = ResponseStore(tmp_path / "responses.sqlite")
    store.close()
    plot, export = tmp_path / "plot.svg", tmp_path / "export.jsonl"
    history = tmp_path / "reports/history.jsonl"
    append_run(history, record(1))
    for path in (plot, export):
        path.symlink_to(tmp_path / "folder" / path.name)
    assert main(["history", str(history), "--plot", str(plot)]) == 0
    assert main(["store", "export", str(export), "--store", str(store.path)]) == 0
    for path in (plot, export):
        assert path.is_symlink()
        assert (tmp_path / "folder" / path.name).is_file()


def test_pipe_that_nobody_reads_is_refused_in_place_of_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="cannot write"):
        write_files({tmp_path / "pipe": "text"})
    write_files({tmp_path / "pipe": "text"}, follows_links=False)
    assert (tmp_path / "pipe").read_text(encoding="utf-8") == "text\n"


def test_audit_follows_no_link_of_its_own_names(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", run_of({"dense": [RIGHT] * 5}, ids=range(5)))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/audit.html").symlink_to(tmp_path / "nowhere")
    assert main(["audit", str(folder), "--n", "2", "--out", str(tmp_path / "out")]) == 0
    assert not (tmp_path / "nowhere").exists()
