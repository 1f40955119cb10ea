"""`trusteval doctor`: what this machine can run, and how to fix what it cannot."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.cli.json_file import write_json
from trusteval.system.printing import say


def add_doctor(commands: Any) -> None:
    """Declare `trusteval doctor`."""
    doctor = commands.add_parser(
        "doctor",
        help="tell what this machine can run, and how to fix what it cannot",
        epilog="Exit code 1 if there is a problem.",
    )
    doctor.add_argument(
        "--data", type=Path, help="directory of the benchmarks' files (else TRUSTEVAL_DATA)"
    )
    doctor.add_argument("--json", type=Path, metavar="OUT", help="write the findings here too")
    doctor.set_defaults(run=_doctor)


def _doctor(asked: argparse.Namespace) -> int:
    from trusteval.doctor.examination import examine
    from trusteval.doctor.finding import finding_lines, findings_document, has_problem

    findings = examine(asked.data)
    say(finding_lines(findings))
    write_json(asked.json, findings_document(findings))
    return 1 if has_problem(findings) else 0
