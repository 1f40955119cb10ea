"""A run that is killed goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.project import Project

ROW = """
[[gate]]
benchmark = "mmlu"
metric = "score"
at_least = 0
why = "its weights are random"

[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
at_most = 100
why = "its weights are random"
"""
ASKED = ("-k", "mmlu or ethics", "--trust-store")


@pytest.fixture
def project(tmp_path: Path, tiny_llama: Path) -> Project:
    """Gates answers of the tiny llama, run for real."""
    project = Project(tmp_path)
    project.write("trust_tests/gates.toml", ROW)
    ini = (tmp_path / "pytest.ini").read_text(encoding="utf-8")
    options = f"trust_model = {tiny_llama}\ntrust_device = cpu\ntrust_variants = dense\n"
    ini = ini.replace("trust_model = script.json\ntrust_engine = scripted\n", options)
    project.write("pytest.ini", ini)
    return project


def _recorded(store: Path) -> dict[bytes, tuple[object, ...]]:
    """Return every row of answers by its key, times included."""
    if not store.exists():
        return {}
    with sqlite3.connect(store) as connection:
        try:
            return {row[0]: row[1:] for row in connection.execute("SELECT * FROM responses")}
        except sqlite3.OperationalError:  # killed before there were tables
            return {}


def test_killed_run_goes_on_and_ends_with_the_same_bytes(project: Project) -> None:
    started = time.monotonic()
    assert project.run_anew(*ASKED, "whole.sqlite").returncode == 0
    seconds = time.monotonic() - started
    expected = project.verdicts_file.read_bytes()
    store = project.root / "killed.sqlite"
    kept: dict[bytes, tuple[object, ...]] = {}
    for share in (0.4, 0.55, 0.65, 0.75, 0.85):
        command = [sys.executable, "-m", "pytest", *ASKED, store.name]
        environment = {**os.environ, "TRUSTEVAL_CACHE": str(project.root / "cache"), "CI": "true"}
        with subprocess.Popen(
            command, cwd=project.root, env=environment, stdout=subprocess.DEVNULL
        ) as process:
            try:
                process.wait(share * seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        recorded = _recorded(store)
        assert kept.items() <= recorded.items(), "nothing recorded is lost or written anew"
        kept = recorded
    project.verdicts_file.unlink()
    assert project.run_on_model(*ASKED, store.name).returncode == 0
    assert project.verdicts_file.read_bytes() == expected
    assert kept.items() <= _recorded(store).items()
    assert _recorded(store).keys() == _recorded(project.root / "whole.sqlite").keys()
