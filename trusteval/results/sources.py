"""Reads what other tools recorded, whichever tool it was."""

from __future__ import annotations

from pathlib import Path

from trusteval.errors import UsageError
from trusteval.results.tool_run import ToolRun


def is_tool_run(place: Path) -> bool:
    """Say whether a place holds what another tool recorded."""
    return False


def read_tool_run(place: Path) -> ToolRun:
    """Read what another tool recorded; raises UsageError where nothing of one can be read."""
    raise UsageError(f"{place} holds nothing that another tool recorded")
