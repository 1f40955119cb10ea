"""The command line: what is done with a run after pytest has ended."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from trusteval.errors import TrustEvalError, UsageError
from trusteval.report.record import RunRecord, run_record_from_dict
from trusteval.report.table import summary_lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 2 after a one-line error."""
    parser = argparse.ArgumentParser(prog="trusteval", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    report = commands.add_parser("report", help="print the table of a finished run")
    report.add_argument(
        "directory", nargs="?", type=Path, default=Path("reports/latest"), help="a reports folder"
    )
    asked = parser.parse_args(arguments)
    try:
        _report(asked.directory)
    except TrustEvalError as error:
        print(f"trusteval: {error}", file=sys.stderr)
        return 2
    return 0


def _report(directory: Path) -> None:
    for line in summary_lines(_read(directory), width=shutil.get_terminal_size().columns):
        print(line)


def _read(directory: Path) -> RunRecord:
    path = directory / "verdicts.json"
    try:
        return run_record_from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(
            f"no report at {path}: {error.strerror}; run the gate first, or name its folder"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no verdicts.json of this version: {error!r}") from error


if __name__ == "__main__":
    sys.exit(main())
