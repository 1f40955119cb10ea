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
    from trusteval.profiles import PROFILES
    from trusteval.protocols import PROTOCOLS

    compare = commands.add_parser(
        "compare",
        help="compare two recorded runs item by item",
        epilog="Exit code: 0 no regression, 1 regression, 2 usage, 3 inconclusive, "
        "4 not comparable; the first of 1, 4, 3, 0 that holds.",
    )
    for name, text in (("before", "the reference"), ("after", "the run that is asked about")):
        compare.add_argument(
            name,
            metavar="RUN",
            help=f"{text}: a reports folder or a baseline, of which RUN:SUBJECT is one subject, or "
            "STORE.sqlite#CONTEXT, a context as `trusteval store info` lists it",
        )
    compare.add_argument(
        "--max-drop",
        type=float,
        default=3.0,
        metavar="POINTS",
        help="what a score may drop (default: 3)",
    )
    compare.add_argument(
        "--flips",
        type=int,
        default=5,
        metavar="N",
        help="how many flipped items to print (default: 5)",
    )
    compare.add_argument("--json", type=Path, metavar="OUT", help="write everything here too")
    asked = compare.add_argument_group("what a store's context was asked")
    asked.add_argument("--profile", choices=tuple(PROFILES), help="default: demo")
    asked.add_argument("--protocol", choices=tuple(PROTOCOLS), help="default: strict")
    asked.add_argument("--data", type=Path, help="directory of the benchmarks' original files")
    asked.add_argument("--prompts", type=Path, help="a prompts.toml in place of trusteval's texts")
    compare.set_defaults(run=_compare)


def _compare(asked: argparse.Namespace) -> int:
    from trusteval.tracking.comparison import compare_runs
    from trusteval.tracking.comparison_lines import (
        comparison_document,
        comparison_lines,
        exit_code,
    )
    from trusteval.tracking.selection import is_store, pairs_of, select
    from trusteval.tracking.store_selection import Asking

    if not 0 < asked.max_drop <= 100:
        raise UsageError(f"--max-drop is in points, above 0 to 100, got {asked.max_drop}")
    if asked.flips < 0:
        raise UsageError(f"--flips is a number of items, got {asked.flips}")
    named = ("profile", "protocol", "data", "prompts")
    given = {name: value for name in named if (value := getattr(asked, name)) is not None}
    if given and not any(map(is_store, (asked.before, asked.after))):
        raise UsageError(f"--{next(iter(given))} is about STORE.sqlite#CONTEXT; other runs know")
    before, after = (select(run, Asking(**given)) for run in (asked.before, asked.after))
    found = compare_runs(
        before.run, after.run, pairs=pairs_of(before, after), max_drop=asked.max_drop
    )
    left_out = dict.fromkeys((*before.left_out, *after.left_out))
    print("\n".join((*left_out, *comparison_lines(found, flips=asked.flips))))
    if asked.json is not None:
        write_files({asked.json: json.dumps(comparison_document(found), indent=2, sort_keys=True)})
    return exit_code(found)


def add_history(commands: Any) -> None:
    """Declare `trusteval history`."""
    history = commands.add_parser("history", help="tell and draw how scores went from run to run")
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
    from trusteval.tracking.history import chosen_points, read_history
    from trusteval.tracking.plot import plot_history
    from trusteval.tracking.trend_lines import trend_lines

    if asked.last < 1:
        raise UsageError(f"--last is a number of runs from 1 on, got {asked.last}")
    points, unreadable = read_history(asked.file)
    chosen = chosen_points(points, subject=asked.subject, benchmark=asked.benchmark)
    print("\n".join(trend_lines(chosen, last=asked.last)))
    if unreadable:
        print(f"left out: {unreadable} lines of {asked.file} that cannot be read")
    if asked.plot is not None:
        plot_history(chosen, asked.plot)
    return 0
