"""One run of a real pytest process with a scripted engine, for all tests of exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import real_runs
from tests.project import Project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return real_runs.project(tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="session")
def cut_short(project: Project) -> Path:
    """A run of the demo with a vote, of which half was not judged: one of its benchmarks."""
    return real_runs.incomplete(project)


@pytest.fixture(scope="session")
def refusing(project: Project, cut_short: Path) -> Path:
    """A whole run of the demo with a vote, one of whose members refuses."""
    real_runs.finished(project)
    return real_runs.failed(project)
