"""`trusteval score`: scores of answers recorded elsewhere, without a model."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.files import real_path, write_files
from trusteval.system.printing import complain, say_document


def add_score(commands: Any) -> None:
    """Declare `trusteval score`."""
    from trusteval.importers.decodingtrust import BENCHMARKS
    from trusteval.protocols import PROTOCOLS

    score = commands.add_parser("score", help="score answers recorded elsewhere, without a model")
    add = score.add_argument
    add("--format", choices=("jsonl", "decodingtrust"), required=True, help="their layout")
    add("--recordings", type=Path, required=True, help="a file (jsonl) or a folder")
    add("--benchmark", choices=BENCHMARKS, help="what the folder records (decodingtrust)")
    add(
        "--recorded-model",
        action="append",
        default=[],
        metavar="NAME",
        help="the model's name in file names; again for another spelling (decodingtrust)",
    )
    add("--data", type=Path, help="directory of the benchmarks' files (else TRUSTEVAL_DATA)")
    add("--protocol", choices=tuple(PROTOCOLS), default="strict", help="how answers are scored")
    add("--include-crime", action="store_true", help="adult: score the three crime settings too")
    add("--json", type=Path, metavar="OUT", help="write the scores here instead of printing them")
    add("--items", type=Path, metavar="OUT", help="write how every answer was read, as JSON lines")
    score.set_defaults(run=_score)


def _score(asked: argparse.Namespace) -> int:
    from trusteval.importers.document import item_lines, scores_document
    from trusteval.importers.items import ItemSource
    from trusteval.importers.scoring import score_recordings
    from trusteval.protocols import PROTOCOLS
    from trusteval.suite.origin import named_origin

    named = [real_path(path) for path in (asked.recordings, asked.json, asked.items) if path]
    if len(set(named)) < len(named):
        raise UsageError("--recordings, --json and --items need to be different files")
    recorded = _recorded(asked)
    scored = score_recordings(
        recorded,
        protocol=PROTOCOLS[asked.protocol],
        items=ItemSource(named_origin(asked.data)),
        include_crime=asked.include_crime,
    )
    for benchmark in scored:
        for doubt in benchmark.doubts:
            complain(doubt)
    document = scores_document(scored, protocol=asked.protocol)
    text = json.dumps(document, indent=2, sort_keys=True)
    written = {} if asked.json is None else {asked.json: text}
    if asked.items is not None:
        lines = [json.dumps(line, sort_keys=True) for line in item_lines(scored)]
        written[asked.items] = "\n".join(lines)
    write_files(written)
    if asked.json is None:
        say_document(document)
    return 0


def _recorded(asked: argparse.Namespace) -> list[Any]:
    from trusteval.importers.decodingtrust import read_decodingtrust
    from trusteval.importers.jsonl import read_jsonl

    if asked.format == "jsonl":
        if asked.benchmark is not None or asked.recorded_model:
            raise UsageError("--benchmark and --recorded-model belong to --format decodingtrust")
        answers = read_jsonl(asked.recordings)
    else:
        if asked.benchmark is None or not asked.recorded_model:
            raise UsageError("--format decodingtrust needs --benchmark and --recorded-model")
        answers, unused = read_decodingtrust(
            asked.recordings, benchmark=asked.benchmark, models=asked.recorded_model
        )
        for path in unused:
            complain(f"{path.name} names no setting of {asked.benchmark}; left out")
    if not answers:
        raise UsageError(f"{asked.recordings} holds no answer")
    return answers
