"""Where the gate runs: read-only checkouts and caches, users without a home or a name."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.other_user import UID, run_as_other_user
from tests.project import INI, ROOT, Project
from trusteval.errors import PlaceError, UsageError
from trusteval.store import ResponseStore
from trusteval.system.files import refuse_unwritable, with_home, write_atomically
from trusteval.system.machine import PLACES, settle_places

RunHere = Callable[..., subprocess.CompletedProcess[str]]
STRICT = INI + "filterwarnings = error\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of root's, with a folder that everybody may write to."""
    (tmp_path / "project").mkdir()
    made = Project(tmp_path / "project")
    made.write("pytest.ini", STRICT)
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o777)
    return made


@pytest.fixture
def run_here(project: Project) -> RunHere:
    """Run pytest in the project as a user who may write to `out` alone."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_as_other_user(
            [sys.executable, "-m", "pytest", *arguments],
            folder=project.root,
            environment={"CI": "true", **environment},
        )

    return run


def out(project: Project) -> Path:
    return project.root.parent / "out"


def writable(project: Project) -> list[str]:
    return [f"--trust-reports={out(project)}/latest", f"--trust-store={out(project)}/s.sqlite"]


def said(ran: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that a refused run says."""
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr
    (line,) = ran.stderr.strip().splitlines()
    return line


# -- a checkout that cannot be written ---------------------------------------------------


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
def test_read_only_checkout_without_a_home_gates_where_it_is_told_to_write(
    project: Project, run_here: RunHere, workers: str
) -> None:
    ran = run_here(workers, *writable(project), HOME="/nonexistent")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 PASS, 1 WARN" in ran.stdout
    assert (out(project) / "latest" / "report.md").is_file()


def test_read_only_checkout_is_refused_before_a_test_runs_where_reports_would_go_there(
    project: Project, run_here: RunHere
) -> None:
    line = said(run_here(f"--trust-store={out(project)}/s.sqlite"))
    assert f"reports cannot be written to {project.root}/reports/latest: Permission" in line
    assert "--trust-reports" in line
    assert not list(out(project).iterdir())


def test_store_that_is_there_is_written_in_a_folder_whose_parents_are_closed(
    project: Project, run_here: RunHere
) -> None:
    # Temporary folders are root's alone: what this user may search all the same counts.
    ResponseStore(out(project) / "s.sqlite").close()
    for file in out(project).iterdir():
        os.chown(file, UID, UID)
    ran = run_here("-pno:xdist", *writable(project), HOME="/nonexistent")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_reports_folder_without_room_for_the_history_beside_it_is_refused(
    project: Project, run_here: RunHere
) -> None:
    (project.root / "mounted").mkdir()
    (project.root / "mounted").chmod(0o777)
    ran = run_here(f"--trust-store={out(project)}/s.sqlite", "--trust-reports=mounted")
    assert "the history of runs cannot be written to" in said(ran)


def test_listing_tests_needs_no_place_to_write(project: Project, run_here: RunHere) -> None:
    assert run_here("--collect-only", "-q", HOME="").returncode == 0


def test_shipped_laws_hold_in_a_read_only_checkout(project: Project) -> None:
    ran = run_as_other_user(
        [
            *(sys.executable, "-m", "pytest", "trust_tests/properties", "trust_tests/test_mmlu.py"),
            *("--trust-engine=scripted", f"--trust-model={project.root}/script.json"),
            *("--trust-variants=dense,gptq-8,gptq-4,gptq-3", *writable(project)),
            *("-k", "member_order or every_law_rejects or test_mmlu[dense-mmlu.score]"),
        ],
        folder=ROOT,
        environment={"HOME": "", "TRUSTEVAL_CACHE": str(project.root / "nowhere"), "CI": ""},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 of 1 hold" in ran.stdout
    assert "Vote invariants checked: 1 in this run" in ran.stdout


# -- no home, no cache -------------------------------------------------------------------


def test_user_without_home_and_cache_is_told_to_name_one(
    project: Project, run_here: RunHere
) -> None:
    project.write("pytest.ini", STRICT.replace("trust_store = responses.sqlite\n", ""))
    reports = f"--trust-reports={out(project)}/latest"
    line = said(run_here(reports, HOME="", TRUSTEVAL_CACHE=""))
    assert "no home directory to keep models and answers in" in line
    assert "TRUSTEVAL_CACHE" in line
    for place in ("~/cache", "~nobody-of-that-name/cache"):
        assert "write the whole path" in said(run_here(reports, HOME="", TRUSTEVAL_CACHE=place))


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
@pytest.mark.parametrize("home", ["/nonexistent", "/proc"])
def test_cache_that_cannot_be_made_is_refused_before_a_test_runs(
    project: Project, run_here: RunHere, workers: str, home: str
) -> None:
    project.write("pytest.ini", STRICT.replace("trust_store = responses.sqlite\n", ""))
    ran = run_here(workers, f"--trust-reports={out(project)}/latest", HOME=home, TRUSTEVAL_CACHE="")
    assert f"the response store cannot be written to {home}/.cache/trusteval" in said(ran)
    assert not list(out(project).iterdir())


CLOSED = "/proc/1/root/somewhere"
"""Closed to another user even where that may read all files."""


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
@pytest.mark.parametrize("option", ["store", "reports", "model", "gates", "prompts"])
def test_place_that_is_closed_to_this_user_is_one_line(
    project: Project, run_here: RunHere, workers: str, option: str
) -> None:
    line = said(run_here(workers, *writable(project), f"--trust-{option}={CLOSED}"))
    assert "/proc/1/root" in line
    assert "Permission denied" in line


@pytest.mark.parametrize("name", ["HOME", "TRUSTEVAL_CACHE", "TRUSTEVAL_DATA"])
def test_place_of_the_environment_that_is_closed_to_this_user_is_one_line(
    project: Project, run_here: RunHere, name: str
) -> None:
    project.write("pytest.ini", STRICT.replace("trust_store = responses.sqlite\n", ""))
    more = ("--trust-profile=quick",) if name == "TRUSTEVAL_DATA" else ()
    environment = {"TRUSTEVAL_CACHE": "", name: CLOSED}
    ran = run_here(f"--trust-reports={out(project)}/latest", *more, **environment)
    assert f"{CLOSED}" in said(ran)
    assert "Permission denied" in said(ran)


def test_command_line_and_doctor_say_that_there_is_no_home(project: Project) -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_as_other_user(
            [sys.executable, "-m", "trusteval", *arguments],
            folder=ROOT,
            environment={"HOME": "", "TRUSTEVAL_CACHE": ""},
        )

    told = command("store", "info")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("trusteval: no home directory to keep models and answers in")
    examined = command("doctor")
    assert examined.returncode == 1
    assert "problem  cache     no home directory" in examined.stdout


def test_doctor_says_that_a_cache_can_only_be_read(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; "
        "from trusteval.doctor.surroundings import cache_finding; "
        "print(cache_finding(Path(sys.argv[1])).status, cache_finding(Path(sys.argv[1])).detail)"
    )
    ran = run_as_other_user(
        [sys.executable, "-c", script, str(tmp_path)], folder=ROOT, environment={}
    )
    assert ran.stdout.startswith(f"warning {tmp_path} can be read, not written"), ran.stderr


@pytest.mark.parametrize("path", ["~nobody-of-that-name/x", "~nobody-of-that-name"])
def test_home_that_nobody_has_is_one_line(path: str) -> None:
    with pytest.raises(UsageError, match="write the whole path"):
        with_home(path)


# -- a cache that can only be read -------------------------------------------------------


@pytest.fixture
def warm(project: Project) -> Project:
    """A project whose store holds every answer, kept as SQLite leaves it."""
    ran = project.run("-pno:cacheprovider")
    assert ran.returncode == 0, ran.stdout
    return project


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
def test_store_that_can_only_be_read_gives_the_same_verdicts(
    warm: Project, run_here: RunHere, workers: str
) -> None:
    expected = warm.verdicts_file.read_bytes()
    before = sorted((file.name, file.stat().st_mtime_ns) for file in warm.root.iterdir())
    ran = run_here(workers, f"--trust-reports={out(warm)}/latest")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (out(warm) / "latest" / "verdicts.json").read_bytes() == expected
    assert sorted((file.name, file.stat().st_mtime_ns) for file in warm.root.iterdir()) == before


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
def test_answers_that_a_read_only_store_lacks_are_counted_before_a_test_runs(
    warm: Project, run_here: RunHere, workers: str
) -> None:
    variants = "--trust-variants=dense,gptq-8,gptq-4,gptq-3,gptq-4@7"
    ran = run_here(workers, variants, "--trust-gates=trust_tests/gates.toml", *writable(warm)[:1])
    line = said(ran)
    assert "responses.sqlite cannot be written and lacks" in line
    assert "answers of gptq-4@7 to ethics/zero_shot" in line
    assert "--trust-store" in line
    assert not list(out(warm).iterdir())


def test_tests_that_need_nothing_new_run_on_a_read_only_store(
    warm: Project, run_here: RunHere
) -> None:
    variants = "--trust-variants=dense,gptq-8,gptq-4,gptq-3,gptq-4@7"
    ran = run_here(variants, "-k", "dense", *writable(warm)[:1])
    assert ran.returncode == 0, ran.stdout + ran.stderr


_READ = """
import sys
from pathlib import Path
from trusteval.errors import StoreError
from trusteval.store import ResponseStore
from trusteval.types import FinishReason, Response
store = ResponseStore(Path(sys.argv[1]))
print(len(store), store.is_writable)
try:
    store.put({"engine": "none"}, {"00" * 32: Response("yes", FinishReason.END, 1, 1)})
except StoreError as error:
    print(error)
"""


def test_answers_beside_a_read_only_store_are_read_too(tmp_path: Path) -> None:
    """What a process that died had committed is in the log beside the file."""
    live = tmp_path / "live.sqlite"
    writing = sqlite3.connect(live)
    shutil.copy(_recorded(tmp_path), live)
    writing.execute("PRAGMA journal_mode=WAL")
    writing.execute("DELETE FROM responses WHERE text != 'no'")
    writing.commit()
    folder = tmp_path / "left"
    folder.mkdir()
    for file in tmp_path.glob("live.sqlite*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, folder)
    writing.close()
    ran = run_as_other_user(
        [sys.executable, "-c", _READ, str(folder / "live.sqlite")], folder=ROOT, environment={}
    )
    assert ran.stdout.splitlines()[0] == "1 False", ran.stdout + ran.stderr
    assert "live.sqlite cannot be written; name another" in ran.stdout


def _recorded(folder: Path) -> Path:
    from trusteval.store import ResponseStore
    from trusteval.types import FinishReason, Response

    store = ResponseStore(folder / "recorded.sqlite")
    answers = {"11" * 32: "yes", "22" * 32: "no"}
    store.put(
        {"engine": "none"},
        {key: Response(text, FinishReason.END, 1, 1) for key, text in answers.items()},
    )
    store.close()
    return folder / "recorded.sqlite"


def test_store_of_an_older_schema_that_can_only_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = _recorded(tmp_path)
    with sqlite3.connect(path) as store:
        store.execute("PRAGMA user_version=2")
    store.close()
    ran = run_as_other_user([sys.executable, "-c", _READ, str(path)], folder=ROOT, environment={})
    assert "has schema 2, this trusteval reads 4 and 5; move the file away" in ran.stderr


def test_files_of_a_cache_can_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    write_atomically(tmp_path / "known.json", "{}")
    (tmp_path / "usual").touch()
    usual = (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "known.json").stat().st_mode == usual


# -- places the environment names --------------------------------------------------------


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n1"])
def test_relative_places_are_settled_before_a_test_changes_directory(
    project: Project, workers: str
) -> None:
    (project.root / "data").mkdir()
    project.write(
        "trust_tests/test_places.py",
        "import os\n"
        "def test_places(tmp_path, monkeypatch):\n"
        "    monkeypatch.chdir(tmp_path)\n"
        "    from trusteval.suite.origin import find_origin\n"
        "    find_origin(None, cache=tmp_path)\n"
        f"    assert os.environ['TRUSTEVAL_DATA'] == {str(project.root / 'data')!r}\n"
        f"    assert os.environ['TRUSTEVAL_CACHE'] == {str(project.root / 'mine')!r}\n",
    )
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", workers, "trust_tests/test_places.py"],
        cwd=project.root,
        env={**os.environ, "TRUSTEVAL_DATA": "data", "TRUSTEVAL_CACHE": "mine"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_settled_places_stay_as_they_are_where_they_are_whole_or_unset(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(PLACES[0], "/somewhere")
    monkeypatch.delenv(PLACES[1], raising=False)
    settle_places()
    assert (os.environ[PLACES[0]], PLACES[1] in os.environ) == ("/somewhere", False)


def test_folder_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PlaceError, match=r"reports cannot be written to .*file/reports: Not a dir"):
        refuse_unwritable(tmp_path / "file" / "reports", what="reports", cure="elsewhere")
