"""The exit code of `trusteval compare` means what docs/tracking.md says, whatever goes wrong.

Real processes. 0 and 1 are words about two runs: they are said where both were compared, and that
is printed; no fault of a file, a terminal or the machine may speak in their place.
"""

from __future__ import annotations

import array
import fcntl
import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import (
    HELD,
    RIGHT,
    WRONG,
    N,
    edit,
    refused_by_reader_1,
    rewrite,
    run_of,
    with_wrong,
    write_run,
)
from tests.forked_commands import Called, Forks, forks
from tests.project import ROOT
from trusteval.tracking.answers_file import NAME, write_document
from trusteval.tracking.run_facts import PromptFacts

FINE, WORSE, COULD_NOT, UNSURE, APART, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 4, 10, 130
SAYS = {FINE: "identical", WORSE: "1 regression", UNSURE: "inconclusive", APART: "not comparable"}
HOSTILE = "\x1b[2J\x1b[HNO REGRESSION\r\u202e\ud800"


@dataclass(frozen=True)
class Setting:
    """How the process is called, besides its words."""

    environment: Mapping[str, str] = field(default_factory=dict)
    stdout: Path | None = None
    stderr: Path | None = None
    prepare: Callable[[], None] | None = None


def compare(folder: Path, words: Sequence[object], setting: Setting | None = None) -> Called:
    """Run `trusteval compare` in a folder, in a process of its own."""
    setting = setting or Setting()
    files = [None if path is None else path.open("w") for path in (setting.stdout, setting.stderr)]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TRUSTEVAL_CACHE": str(folder / "cache"),
        "OPENBLAS_NUM_THREADS": "1",
        **setting.environment,
    }
    environment.pop("TRUSTEVAL_DATA", None)
    ran = subprocess.run(
        [sys.executable, "-m", "trusteval", "compare", *map(str, words)],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=files[0] or subprocess.PIPE,
        stderr=files[1] or subprocess.PIPE,
        preexec_fn=setting.prepare,
        timeout=60,
        check=False,
    )
    for file in filter(None, files):
        file.close()
    told = [(said or b"").decode() for said in (ran.stdout, ran.stderr)]
    return Called(ran.returncode, *told)


@pytest.fixture(scope="module")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with forks(tmp_path_factory.mktemp("forks")) as started:
        yield started


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run and others that are the same, worse, or cannot be compared with it."""
    root = tmp_path_factory.mktemp("runs")
    dense = {"dense": with_wrong()}
    write_run(root / "before", run_of(dense))
    write_run(root / "same", run_of(dense))
    write_run(root / "worse", run_of({"dense": with_wrong(*range(30))}))
    write_run(root / "unsure", run_of({"dense": with_wrong(0, 1, 2, 3)}))
    write_run(root / "other data", run_of(dense, data="eeee"))
    write_run(root / "other prompts", run_of(dense, prompts=PromptFacts(sha256="bbbb")))
    write_run(
        root / "other profile", run_of({"dense": [RIGHT] * 20}, ids=range(20), profile="demo")
    )
    write_run(root / "other protocol", run_of(dense, protocol="comptrust"))
    write_run(root / "other reader", run_of(dense))
    rewrite(root / "other reader" / NAME, refused_by_reader_1)
    hostile = {**HELD, "weights": HOSTILE, "dtype": HOSTILE, "versions": {"torch": HOSTILE}}
    hostile_run = run_of(dense, identities={"dense": hostile})
    write_document(root / "hostile" / NAME, _named(hostile_run.to_document(with_texts=True)))
    return root


def _named(document: dict[str, Any]) -> dict[str, Any]:
    """Call a subject by what a terminal acts on, and by letters that ASCII does not have."""
    document["subjects"][f"größer{HOSTILE}"] = document["subjects"]["dense"]
    document["facts"]["model"] = HOSTILE
    return document


# -- what comparisons say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "code"),
    [
        ("same", FINE),
        ("worse", WORSE),
        ("unsure", UNSURE),
        ("other data", APART),
        ("other prompts", APART),
        ("other profile", APART),
        ("other protocol", APART),
        ("other reader", FINE),
        ("hostile", FINE),
    ],
)
def test_comparison_that_was_made_says_what_its_exit_code_means(
    forked: Forks, runs: Path, after: str, code: int
) -> None:
    called = forked.run(["compare", "before", after], folder=runs)
    assert (called.code, called.error) == (code, "")
    assert SAYS[code] in called.out
    assert all(line.isprintable() for line in called.out.split("\n"))


# -- what cannot be read -----------------------------------------------------------------------


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(b"[") + gzip.compress(b" " * (16 << 20), compresslevel=1) * 64)


def _truncated(path: Path) -> None:
    write_run(path.parent, run_of({"dense": with_wrong()}))
    path.write_bytes(path.read_bytes()[:-40])


def _of_another_schema(path: Path) -> None:
    write_run(path.parent, run_of({"dense": with_wrong()}))
    edit(path, lambda document: document.update(schema=99))


def _edited(path: Path) -> None:
    write_run(path.parent, run_of({"dense": with_wrong()}))
    edit(path, lambda document: document["facts"].update(model="another"))


def _nested(path: Path) -> None:
    path.write_bytes(gzip.compress(b"[" * 200_000))


def _of_long_numbers(path: Path) -> None:
    path.write_bytes(
        gzip.compress(b'{"kind": "trusteval answers", "schema": ' + b"9" * 5000 + b"}")
    )


FILES: Mapping[str, Callable[[Path], object]] = {
    "missing": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "a pipe": _pipe,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a loop of links": lambda path: path.symlink_to(path.name),
    "unreadable": lambda path: path.symlink_to("/proc/self/mem"),
    "empty": lambda path: path.touch(),
    "truncated": _truncated,
    "a bomb": _bomb,
    "nested": _nested,
    "a number of 5,000 digits": _of_long_numbers,
    "of another schema": _of_another_schema,
    "edited by hand": _edited,
}


@pytest.mark.parametrize("fault", FILES)
def test_file_that_is_no_run_is_one_line_and_exit_2(
    forked: Forks, runs: Path, tmp_path: Path, fault: str
) -> None:
    FILES[fault](tmp_path / NAME)
    words = ["compare", runs / "before", tmp_path]
    # What it needs, and half a gigabyte: whoever unpacks a bomb does not get that far.
    called = forked.run(words, folder=tmp_path, memory=2**30)
    assert (called.code, called.out) == (COULD_NOT, "")
    assert re.fullmatch(r"trusteval: [^\n]+\n", called.error)
    assert called.error[:-1].isprintable()


@pytest.mark.parametrize(
    "words",
    [
        ["before", "x" * 300],
        ["before", "x/" * 3000],
        ["before", b"\xff\xfe".decode(errors="surrogateescape")],
        ["before", "~nobody-of-that-name/run"],
        ["before", "before:nobody"],
        ["before", "before/nothing.sqlite#abcdef"],
        ["before", "before", "--benchmark=\x1b[2J"],
        ["before", "before", "--max-drop=nan"],
        ["before", "before", f"--flips={'9' * 5000}"],
        ["before", "before", "--json=/dev/full"],
        ["before", "before", f"--json={'y' * 300}"],
        ["before"],
    ],
    ids=lambda words: repr(words[-1])[:24],
)
def test_what_was_asked_wrongly_is_exit_2(forked: Forks, runs: Path, words: list[str]) -> None:
    called = forked.run(["compare", *words], folder=runs)
    assert called.code == COULD_NOT
    assert "Traceback" not in called.error
    assert called.error.strip().splitlines()[-1].startswith("trusteval")
    assert all(line.isprintable() for line in called.error.split("\n"))


# -- what the process is given -----------------------------------------------------------------


def test_full_standard_output_is_no_verdict(runs: Path) -> None:
    full = Setting(stdout=Path("/dev/full"))
    for after in ("same", "worse"):
        called = compare(runs, ["before", after], full)
        assert called.code in (COULD_NOT, INTERNAL)
        assert re.fullmatch(r"trusteval: [^\n]+\n", called.error)


def test_closed_standard_output_is_no_verdict(runs: Path) -> None:
    called = compare(runs, ["before", "same"], Setting(prepare=lambda: os.close(1)))
    assert called.code in (COULD_NOT, INTERNAL)
    assert called.error.count("\n") == 1


def test_reader_who_hangs_up_hides_no_regression(runs: Path) -> None:
    """As in `trusteval compare ... | head -0`: whoever asks for the exit code gets no other."""

    def hang_up() -> None:
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, 1)

    called = compare(runs, ["before", "worse"], Setting(prepare=hang_up))
    assert called.code in (WORSE, COULD_NOT)
    assert "Traceback" not in called.error
    assert "Exception ignored" not in called.error


@pytest.mark.parametrize("closed", [False, True])
def test_error_that_cannot_be_told_keeps_its_exit_code(runs: Path, closed: bool) -> None:
    full = Setting(stderr=Path("/dev/full"))
    given = Setting(prepare=lambda: os.close(2)) if closed else full
    assert compare(runs, ["before", "nowhere"], given).code == COULD_NOT


def test_terminal_of_ascii_letters_is_told_the_same(runs: Path) -> None:
    ascii_ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    called = compare(runs, ["hostile", "hostile"], Setting({**ascii_, "PYTHONIOENCODING": "ascii"}))
    assert (called.code, called.error) == (FINE, "")
    assert "2 identical" in called.out
    assert called.out.isascii()


def test_folder_that_is_gone_is_no_fault_of_runs_named_in_full(runs: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()

    def leave() -> None:
        os.chdir(gone)
        gone.rmdir()

    called = compare(runs, [runs / "before", runs / "same"], Setting(prepare=leave))
    assert (called.code, SAYS[FINE] in called.out) in ((FINE, True), (COULD_NOT, False))
    gone.mkdir()
    called = compare(runs, ["before", "same"], Setting(prepare=leave))
    assert (called.code, called.out) == (COULD_NOT, "")
    assert called.error.count("\n") == 1


def test_memory_that_runs_out_is_no_verdict(runs: Path, tmp_path: Path) -> None:
    """A run that is in order, but for texts of a hundred megabytes."""
    run = run_of({"dense": with_wrong(*range(30))}).to_document(with_texts=True)
    run["benchmarks"]["mmlu"]["text"] = ["x" * (100 << 20), *[""] * (N - 1)]
    write_document(tmp_path / NAME, run)
    limit = 420 << 20  # enough to begin
    little = Setting(prepare=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    called = compare(runs, ["before", tmp_path], little)
    assert called.code in (COULD_NOT, INTERNAL)
    assert called.out == ""
    assert re.fullmatch(r"trusteval: [^\n]+\n", called.error)


# -- signals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "codes"),
    [
        (signal.SIGINT, [INTERRUPTED, -signal.SIGINT]),
        (signal.SIGTERM, [-signal.SIGTERM, 128 + signal.SIGTERM]),
    ],
)
def test_interrupted_comparison_is_no_verdict(
    tmp_path: Path, sent: signal.Signals, codes: Collection[int]
) -> None:
    """It is met in the middle of telling, which nobody listens to, so that it has to wait."""
    write_run(tmp_path / "before", run_of({"dense": [RIGHT] * 2000}, ids=range(2000)))
    write_run(tmp_path / "after", run_of({"dense": [WRONG] * 2000}, ids=range(2000)))
    words = [sys.executable, "-m", "trusteval", "compare", "before", "after", "--flips=2000"]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        _wait_until_it_waits(process.pid, process.stdout.fileno())
        process.send_signal(sent)
        # What it had told goes nowhere: its reader is gone with it.
        process.stdout.close()
        error = process.stderr.read().decode()
        code = process.wait(30)
    assert code in codes
    assert "Traceback" not in error
    assert "Exception ignored" not in error


def _wait_until_it_waits(pid: int, pipe: int) -> None:
    """Return once the pipe is full, whatever its size, or has not grown for a while."""
    before, ends = -1, time.monotonic() + 30
    while time.monotonic() < ends:
        waiting = array.array("i", [0])
        fcntl.ioctl(pipe, termios.FIONREAD, waiting)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        if waiting[0] > 0 and waiting[0] == before and state == "S":
            return
        before = waiting[0]
        time.sleep(0.05)
    pytest.fail("the comparison told nothing within 30 s")


# -- the table of the docs ---------------------------------------------------------------------


def test_docs_have_every_exit_code() -> None:
    text = (ROOT / "docs" / "tracking.md").read_text(encoding="utf-8")
    table = text.split("| exit code | means |")[1].split("\n\n")[0]
    told = [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)]
    assert told == [FINE, WORSE, COULD_NOT, UNSURE, APART, INTERNAL, INTERRUPTED]


def test_json_of_every_comparison_has_its_outcome(runs: Path) -> None:
    out = runs / "out.json"
    assert compare(runs, ["before", "worse", f"--json={out}"]).code == WORSE
    assert json.loads(out.read_text(encoding="utf-8"))["comparisons"][0]["n"] == N
