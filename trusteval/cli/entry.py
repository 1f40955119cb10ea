"""The command line: everything but judging a model, which pytest does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from trusteval.cli.audit import add_audit
from trusteval.cli.bundle import add_bundle
from trusteval.cli.compare import add_compare
from trusteval.cli.data import add_data
from trusteval.cli.doctor import add_doctor
from trusteval.cli.ensemble import add_ensemble
from trusteval.cli.export import add_export
from trusteval.cli.gate import add_gate
from trusteval.cli.gates import add_gates
from trusteval.cli.history import add_history
from trusteval.cli.init import add_init
from trusteval.cli.plan import add_plan
from trusteval.cli.quantize import add_quantize
from trusteval.cli.read import add_read
from trusteval.cli.report import add_report
from trusteval.cli.schema import add_schema
from trusteval.cli.score import add_score
from trusteval.cli.store import add_store
from trusteval.errors import TrustEvalError
from trusteval.system.faults import UNFORESEEN, fault_line, fault_trace
from trusteval.system.files import explaining_places, refuse_unnameable
from trusteval.system.machine import settle_places
from trusteval.system.printing import Parser, complain, shown

_COMMANDS: tuple[Callable[[Any], None], ...] = (
    add_init,
    add_report,
    add_score,
    add_data,
    add_quantize,
    add_doctor,
    add_store,
    add_compare,
    add_gate,
    add_ensemble,
    add_history,
    add_plan,
    add_gates,
    add_read,
    add_audit,
    add_schema,
    add_bundle,
    add_export,
)
"""Each declares one command, whose file imports what it needs when it runs; in --help's order."""
_DEBUG = "--debug"
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code, 2 after a one-line error.

    130 after Ctrl-C; 10 after a fault of trusteval itself, whose traceback --debug shows.
    """
    return shown(lambda: _main(list(sys.argv[1:] if arguments is None else arguments)))


def _main(words: list[str]) -> int:
    ours = words[: words.index("--")] if "--" in words else words
    is_debug = _DEBUG in ours
    words = [word for word in ours if word != _DEBUG] + words[len(ours) :]
    try:
        with explaining_places():
            for word in words:
                refuse_unnameable(word)
            asked = _parser().parse_args(words)
            settle_places()
            return int(asked.run(asked))
    except TrustEvalError as error:
        complain(*str(error).split("\n"))
        return 2
    except KeyboardInterrupt:
        complain("interrupted")
        return _INTERRUPTED
    except Exception as fault:  # the last catch: exit 1 would say that something got worse
        if is_debug:
            complain(*fault_trace(fault).split("\n"))
        complain(fault_line(fault, shown_by=_DEBUG))
        return UNFORESEEN


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="trusteval",
        description=__doc__,
        epilog="Exit code: 0; 1 if something is worse or a problem was found; 2 for wrong usage or "
        "unreadable input; 10 after a fault of trusteval itself. compare and gate have more codes.",
    )
    parser.add_argument(
        _DEBUG, action="store_true", help="show where a fault of trusteval itself was"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for add in _COMMANDS:
        add(commands)
    return parser
