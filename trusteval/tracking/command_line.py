"""`trusteval compare` and `trusteval history`: their options."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.files import write_files


def add_compare(commands: Any) -> None:
    """Declare `trusteval compare`."""
    compare = commands.add_parser(
        "compare",
        help="compare two recorded runs item by item",
        epilog="Exit code: 0 no regression, 1 regression, 2 usage, 3 inconclusive, "
        "4 not comparable.",
    )
    for name, text in (("before", "the reference"), ("after", "the run that is asked about")):
        compare.add_argument(
            name, metavar="RUN", help=f"{text}: a reports folder or a baseline, or RUN:SUBJECT"
        )
    compare.add_argument(
        "--max-drop",
        type=float,
        default=3.0,
        metavar="POINTS",
        help="what a score may drop (default: 3)",
    )
    compare.add_argument(
        "--flips", type=int, default=5, metavar="N", help="how many flipped items to print"
    )
    compare.add_argument("--json", type=Path, metavar="OUT", help="write everything here too")
    compare.set_defaults(run=_compare)


def _compare(asked: argparse.Namespace) -> int:
    from trusteval.tracking.command import (
        compare_selections,
        comparison_document,
        comparison_lines,
        exit_code,
        select,
    )

    if not 0 < asked.max_drop <= 100:
        raise UsageError(f"--max-drop is in points, above 0 to 100, got {asked.max_drop}")
    if asked.flips < 0:
        raise UsageError(f"--flips is a number of items, got {asked.flips}")
    before, after = select(asked.before), select(asked.after)
    found = compare_selections(before, after, max_drop=asked.max_drop)
    print("\n".join(comparison_lines(before, after, found, flips=asked.flips)))
    if asked.json is not None:
        write_files({asked.json: json.dumps(comparison_document(found), indent=2, sort_keys=True)})
    return exit_code(found)


def add_history(commands: Any) -> None:
    """Declare `trusteval history`."""
    history = commands.add_parser("history", help="show how scores went from run to run")
    history.add_argument(
        "file", nargs="?", type=Path, default=Path("reports/history.jsonl"), help="the history"
    )
    history.add_argument("--subject", metavar="NAME", help="one variant or vote")
    history.add_argument("--benchmark", metavar="NAME", help="one benchmark or dimension")
    history.add_argument("--last", type=int, default=10, metavar="N", help="runs to list")
    history.add_argument("--plot", type=Path, metavar="OUT", help="draw a .png, .svg or .pdf")
    history.set_defaults(run=_history)


def _history(asked: argparse.Namespace) -> int:
    from trusteval.tracking.command import chosen_points, history_lines
    from trusteval.tracking.history import points_of, read_history

    if asked.last < 1:
        raise UsageError(f"--last is a number of runs from 1 on, got {asked.last}")
    chosen = {"subject": asked.subject, "benchmark": asked.benchmark}
    print("\n".join(history_lines(asked.file, last=asked.last, **chosen)))
    if asked.plot is not None:
        from trusteval.tracking.plot import plot_history

        plot_history(chosen_points(points_of(read_history(asked.file)[0]), **chosen), asked.plot)
    return 0
