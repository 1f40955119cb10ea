"""`trusteval read`: how one text is read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, shown_size
from trusteval.system.printing import say, say_document

_MOST_READ = MIB
"""What one answer may hold."""


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
    add("--prompts", type=Path, help="a prompts.toml, for the spellings of labels that it brings")
    add("--json", action="store_true", help="print JSON")
    read.set_defaults(run=_read)


def _read(asked: argparse.Namespace) -> int:
    from trusteval.audit.single_reading import chosen_setting, read_text, reading_document
    from trusteval.system.files import decode
    from trusteval.tracking.items import shown_answer

    setting = chosen_setting(asked.benchmark, asked.setting, prompts=asked.prompts)
    text = asked.text
    if text == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed; give the text itself in place of -")
        raw = sys.stdin.buffer.read(_MOST_READ + 1)
        if len(raw) > _MOST_READ:
            raise UsageError(f"standard input holds more than {shown_size(_MOST_READ)}")
        text = decode(raw, path=Path("standard input"))
    reading = read_text(
        setting, text, options=asked.option, is_cut=asked.cut, protocol=asked.protocol
    )
    if asked.json:
        found = reading_document(reading, setting=setting, protocol=asked.protocol)
        say_document(found)
        return 0
    span = f"span: {reading.span!r}" if reading.span else "span: none"
    say([shown_answer(reading.answer), f"rule: {reading.rule}", span])
    return 0
