"""A forked run begins and ends as a run in a new process does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.forked_runs import ROOT, needs_new_process, run_module

PROBE = """
import json, os, random, signal, sys, threading
import trusteval

print(json.dumps({
    "folder": os.getcwd(),
    "arguments": sys.argv,
    "path": sys.path,
    "environment": dict(os.environ),
    "input": sys.stdin.read(),
    "streams": [[one.encoding, one.errors, one.isatty()] for one in (sys.stdout, sys.stderr)],
    "compiles": not sys.dont_write_bytecode,
    "interrupt": str(signal.getsignal(signal.SIGINT)),
    "threads": threading.active_count(),
    "package": trusteval.__file__,
    "name": __name__,
    "seen": getattr(trusteval, "seen", False),
    "torch": "torch" in sys.modules,
}))
print(random.random(), os.getpid(), file=sys.stderr)
trusteval.seen = True
sys.exit(3)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "probe.py").write_text(PROBE, encoding="utf-8")
    return tmp_path


def environment(**changed: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT}", "TZ": "Asia/Tokyo", **changed}


def probed(folder: Path, **how: Any) -> subprocess.CompletedProcess[str]:
    return run_module("probe", ["-x", "a b"], cwd=folder, env=environment(), timeout=60, **how)


def test_fork_begins_and_ends_as_a_new_process_does(folder: Path) -> None:
    new, fork = probed(folder, anew=True), probed(folder)
    assert json.loads(fork.stdout) == json.loads(new.stdout)
    assert (fork.args, fork.returncode) == (new.args, new.returncode)
    assert new.returncode == 3


def test_forks_share_nothing_with_each_other(folder: Path) -> None:
    first, second = probed(folder), probed(folder)
    assert json.loads(second.stdout)["seen"] is False
    pairs = zip(first.stderr.split(), second.stderr.split(), strict=True)
    assert all(one != other for one, other in pairs)


def test_death_and_time_that_is_over_are_told_as_of_a_new_process(tmp_path: Path) -> None:
    (tmp_path / "dies.py").write_text("import os; os.kill(os.getpid(), 9)", encoding="utf-8")
    (tmp_path / "waits.py").write_text("import time; print(1, flush=True); time.sleep(60)", "utf-8")
    ran = run_module("dies", [], cwd=tmp_path, env=environment(), timeout=60)
    assert ran.returncode == -9
    with pytest.raises(subprocess.TimeoutExpired):
        run_module("waits", [], cwd=tmp_path, env=environment(), timeout=0.5)


@pytest.mark.parametrize("name", ["PYTHONIOENCODING", "LC_ALL", "HF_HUB_OFFLINE"])
def test_what_is_read_when_a_process_starts_takes_a_new_one(name: str) -> None:
    assert needs_new_process(environment(**{name: "other"}))
    assert not needs_new_process(environment(TRUSTEVAL_CACHE="other"))
