"""`trusteval plan`: what the rows of a gates.toml can show, before any model answers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.cli.json_file import write_json
from trusteval.errors import UsageError
from trusteval.run.options import GATES, Options
from trusteval.system.printing import say


def add_plan(commands: Any) -> None:
    """Declare `trusteval plan`."""
    from trusteval.protocols import PROTOCOLS
    from trusteval.suite.profiles import PROFILES

    plan = commands.add_parser(
        "plan",
        help="tell what the rows of a gates.toml can show, before any model answers",
        epilog="Asks no model and needs only the data. Exit code 1 where a blocking row holds a "
        "limit that no answers can keep.",
    )
    add = plan.add_argument
    default = f"default: {GATES.as_posix()}, else the one that ships"
    add("--gates", type=Path, metavar="FILE", help=default)
    add("--profile", choices=tuple(PROFILES), default="quick", help="default: quick")
    add("--variants", required=True, metavar="LIST", help="as --trust-variants has them")
    add("--ensembles", default="auto", metavar="LIST", help="as --trust-ensembles has them")
    add("--references", default="", metavar="LIST", help="as --trust-references has them")
    add("--data", type=Path, metavar="DIR", help="the benchmarks' files (else TRUSTEVAL_DATA)")
    add("--protocol", choices=tuple(PROTOCOLS), default="strict", help="default: strict")
    add("--baseline", type=Path, metavar="FILE", help="take from it how many answers differ")
    add("--json", type=Path, metavar="OUT", help="write the figures here too")
    plan.set_defaults(run=_plan)


def _plan(asked: argparse.Namespace) -> int:
    from trusteval.gates.plan_table import plan_document, table_lines
    from trusteval.gates.power_check import unmeetable
    from trusteval.run.configure import prepare_plan
    from trusteval.run.plan import budget_of, plan_of

    if asked.baseline is not None and not asked.baseline.is_file():
        raise UsageError(f"no baseline at {asked.baseline}; name an accepted .json.gz file")
    run = prepare_plan(_options(asked))
    lines = plan_of(run)
    refused = unmeetable(lines)
    notices = [*run.notices(), *([] if refused is None else [f"refused by a run: {refused}"])]
    say([*table_lines(lines), budget_of(run), *notices])
    write_json(asked.json, plan_document(lines, profile=asked.profile))
    return 0 if refused is None else 1


def _options(asked: argparse.Namespace) -> Options:
    from trusteval.gates.shipped import default_gates, stands_in

    return Options(
        model="demo",
        variants=asked.variants,
        ensembles=asked.ensembles,
        references=asked.references,
        profile=asked.profile,
        protocol=asked.protocol,
        data=asked.data,
        gates=asked.gates or default_gates(GATES),
        baseline=asked.baseline,
        gates_are_named=asked.gates not in (None, GATES),
        gates_ship=asked.gates is None and stands_in(GATES),
    )
