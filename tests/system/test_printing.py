"""Output that is full, closed, left early or short of letters changes and hides no verdict."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.answered_runs import RIGHT, WRONG, run_of, write_run
from tests.project import ROOT
from tests.shipped import Shipped
from trusteval.system.printing import Output, fitting

SAID = "trusteval: standard output cannot be written: "
HAS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def shell(
    command: str, folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `python -m` with arguments, in a shell whose `$@` they are."""
    path = os.pathsep.join([str(folder), str(ROOT)])
    given = {**os.environ, "PYTHONPATH": path, "CI": "true", **environment}
    given |= {"TRUSTEVAL_CACHE": str(folder / "cache")}
    return subprocess.run(
        ["sh", "-c", command, shlex.quote(sys.executable), sys.executable, "-m", *arguments],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, of which the second is worse."""
    folder = tmp_path_factory.mktemp("runs")
    for name, answer in (("a", RIGHT), ("b", WRONG)):
        write_run(folder / name, run_of({"dense": [answer] * 60}, ids=range(60)))
    return folder


COMPARE = ("trusteval", "compare", "a", "b")


@HAS_FULL
@pytest.mark.parametrize(
    ("command", "said"),
    [('"$@" >/dev/full', "No space left on device"), ('"$@" >&-', "it is closed")],
    ids=["full", "closed"],
)
def test_comparison_that_cannot_be_shown_is_neither_a_regression_nor_none(
    folder: Path, command: str, said: str
) -> None:
    ran = shell(command, folder, *COMPARE, "--json", "out.json")
    assert (ran.returncode, ran.stderr) == (2, f"{SAID}{said}; the result is not shown\n")
    assert (folder / "out.json").read_text(encoding="utf-8")  # nothing is lost
    assert shell(command, folder, "trusteval", "--help").returncode == 2


def test_reader_who_leaves_early_does_not_hide_a_regression(folder: Path) -> None:
    """What is printed is more than a pipe holds."""
    command = '{ "$@"; echo "$?" >&2; } | head -n 1 >/dev/null'
    ran = shell(command, folder, *COMPARE, "--flips=60")
    assert ran.stderr == "1\n"
    left = shell('{ "$@"; echo "$?" >&2; } | true', folder, *COMPARE, "--flips=60")
    assert left.stderr == "1\n"


def test_closed_error_and_input_change_no_exit_status(folder: Path) -> None:
    assert shell('"$@" 2>&- <&-', folder, *COMPARE).returncode == 1
    wrong = shell('"$@" 2>&-', folder, "trusteval", "compare", "a", "nowhere")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    asked = shell('"$@" <&-', folder, "trusteval", "read", "-", "--benchmark=ethics")
    assert (asked.returncode, "standard input is closed" in asked.stderr) == (2, True)


def test_terminal_of_few_letters_gets_plain_drawing_and_escapes(folder: Path) -> None:
    assert fitting("\u2500\u2500 \u6a21 \xe9", "ascii") == "-- \\u6a21 \\xe9"
    assert fitting("\u2500 \xe9", "latin-1") == "- \xe9"
    assert fitting("\u2500 \u6a21", "utf-8") == "\u2500 \u6a21"
    ran = shell(
        '"$@"',
        folder,
        "trusteval",
        "read",
        "--benchmark=ethics",
        "\u6a21",
        PYTHONIOENCODING="ascii",
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_output_stops_at_the_first_fault_and_raises_nothing() -> None:
    class Full(BytesIO):
        def write(self, content: object) -> int:
            raise OSError(28, "No space left on device")

    output = Output(TextIOWrapper(Full(), encoding="utf-8", write_through=True))
    output.write("one")
    output.write("two")
    output.flush()
    assert output.fault == "No space left on device"
    assert Output(None).fault is None


@HAS_FULL
def test_gate_that_cannot_be_shown_does_not_pass_and_loses_nothing(tmp_path: Path) -> None:
    shipped = Shipped(tmp_path)
    given = ("pytest", "--trust-engine=scripted", "--trust-model=script.json", "-k", "mmlu", "-v")
    for command, said in (('"$@" >/dev/full', "No space left"), ('"$@" >&-', "it is closed")):
        ran = shell(command, tmp_path, *given)
        assert ran.returncode == 10, ran.stderr
        assert ran.stderr.startswith(f"{SAID}{said}")
        assert ran.stderr.count("\n") == 1
        assert shipped.verdicts["blocking_gates"]["judged"] == 4
    left = shell('{ "$@"; echo "$?" >&2; } | head -n 1 >/dev/null', tmp_path, *given)
    assert left.stderr == "0\n"
    plain = shell('"$@"', tmp_path, *given, PYTHONIOENCODING="ascii")
    assert plain.returncode == 0
    assert " ------" in plain.stdout
    assert "\\u2500" not in plain.stdout
