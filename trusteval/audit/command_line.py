"""`trusteval read`: its options."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add_read(commands: Any) -> None:
    """Declare `trusteval read`."""
    from trusteval.protocols import PROTOCOLS

    read = commands.add_parser(
        "read",
        help="read one text: its answer, the rule that decided and the words it rests on",
    )
    add = read.add_argument
    add("text", metavar="TEXT", help="what a model said; - reads standard input")
    add("--benchmark", required=True, metavar="NAME", help="ethics, ood, ...")
    add("--setting", metavar="NAME", help="needed where a benchmark's settings differ in labels")
    add(
        "--option",
        action="append",
        default=[],
        metavar="TEXT",
        help="the text of a choice that letters or digits stand for; again for each, in order",
    )
    add("--cut", action="store_true", help="generation stopped at the token limit")
    add("--protocol", choices=tuple(PROTOCOLS), default="strict", help="who reads")
    add("--json", action="store_true", help="print JSON")
    read.set_defaults(run=_read)


def _read(asked: argparse.Namespace) -> int:
    from trusteval.audit.single_reading import chosen_setting, read_text, reading_document
    from trusteval.files import decode
    from trusteval.tracking.answered_run import shown_answer

    setting = chosen_setting(asked.benchmark, asked.setting)
    text = asked.text
    if text == "-":
        text = decode(sys.stdin.buffer.read(), path=Path("standard input"))
    reading = read_text(
        setting, text, options=asked.option, is_cut=asked.cut, protocol=asked.protocol
    )
    if asked.json:
        found = reading_document(reading, setting=setting, protocol=asked.protocol)
        print(json.dumps(found, indent=2, sort_keys=True))
        return 0
    print(shown_answer(reading.answer))
    print(f"rule: {reading.rule}")
    print(f"span: {reading.span!r}" if reading.span else "span: none")
    return 0
