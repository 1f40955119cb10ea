"""`trusteval history`: how scores went from run to run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.printing import say


def add_history(commands: Any) -> None:
    """Declare `trusteval history`."""
    history = commands.add_parser("history", help="list and plot scores from run to run")
    history.add_argument(
        "file", nargs="?", type=Path, default=Path("reports/history.jsonl"), help="the history"
    )
    history.add_argument("--subject", metavar="NAME", help="one variant or vote")
    history.add_argument("--benchmark", metavar="NAME", help="one benchmark or dimension")
    history.add_argument(
        "--last", type=int, default=10, metavar="N", help="runs to list (default: 10)"
    )
    history.add_argument("--plot", type=Path, metavar="OUT", help="draw a .png, .svg or .pdf")
    history.set_defaults(run=_history)


def _history(asked: argparse.Namespace) -> int:
    from trusteval.tracking.history import read_history
    from trusteval.tracking.plot import plot_history
    from trusteval.tracking.points import chosen_points
    from trusteval.tracking.trend_lines import trend_lines

    if asked.last < 1:
        raise UsageError(f"--last is a number of runs from 1 on, got {asked.last}")
    points, unreadable = read_history(asked.file)
    chosen = chosen_points(points, subject=asked.subject, benchmark=asked.benchmark)
    say(trend_lines(chosen, last=asked.last))
    if unreadable:
        say([f"left out: {unreadable} lines of {asked.file} that cannot be read"])
    if asked.plot is not None:
        plot_history(chosen, asked.plot)
    return 0
