"""The command line: what is done without judging a model in this run."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.errors import TrustEvalError, UsageError
from trusteval.system.bounded import MIB, read_json
from trusteval.system.faults import UNFORESEEN, fault_line, fault_trace
from trusteval.system.files import explaining_places, real_path, refuse_unnameable, write_files
from trusteval.system.machine import settle_places
from trusteval.system.printing import Parser, complain, say, say_document, shown

if TYPE_CHECKING:
    from trusteval.report.circumstances import Circumstances

_MOST_VERDICTS = 64 * MIB
"""What verdicts.json and run.json may hold; those of a quick run have 0.1 MiB."""


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
    from trusteval.cli.audit import add_audit, add_read
    from trusteval.cli.plan import add_plan
    from trusteval.cli.store import add_store
    from trusteval.cli.tracking import add_compare, add_history

    parser = Parser(
        prog="trusteval",
        description=__doc__,
        epilog="Exit code: 0, 1 if something is worse or a problem was found, 2 if it was asked "
        "wrongly or cannot be read, 10 after a fault of trusteval itself; compare tells more.",
    )
    parser.add_argument(
        _DEBUG, action="store_true", help="show where a fault of trusteval itself was"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_report(commands)
    _add_score(commands)
    _add_data(commands)
    _add_quantize(commands)
    _add_doctor(commands)
    add_store(commands)
    add_compare(commands)
    add_history(commands)
    add_plan(commands)
    add_read(commands)
    add_audit(commands)
    return parser


# -- trusteval report --------------------------------------------------------------------


def _add_report(commands: Any) -> None:
    report = commands.add_parser("report", help="print the table of a finished run")
    report.add_argument(
        "directory", nargs="?", type=Path, default=Path("reports/latest"), help="a reports folder"
    )
    report.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    from trusteval.report.ledger import Ending
    from trusteval.report.record import run_record_from_dict
    from trusteval.report.summary import summarize
    from trusteval.report.table import summary_lines

    path = asked.directory / "verdicts.json"
    try:
        record = run_record_from_dict(read_json(path, most=_MOST_VERDICTS))
        told = _circumstances(asked.directory / "run.json")
        if record.ending is Ending.UNFINISHED:
            raise UsageError(
                f"{path}: {record.ending.sentence} ({told.run_line}); wait, or run it again"
            )
        summary = summarize(record, told)
        lines = list(summary_lines(summary, width=shutil.get_terminal_size().columns))
    except OSError as error:
        raise UsageError(
            f"no report at {path}: {error.strerror}; run the gate first, or name its folder"
        ) from error
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path} is no verdicts.json of this version: {error}") from error
    say([told.run_line, *lines])
    return 0


def _circumstances(path: Path) -> Circumstances:
    """Read which run a report is of; what cannot be read is unknown."""
    from trusteval.report.circumstances import Circumstances, circumstances
    from trusteval.report.document_shape import check_circumstances

    try:
        found = read_json(path, most=_MOST_VERDICTS)
        check_circumstances(found)
    except (OSError, ValueError):
        return Circumstances()
    return circumstances(found)


# -- trusteval score ---------------------------------------------------------------------


def _add_score(commands: Any) -> None:
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


# -- trusteval data ----------------------------------------------------------------------


def _add_data(commands: Any) -> None:
    data = commands.add_parser("data", help="look at the benchmarks' files")
    check = data.add_subparsers(dest="action", required=True).add_parser(
        "check",
        help="tell what is there, what is missing, what deviates and what that costs",
        epilog="Exit code 1 if a file that is there is malformed or deviates, or nothing is there.",
    )
    check.add_argument("directory", type=Path, help="directory of the benchmarks' files")
    check.add_argument("--json", type=Path, metavar="OUT", help="write the findings here too")
    check.set_defaults(run=_check_data)


def _check_data(asked: argparse.Namespace) -> int:
    from trusteval.suite.data_check import check_data, data_document, data_lines, is_damaged

    checked = check_data(asked.directory)
    say(data_lines(checked))
    if asked.json is not None:
        text = json.dumps(data_document(checked), indent=2, sort_keys=True)
        write_files({asked.json: text})
    return 1 if is_damaged(checked) else 0


# -- trusteval doctor --------------------------------------------------------------------


def _add_doctor(commands: Any) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="tell what this machine can run, and what to do about what it cannot",
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
    if asked.json is not None:
        text = json.dumps(findings_document(findings), indent=2, sort_keys=True)
        write_files({asked.json: text})
    return 1 if has_problem(findings) else 0


# -- trusteval quantize ------------------------------------------------------------------


def _add_quantize(commands: Any) -> None:
    quantize = commands.add_parser("quantize", help="build quantized checkpoints, without judging")
    add = quantize.add_argument
    add("model", help="a dense model: directory, hub id, .gguf file, or demo")
    add(
        "--variants",
        required=True,
        metavar="LIST",
        help="METHOD-BITS[:gN][:sym|:asym][:actorder][@SEED],... for example gptq-8,awq-3",
    )
    add("--out", type=Path, required=True, help="the folder they go into, one folder each")
    add("--calibration", type=Path, help="calibration text, paragraphs parted by blank lines")
    add("--device", default="auto", help="cpu, cuda, cuda:1, auto")
    add("--trust-remote-code", action="store_true", help="run code that the model brings")
    quantize.set_defaults(run=_quantize)


def _quantize(asked: argparse.Namespace) -> int:
    from trusteval.cli.quantize import Order, build_order
    from trusteval.run.subjects import parse_variants
    from trusteval.system.machine import cache_directory, default_device
    from trusteval.system.progress import no_progress, terminal_progress
    from trusteval.system.url_secrets import refuse_secrets

    refuse_secrets(asked.model, "model")
    variants = parse_variants(asked.variants)
    foreign = [variant.name for variant in variants if variant.recipe is None]
    if foreign or not variants:
        got = ", ".join(foreign) or "none"
        raise UsageError(f"--variants: expected recipes such as gptq-4, got {got}")
    order = Order(
        model=asked.model,
        recipes=tuple(variant.recipe for variant in variants if variant.recipe is not None),
        out=asked.out,
        cache=cache_directory(),
        calibration=asked.calibration,
        device=default_device() if asked.device == "auto" else asked.device,
        trust_remote_code=asked.trust_remote_code,
    )

    def draw(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    is_watched = sys.stderr is not None and sys.stderr.isatty()
    progress = terminal_progress(draw) if is_watched else no_progress
    for line in build_order(order, progress=progress):
        say([line])
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
