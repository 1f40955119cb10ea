"""`trusteval data check`: what of the benchmarks' files is there, and what deviates."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.cli.json_file import write_json
from trusteval.system.printing import say


def add_data(commands: Any) -> None:
    """Declare `trusteval data` and its actions."""
    data = commands.add_parser("data", help="look at the benchmarks' files")
    check = data.add_subparsers(dest="action", required=True).add_parser(
        "check",
        help="list what is there, missing or deviating, and the settings affected",
        epilog="Exit code 1 if a file that is there is malformed or deviates, or nothing is there.",
    )
    check.add_argument("directory", type=Path, help="directory of the benchmarks' files")
    check.add_argument("--json", type=Path, metavar="OUT", help="write the findings here too")
    check.set_defaults(run=_check_data)


def _check_data(asked: argparse.Namespace) -> int:
    from trusteval.suite.data_check import check_data, data_document, data_lines, is_damaged

    checked = check_data(asked.directory)
    say(data_lines(checked))
    write_json(asked.json, data_document(checked))
    return 1 if is_damaged(checked) else 0
