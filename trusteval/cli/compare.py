"""`trusteval compare`: two recorded runs item by item, or two readers of one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.cli.json_file import write_json
from trusteval.errors import UsageError
from trusteval.system.printing import say

if TYPE_CHECKING:
    from trusteval.tracking.margins import Margins

_OF_STORE = ("profile", "protocol", "data", "prompts")
"""The options about what a store's context was asked."""


def add_compare(commands: Any) -> None:
    """Declare `trusteval compare`."""
    from trusteval.protocols import PROTOCOLS
    from trusteval.suite.profiles import PROFILES

    compare = commands.add_parser(
        "compare",
        help="compare two recorded runs item by item, or two readers of one",
        epilog="Exit code: 0 no regression, 1 regression, 2 usage, 3 inconclusive, "
        "4 not comparable; the first of 1, 4, 3, 0 that holds. With --reader: 0 everything was "
        "read anew, 4 something was not.",
    )
    runs = (("before", "the reference", None), ("after", "the run that is asked about", "?"))
    for name, text, nargs in runs:
        compare.add_argument(
            name,
            nargs=nargs,
            metavar="RUN",
            help=f"{text}: a reports folder or a baseline, of which RUN:SUBJECT is one subject, or "
            "STORE.sqlite#CONTEXT, a context as `trusteval store info` lists it; or what another "
            "tool recorded: a folder of lm-evaluation-harness (--log_samples), a log of inspect",
        )
    compare.add_argument(
        "--reader",
        action="store_true",
        help="of one RUN, no context: what this version's answer reader reads differently",
    )
    compare.add_argument(
        "--max-drop",
        action="append",
        default=[],
        metavar="[NAME=]POINTS",
        help="what a score may drop (default: 3); NAME=POINTS for one benchmark or dimension",
    )
    compare.add_argument(
        "--flips",
        type=int,
        default=5,
        metavar="N",
        help="how many flipped items to print of each part (default: 5)",
    )
    compare.add_argument(
        "--benchmark",
        action="append",
        default=[],
        metavar="NAME",
        help="compare only this benchmark or dimension; repeatable",
    )
    compare.add_argument("--json", type=Path, metavar="OUT", help="write everything here too")
    others = compare.add_argument_group("what other tools recorded")
    others.add_argument(
        "--metric",
        metavar="NAME",
        help="the metric that tasks are compared by (default: acc, else exact_match, else all)",
    )
    others.add_argument(
        "--shared",
        action="store_true",
        help="compare the items that both have (default: other items are not comparable)",
    )
    asked = compare.add_argument_group("what a store's context was asked (--data: --reader too)")
    asked.add_argument("--profile", choices=tuple(PROFILES), help="default: demo")
    asked.add_argument("--protocol", choices=tuple(PROTOCOLS), help="default: strict")
    asked.add_argument("--data", type=Path, help="directory of the benchmarks' original files")
    asked.add_argument("--prompts", type=Path, help="a prompts.toml in place of trusteval's texts")
    compare.set_defaults(run=_compare)


def _compare(asked: argparse.Namespace) -> int:
    from trusteval.cli.compare_tools import compare_tools, tool_places
    from trusteval.tracking.margins import read_margins
    from trusteval.tracking.selection import is_store

    if asked.flips < 0:
        raise UsageError(f"--flips is a number of items, got {asked.flips}")
    given = {name: value for name in _OF_STORE if (value := getattr(asked, name)) is not None}
    if places := tool_places(asked):
        if given and not asked.reader:
            raise _of_no_store(given)
        return compare_tools(asked, places)
    if asked.metric or asked.shared:
        told = "--metric" if asked.metric else "--shared"
        raise UsageError(f"{told} is about what other tools recorded; no RUN here is such")
    margins = read_margins(asked.max_drop)
    if asked.reader:
        return _compare_readers(asked)
    if asked.after is None:
        raise UsageError("compare takes two RUNs, or with --reader one")
    if given and not any(map(is_store, (asked.before, asked.after))):
        raise _of_no_store(given)
    return _compare_runs(asked, given, margins=margins)


def _of_no_store(given: Mapping[str, Any]) -> UsageError:
    return UsageError(f"--{next(iter(given))} is about STORE.sqlite#CONTEXT; other runs know")


def _compare_runs(asked: argparse.Namespace, given: Mapping[str, Any], *, margins: Margins) -> int:
    from trusteval.tracking.change import Limits
    from trusteval.tracking.comparison import compare_runs
    from trusteval.tracking.comparison_lines import (
        comparison_document,
        comparison_lines,
        exit_code,
    )
    from trusteval.tracking.selection import (
        described,
        of_benchmarks,
        pairs_of,
        refuse_unknown_benchmarks,
        select,
        unpaired,
    )
    from trusteval.tracking.store_selection import Asking

    named = (asked.before, asked.after)
    whole = [select(run, Asking(**given)) for run in named]
    refuse_unknown_benchmarks(asked.benchmark, *whole)
    pairs, alone = pairs_of(*whole), unpaired(*whole)
    before, after = (of_benchmarks(one, asked.benchmark) for one in whole)
    found = compare_runs(before.run, after.run, pairs=pairs, margins=margins)
    left_out = dict.fromkeys((*before.left_out, *after.left_out))
    new = [f"not compared, only in the second run: {', '.join(alone[1])}"] if alone[1] else []
    incomplete = [
        f"INCOMPLETE {which} run: {one.incomplete}"
        for which, one in zip(("first", "second"), whole, strict=True)
        if one.incomplete
    ]
    say((*incomplete, *left_out, *new, *comparison_lines(found, flips=asked.flips)))
    runs = dict(zip(("before", "after"), map(described, whole, named, alone), strict=True))
    cut_short = any(one.is_cut_short for one in whole)
    limits = Limits(margins.every, max((one.limits.family for one in found), default=1))
    document = comparison_document(found, limits=limits, runs=runs, cut_short=cut_short)
    write_json(asked.json, document)
    return exit_code(found, cut_short=cut_short)


def _compare_readers(asked: argparse.Namespace) -> int:
    from trusteval.suite.origin import named_origin
    from trusteval.tracking.item_options import ItemOptions
    from trusteval.tracking.reader_change import read_parts_anew
    from trusteval.tracking.reader_lines import exit_code, reader_document, reader_lines
    from trusteval.tracking.reader_version import present_reader, reader_of
    from trusteval.tracking.selection import (
        is_store,
        of_benchmarks,
        refuse_unknown_benchmarks,
        select,
    )
    from trusteval.tracking.store_selection import Asking

    if asked.after is not None or is_store(asked.before):
        raise UsageError(
            "--reader takes one RUN, a reports folder or a baseline: what a store holds is always "
            "read by this version's reader"
        )
    other = [name for name in ("max_drop", "profile", "protocol", "prompts") if vars(asked)[name]]
    if other:
        raise UsageError(f"--{other[0].replace('_', '-')} does not go with --reader")
    chosen = select(asked.before, Asking())
    refuse_unknown_benchmarks(asked.benchmark, chosen)
    run = of_benchmarks(chosen, asked.benchmark).run
    parts = read_parts_anew(
        run,
        run.subjects if chosen.subject is None else (chosen.subject,),
        options=ItemOptions(run.facts, named_origin(asked.data)),
        most=asked.flips if asked.json is None else None,
    )
    then, now = reader_of(run.facts), present_reader(run.facts)
    say(reader_lines(parts, then=then, now=now, flips=asked.flips))
    write_json(asked.json, reader_document(parts, then=then, now=now))
    return exit_code(parts)
