"""Where the plugin keeps its state on pytest's config."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trusteval.plugin.report_collector import ReportCollector
    from trusteval.report.unjudged import Collected
    from trusteval.run import Run
    from trusteval.run.tool_results import Results
    from trusteval.tracking.answered_run import AnsweredRun

ANSWERED: pytest.StashKey[AnsweredRun] = pytest.StashKey()
CLAIMED: pytest.StashKey[set[str]] = pytest.StashKey()
COLLECTED: pytest.StashKey[Collected] = pytest.StashKey()
RUN: pytest.StashKey[Run] = pytest.StashKey()
REPORT: pytest.StashKey[ReportCollector] = pytest.StashKey()
RESULTS: pytest.StashKey[Results] = pytest.StashKey()
