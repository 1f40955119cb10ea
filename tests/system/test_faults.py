"""What nobody foresaw ends a command or a run in one line and exit 10, never as something worse.

The faults are real: a package that trusteval uses is broken.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.answered_runs import run_of, with_wrong, write_run
from tests.project import ROOT, Project
from trusteval.cli import main

BROKEN = "def __getattr__(name):\n    raise ZeroDivisionError('not\\nforeseen')\n"
BROKEN_TOML = "class TOMLDecodeError(ValueError): ...\ndef loads(text): return 1 / 0\n"


def run(
    *arguments: str, broken: Path | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, (str(broken or ""), str(ROOT))))
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        **{"cwd": cwd, "capture_output": True, "text": True, "timeout": 120, "check": False},
        env={**os.environ, "PYTHONPATH": path, "TRUSTEVAL_CACHE": str(cwd / "cache"), "CI": "1"},
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    folder = tmp_path / "broken"
    folder.mkdir()
    return folder


# -- commands --------------------------------------------------------------------------------


@pytest.fixture
def compared(tmp_path: Path) -> list[str]:
    """Name two runs of which the second is worse."""
    good = write_run(tmp_path / "good", run_of({"dense": with_wrong()}))
    bad = write_run(tmp_path / "bad", run_of({"dense": with_wrong(*range(60))}))
    return ["compare", str(good), str(bad)]


def test_command_with_a_fault_is_one_line_and_10(compared: list[str], broken: Path) -> None:
    (broken / "numpy.py").write_text(BROKEN, encoding="utf-8")
    found = run("trusteval", *compared, broken=broken)
    assert (found.returncode, found.stdout) == (10, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("trusteval: internal fault: ZeroDivisionError: not\\nforeseen; --debug")


@pytest.mark.parametrize("place", [0, 1, 3])
def test_debug_shows_where_wherever_it_is_written(
    compared: list[str], broken: Path, place: int
) -> None:
    (broken / "numpy.py").write_text(BROKEN, encoding="utf-8")
    words = [*compared[:place], "--debug", *compared[place:]]
    found = run("trusteval", *words, broken=broken)
    assert found.returncode == 10
    assert "Traceback (most recent call last)" in found.stderr
    assert found.stderr.splitlines()[-1].startswith("trusteval: internal fault: ")


def test_debug_after_two_hyphens_is_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--benchmark", "ethics", "--", "--debug"]) == 0
    assert "rule: " in capsys.readouterr().out


def test_compare_ends_with_1_for_a_regression_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, compared: list[str], broken: Path
) -> None:
    assert main(compared) == 1
    capsys.readouterr()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text.json.gz").write_text("no gzip", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for other in (
        *("pipe", "text.json.gz", "empty", "absent", "x" * 300, "a/" * 3_000, "a\0b", "\ud800"),
        *("text.json.gz#x", "good:nobody", "good:" + "x" * 300, "~nobody-of-that-name"),
    ):
        for words in (["good", other], [other, "good"], ["--reader", other]):
            named = [word if word[0] in "-~" else str(tmp_path) + "/" + word for word in words]
            assert main(["compare", *named]) == 2, other
            assert capsys.readouterr().err.count("\n") == 1
    assert main([*compared, "--json", str(tmp_path)]) == 2


def test_interrupted_command_is_one_line_and_130(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "trusteval", "read", "-", "--benchmark", "ethics"],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE},
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as command:
        waiting = Path(f"/proc/{command.pid}/wchan")
        late = time.monotonic() + 30
        while "pipe" not in waiting.read_text(encoding="utf-8") and time.monotonic() < late:
            time.sleep(0.05)
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=30)
    assert (command.returncode, said) == (130, b"trusteval: interrupted\n")


def test_command_in_a_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r}); from trusteval.cli import main; "
    found = run("trusteval", "report", cwd=tmp_path)
    assert found.returncode == 2
    code = f"{script}os.environ['TRUSTEVAL_DATA'] = 'x'; raise SystemExit(main(['report']))"
    found = subprocess.run(
        [sys.executable, "-c", code],
        **{"cwd": gone, "capture_output": True, "text": True, "check": False},
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert found.returncode == 2
    assert found.stderr == (
        "trusteval: the folder that this was started in is not there any more; change to another\n"
    )


# -- runs ------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project")


def gate(project: Project, broken: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("pytest", "-k", "mmlu", *arguments, broken=broken, cwd=project.root)


def test_run_whose_preparation_has_a_fault_is_one_line_and_10(
    project: Project, broken: Path
) -> None:
    (broken / "tomllib.py").write_text(BROKEN_TOML, encoding="utf-8")
    found = gate(project, broken, "-q")
    assert found.returncode == 10, found.stdout + found.stderr
    assert "INTERNALERROR" not in found.stdout + found.stderr
    assert "Traceback" not in found.stdout + found.stderr
    line = "trusteval: internal fault: ZeroDivisionError: division by zero; --full-trace shows"
    assert line in found.stderr


def test_full_trace_shows_where_a_run_has_a_fault(project: Project, broken: Path) -> None:
    (broken / "tomllib.py").write_text(BROKEN_TOML, encoding="utf-8")
    found = gate(project, broken, "--full-trace")
    assert found.returncode == 10
    assert "in loads_toml" in found.stderr


@pytest.mark.parametrize("package", ["rich", "jinja2"])
def test_fault_of_the_report_is_said_and_what_was_found_still_shown(
    project: Project, broken: Path, package: str
) -> None:
    (broken / f"{package}.py").write_text(BROKEN, encoding="utf-8")
    found = gate(project, broken, "--trust-html=on")
    assert found.returncode == 10, found.stdout + found.stderr
    assert "INTERNALERROR" not in found.stdout + found.stderr
    assert "trusteval: internal fault: ZeroDivisionError: not\\nforeseen" in found.stdout
    # A report that cannot be begun ends the run before anything is asked.
    assert ("8 passed" in found.stdout) == (package == "rich")


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_fault_of_the_collection_is_one_line_and_10(
    project: Project, broken: Path, more: tuple[str, ...]
) -> None:
    test = "@pytest.mark.trust_gates(['x'])\ndef test_it(gate, subject): pass\n"
    project.write("trust_tests/test_odd.py", f"import pytest\n{test}")
    found = gate(project, broken, "-q", *more)
    assert found.returncode == 10, found.stdout + found.stderr
    assert "INTERNALERROR" not in found.stdout + found.stderr
    assert "trusteval: internal fault: TypeError: unhashable type: 'list'" in found.stdout


def test_fault_of_another_plugin_is_left_to_pytest(project: Project, broken: Path) -> None:
    project.write("conftest.py", "def pytest_runtest_logreport(report): 1 / 0\n")
    found = gate(project, broken, "-q")
    assert found.returncode == 3
    assert "internal fault" not in found.stdout + found.stderr


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        *(("store", "long"), ("reports", "long"), ("baseline", "long"), ("variants", "long")),
        *(("store", "pipe"), ("baseline", "pipe"), ("gates", "pipe"), ("prompts", "NUL")),
    ],
)
def test_option_that_names_no_usable_file_is_a_usage_error(
    project: Project, broken: Path, option: str, kind: str
) -> None:
    os.mkfifo(project.root / "pipe.json.gz")
    value = {"long": "x" * 300 + ".json.gz", "pipe": "pipe.json.gz", "NUL": "a\0b.json.gz"}[kind]
    value = f"mine={value}" if option == "variants" else value
    ini = (project.root / "pytest.ini").read_text(encoding="utf-8")
    kept = [line for line in ini.splitlines() if not line.startswith(f"trust_{option} ")]
    project.write("pytest.ini", "\n".join([*kept, f"trust_{option} = {value}"]))
    accepting = ("--trust-accept",) if option == "baseline" else ()
    found = gate(project, broken, "-q", *accepting)
    assert found.returncode == 4, found.stdout + found.stderr
    assert "INTERNALERROR" not in found.stdout + found.stderr
