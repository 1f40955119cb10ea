"""The commands that make a run, its page and what is shown of it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from trusteval.report.finished_run import FinishedRun
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class Command:
    """A line for a shell, and what it does."""

    purpose: str
    line: str | Unavailable


def commands(run: FinishedRun) -> tuple[Command, ...]:
    """Return the run's own command first; RUN stands for the folder of its files."""
    own = shlex.join(_started(run.circumstances.command))
    return (
        Command(
            "run it again: what is recorded in the store is not asked again",
            own or Unavailable("the run's own command was not kept"),
        ),
        Command("make this page again, without a model", "trusteval report RUN --html report.html"),
        Command("print the table of scores and verdicts", "trusteval report RUN"),
        Command("compare with another run, item by item", "trusteval compare OTHER RUN"),
        Command("all tables of the votes", "trusteval ensemble RUN --json ensemble.json"),
        Command("pack the run as evidence", "trusteval bundle RUN evidence.zip"),
    )


def _started(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command as it can be typed: python -m pytest is kept by the name of its file."""
    match command:
        case ("__main__.py", *rest):
            return ("python", "-m", "pytest", *rest)
        case _:
            return command
