"""`trusteval gates`: rows of a gates.toml, suggested from what a run recorded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.printing import complain, say


def add_gates(commands: Any) -> None:
    """Declare `trusteval gates`."""
    gates = commands.add_parser("gates", help="suggest rows of a gates.toml from a recorded run")
    actions = gates.add_subparsers(dest="action", required=True)
    suggest = actions.add_parser(
        "suggest",
        help="suggest rows whose limits the samples of a recorded run resolve",
        epilog="Prints a gates.toml; its comments say what these samples cannot resolve. Exit "
        "code 1 where no row can be suggested.",
    )
    add = suggest.add_argument
    add(
        "run_named",
        metavar="RUN",
        help="a reports folder or a baseline; RUN:SUBJECT is one subject",
    )
    add("--out", type=Path, metavar="FILE", help="write it here, never over a file that is there")
    add(
        "--power",
        type=float,
        default=0.8,
        metavar="SHARE",
        help="the share of runs, 0.8 to 0.99, in which a limit is to hold and to be found broken "
        "(default: 0.8, which trusteval plan asks for)",
    )
    suggest.set_defaults(run=_suggest)


def _suggest(asked: argparse.Namespace) -> int:
    from trusteval.run.suggested_rows import suggested_file, suggested_rows
    from trusteval.starting.placing import is_taken, place
    from trusteval.tracking.selection import is_store, select
    from trusteval.tracking.store_selection import Asking

    if not 0.8 <= asked.power <= 0.99:
        raise UsageError(f"--power is a share of runs from 0.8 to 0.99, got {asked.power:g}")
    if is_store(asked.run_named):
        raise UsageError(
            "gates suggest takes a reports folder or a baseline, not a store's context"
        )
    if asked.out is not None and is_taken(asked.out):
        raise UsageError(f"{asked.out} is there already; name another file with --out")
    chosen = select(asked.run_named, Asking())
    if not chosen.run.answer_tables:
        raise UsageError(f"{asked.run_named} holds no answers; nothing can be suggested from it")
    parts = list(suggested_rows(chosen.run, power=asked.power, subject=chosen.subject))
    text = suggested_file(chosen, parts, named=asked.run_named, power=asked.power)
    n_rows = sum(len(part.rows) for part in parts)
    if not n_rows or asked.out is None:
        say(text.rstrip("\n").split("\n"))
    if not n_rows:
        complain("these samples resolve no limit: no row is suggested")
        return 1
    if asked.out is None:
        return 0
    place(Path(), {asked.out: text})
    say([f"{n_rows} rows are in {asked.out}; what is not resolved is said in its comments"])
    return 0
