"""Judging a run whose answers are all recorded: light, and without anything that runs models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.recorded_run import record, write_project
from trusteval.suite.origin import demo_origin

HEAVY = ("torch", "transformers", "tokenizers", "gptqmodel", "datasets", "pandas")
WATCH = """
import json, sys
from pathlib import Path

def pytest_unconfigure():
    Path("modules.json").write_text(json.dumps(sorted(sys.modules)), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of seven checkpoints, every answer of which is in its store."""
    root = tmp_path_factory.mktemp("recorded")
    write_project(root, profile="demo", tokens=1000)
    record(root, profile="demo", origin=demo_origin())
    (root / "conftest.py").write_text(WATCH, encoding="utf-8")
    return root


def judge(root: Path) -> str:
    environment = {**os.environ, "TRUSTEVAL_CACHE": str(root / "cache"), "CI": "true"}
    environment.pop("PYTEST_ADDOPTS", None)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "error" not in ran.stdout.lower(), ran.stdout
    return ran.stdout


def test_complete_run_is_judged_without_torch_transformers_or_tokenizers(recorded: Path) -> None:
    shown = judge(recorded)
    assert "vote-awq" in shown
    report = json.loads((recorded / "reports/latest/verdicts.json").read_text(encoding="utf-8"))
    assert len({line["subject"] for line in report["scores"]}) == 9
    assert report["verdicts"]
    loaded = json.loads((recorded / "modules.json").read_text(encoding="utf-8"))
    assert "numpy" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_judging_again_gives_the_same_bytes(recorded: Path) -> None:
    found = []
    for _ in range(2):
        judge(recorded)
        found.append((recorded / "reports/latest/verdicts.json").read_bytes())
    assert found[0] == found[1]
