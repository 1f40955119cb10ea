"""Who has trusteval installed and uses nothing of it does not pay for it, nor see it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.project import ROOT, pytest_in
from trusteval.plugin.law_memory import NAME
from trusteval.types import Dimension

OURS = {
    "trusteval",
    "trusteval.pytest_plugin",
    "trusteval.plugin.declared_fixtures",
    "trusteval.plugin",
    "trusteval.plugin.options",
    "trusteval.run",
    "trusteval.run.choices",
    "trusteval.run.option",
    "trusteval.run.options",
}
"""The plugin, the fixtures' names and the options: all that an unasked run may import of ours."""
UNIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
THEIRS = """
import pytest

@pytest.fixture
def subject():
    return 1

def test_holds(subject):
    assert subject == 1

def test_fails():
    assert 1 == 2

@pytest.mark.skip(reason="theirs")
def test_skips():
    pass

def test_errs(fixture_of_nobody):
    pass
"""
CONFTEST = """
import json, os, pathlib, sys

def pytest_unconfigure(config):
    who = getattr(config, "workerinput", {}).get("workerid", "main")
    pathlib.Path(f"loaded-{who}.json").write_text(json.dumps(sorted(sys.modules)))
"""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    (tmp_path / "test_theirs.py").write_text(THEIRS, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", encoding="utf-8")
    return tmp_path


def run(theirs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with the checkout as an installed package, whatever the developer has set."""
    environment = {"TRUSTEVAL_DATA": "", "PYTHONPATH": str(ROOT)}
    return pytest_in(theirs, *arguments, timeout=120, anew=True, **environment)


def loaded(theirs: Path, *arguments: str, who: str = "main") -> set[str]:
    """Return the names of the modules that a run of another project has imported at its end."""
    file = theirs / f"loaded-{who}.json"
    file.unlink(missing_ok=True)
    ran = run(theirs, *arguments)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return set(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "arguments",
    [(), ("--collect-only",), ("-p", "no:xdist"), ("-p", "no:terminal"), ("--junitxml=out.xml",)],
    ids=" ".join,
)
def test_run_that_asks_nothing_imports_the_plugin_and_its_options_alone(
    theirs: Path, arguments: tuple[str, ...]
) -> None:
    added = loaded(theirs, *arguments) - loaded(theirs, *arguments, "-p", "no:trusteval")
    assert {name for name in added if name.split(".")[0] == "trusteval"} == OURS
    others = {name for name in added if name.split(".")[0] != "trusteval"}
    roots = {name.split(".")[0] for name in others}
    assert roots & {"numpy", "platformdirs", "jinja2", "hypothesis"} == set()
    assert others == set()


@pytest.mark.parametrize("who", ["main", "gw0"])
def test_workers_and_their_controller_import_no_more(theirs: Path, who: str) -> None:
    plain = loaded(theirs, "-n", "1", "-p", "no:trusteval", who=who)
    added = loaded(theirs, "-n", "1", who=who) - plain
    assert {name for name in added if name.split(".")[0] == "trusteval"} == OURS
    assert added - OURS == set()


@pytest.mark.parametrize(("option", "way"), [((), "Load"), (("--dist=loadgroup",), "LoadGroup")])
def test_workers_share_their_tests_as_they_do_without_the_plugin(
    theirs: Path, option: tuple[str, ...], way: str
) -> None:
    grouped = "import pytest\n@pytest.mark.xdist_group('a')\n@pytest.mark.parametrize('n', [1])\n"
    (theirs / "test_grouped.py").write_text(f"{grouped}def test_it(n):\n    pass\n", "utf-8")
    told = [
        run(theirs, "-v", "-n", "2", *option, *without).stdout
        for without in ((), ("-p", "no:trusteval"))
    ]
    assert all(f"scheduling tests via {way}Scheduling" in one for one in told)
    names = [{w for w in one.split() if w.startswith("test_grouped.py")} for one in told]
    assert names[0] == names[1] != set()


def test_nothing_that_only_unix_has_is_imported(theirs: Path) -> None:
    sources = [ROOT.joinpath(*name.split(".")) for name in OURS]
    files = [path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in sources]
    imported = {
        name
        for file in files
        for name in re.findall(r"^\s*(?:import|from) (\w+)", file.read_text("utf-8"), re.M)
    }
    assert "dataclasses" in imported  # the pattern finds imports
    assert imported & UNIX_ONLY == set()


def test_their_run_says_the_same_with_and_without_the_plugin(theirs: Path) -> None:
    def said(*arguments: str) -> str:
        text = re.sub(r"in [0-9.]+s", "", run(theirs, *arguments).stdout)
        return re.sub(r"(plugins|available fixtures): .*", "", text)

    for arguments in (("-ra",), ("-v", "-p", "no:xdist"), ("-q", "-n", "1")):
        assert said(*arguments) == said(*arguments, "-p", "no:trusteval")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--trust-model=demo",), "ERROR: gates cannot be read from "),
        (("-o", "trust_model=demo"), "ERROR: gates cannot be read from "),
        (("--trust-require=all",), "ERROR: --trust-require: no model under test"),
        (("--trust-accept",), "ERROR: --trust-accept: no model under test"),
    ],
)
def test_one_option_is_enough_to_be_heard(
    theirs: Path, arguments: tuple[str, ...], told: str
) -> None:
    ran = run(theirs, *arguments)
    assert (ran.returncode, ran.stderr.startswith(told)) == (4, True), ran.stderr


def test_marks_of_dimensions_are_declared_as_the_dimensions_are(theirs: Path) -> None:
    told = run(theirs, "--markers").stdout
    for dimension in Dimension:
        assert f"@pytest.mark.{dimension}: gates on {dimension.replace('_', ' ')}\n" in told


FIXTURES = """
import warnings
import pytest
from trusteval.pytest_fixtures import GateWarning

def test_store(response_store):
    assert len(response_store) == 0

def test_run(trust_run):
    pass

def test_lines(trust_say, trust_progress):
    trust_say("told")

@pytest.mark.trust_gates("mmlu")
def test_gate(gate, subject, judge):
    judge(gate, subject)

def test_error_of_ours():
    from trusteval.errors import UsageError
    raise UsageError("in one line")

def test_warning():
    with pytest.warns(GateWarning):
        warnings.warn(GateWarning("worse"))
"""


@pytest.mark.parametrize("arguments", [(), ("-n", "1"), ("-p", "no:xdist")], ids=" ".join)
def test_fixtures_marks_and_errors_work_without_an_option(
    theirs: Path, arguments: tuple[str, ...]
) -> None:
    (theirs / "test_theirs.py").write_text(FIXTURES, encoding="utf-8")
    ran = run(theirs, "-rsE", *arguments)
    assert "1 failed, 3 passed, 2 skipped" in ran.stdout, ran.stdout
    assert ran.stdout.count("no model under test: pass --trust-model") == 2
    assert "\nUsageError: in one line\n" in ran.stdout
    assert "trusteval: told" in ran.stdout + ran.stderr


def test_fixtures_are_listed_with_what_they_say(theirs: Path) -> None:
    told = run(theirs, "--fixtures").stdout
    for name, first in (
        ("judge", "Call with a gate and a subject: judges, reports, and ends the test"),
        ("trust_run [session scope]", "What this run was asked to do; skips where no model"),
        ("device [session scope]", "The device models run on; override it to place workers."),
    ):
        assert re.search(rf"^{re.escape(name)} -- .*\n    {re.escape(first)}", told, re.M), told


LAW = """
import pytest

@pytest.mark.vote_invariant
def test_law():
    pass
"""


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=" ".join)
def test_law_that_held_is_remembered_without_an_option(
    theirs: Path, arguments: tuple[str, ...]
) -> None:
    (theirs / "test_theirs.py").write_text(LAW, encoding="utf-8")
    assert run(theirs, *arguments).returncode == 0
    remembered = json.loads((theirs / "cache" / NAME).read_text(encoding="utf-8"))
    assert [list(laws) for laws in remembered.values()] == [["test_law"]]


@pytest.mark.parametrize("name", ["TRUSTEVAL_CACHE", "TRUSTEVAL_DATA"])
def test_place_named_from_where_pytest_is_started_stays_there(theirs: Path, name: str) -> None:
    (theirs / "test_theirs.py").write_text(
        "import os, sys\n"
        "def test_place(monkeypatch, tmp_path):\n"
        "    monkeypatch.chdir(tmp_path)\n"
        f"    sys.stderr.write('PLACE ' + os.environ[{name!r}] + '\\n')\n",
        encoding="utf-8",
    )
    ran = pytest_in(theirs, "-s", timeout=60, PYTHONPATH=str(ROOT), **{name: "here"})
    assert f"PLACE {theirs / 'here'}" in ran.stderr


def test_dead_worker_is_theirs_to_tell(theirs: Path) -> None:
    (theirs / "test_theirs.py").write_text(
        "import os\ndef test_dies():\n    os._exit(3)\n", encoding="utf-8"
    )
    ran = run(theirs, "-n", "1", "--max-worker-restart=0")
    assert "INTERNALERROR" not in ran.stdout + ran.stderr
    assert "crashed while running" in ran.stdout
    assert ran.returncode == 1
