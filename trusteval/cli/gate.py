"""`trusteval gate`: rows of a gates file on what other tools recorded, without a model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.system.printing import say

if TYPE_CHECKING:
    from trusteval.results.judging import NotJudged
    from trusteval.types import Verdict


def add_gate(commands: Any) -> None:
    """Declare `trusteval gate`."""
    gate = commands.add_parser(
        "gate",
        help="judge what other tools recorded by rows of a gates file",
        description="Judges results that lm-evaluation-harness (--log_samples) or inspect recorded "
        "by rows of a gates file, whose benchmarks are their tasks and whose metrics are theirs "
        "(score: the one that tasks are compared by). Asks no model.",
        epilog="Exit code: 0 every blocking row passes, 1 one fails, 2 usage, 3 one is "
        "inconclusive, 4 one cannot be decided, compared or judged at all; the first of 1, 4, 3, 0 "
        "that holds. Rows at level warn change it only where nothing can be judged.",
    )
    gate.add_argument(
        "results",
        nargs="+",
        metavar="RUN",
        help="a folder or log, or NAME=PLACE; the first is what rows compare with (dense, unless "
        "named), and is held itself by rows that bound a value",
    )
    gate.add_argument("--gates", type=Path, required=True, metavar="FILE", help="the rows")
    gate.add_argument(
        "--shared",
        action="store_true",
        help="compare the items that both have (default: other items are not comparable)",
    )
    gate.add_argument(
        "--json", type=Path, metavar="OUT", help="write this here too, as verdicts.json is"
    )
    gate.set_defaults(run=_gate)


def _gate(asked: argparse.Namespace) -> int:
    from trusteval.report.tool_record import tool_record
    from trusteval.results.judging import exit_code
    from trusteval.run.tool_results import read_results
    from trusteval.system.files import write_files

    results = read_results(asked.results, gates=asked.gates, shared_only=asked.shared)
    judging = results.judging
    found = [judging.judge(gate, name) for gate, name in judging.pairs]
    say([*judging.confounds(), *judging.notices, *_lines(found)])
    if asked.json is not None:
        record = tool_record(judging, found, gates_sha256=results.gates_sha256)
        write_files({asked.json: record.to_json()})
    return exit_code(found, is_partial=bool(judging.missing))


def _lines(found: Sequence[Verdict | NotJudged]) -> list[str]:
    """Word every verdict and what has none, and count them."""
    from trusteval.report.outcomes import shown_outcome
    from trusteval.types import Verdict

    verdicts = [one for one in found if isinstance(one, Verdict)]
    missing = [one for one in found if not isinstance(one, Verdict)]
    words = [shown_outcome(verdict) for verdict in verdicts]
    counts = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
    return [
        *(f"{word}: {one.message}" for word, one in zip(words, verdicts, strict=True)),
        *(f"INCOMPLETE: not judged: {one.sentence}" for one in missing),
        ", ".join([*counts, *([f"{len(missing)} not judged"] if missing else [])]),
    ]
