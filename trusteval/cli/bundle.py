"""`trusteval bundle`: a finished run as evidence in one archive, made or checked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.printing import say


def add_bundle(commands: Any) -> None:
    """Declare `trusteval bundle`."""
    bundle = commands.add_parser(
        "bundle",
        help="put a finished run into an evidence bundle, or check one",
        epilog="Exit code: 0 made, or intact; 1 something in it does not agree; 2 wrong usage, a "
        "run that has not finished, or what cannot be read.",
    )
    add = bundle.add_argument
    add("run_folder", nargs="?", type=Path, metavar="RUN", help="a reports folder")
    add("out", nargs="?", type=Path, metavar="OUT.zip", help="where the bundle is written")
    add("--gates", type=Path, metavar="FILE", help="the gates.toml that judged, to include it")
    add(
        "--without-texts",
        action="store_true",
        help="leave out prompts and responses: benchmarks under licence, harmful texts",
    )
    add("--check", type=Path, metavar="OUT.zip", help="check a bundle instead of making one")
    bundle.set_defaults(run=_bundle)


def _bundle(asked: argparse.Namespace) -> int:
    if asked.check is not None:
        if asked.run_folder is not None or asked.gates is not None or asked.without_texts:
            raise UsageError("--check takes a bundle and nothing else")
        return _check(asked.check)
    if asked.out is None:
        raise UsageError("bundle takes RUN and OUT.zip, or --check OUT.zip")
    return _make(asked)


def _make(asked: argparse.Namespace) -> int:
    from trusteval.report.bundle.making import make_bundle
    from trusteval.system.files import real_path
    from trusteval.system.replacing import replace_file

    made = make_bundle(asked.run_folder, gates=asked.gates, with_texts=not asked.without_texts)
    try:
        place = real_path(asked.out)
        if place.exists() and not place.is_file():
            raise UsageError(f"cannot write {asked.out}: it is there and no file")
        replace_file(place, made.content)
    except OSError as error:
        raise UsageError(f"cannot write {asked.out}: {error.strerror}") from error
    say([f"{asked.out}: {made.word}, nothing is signed", *made.lines])
    return 0


def _check(path: Path) -> int:
    from trusteval.report.bundle.checking import check_bundle

    found = check_bundle(path)
    n = len(found.findings)
    verdict = f"{n} findings" if n else "intact"
    if n:
        say([*found.notes, *found.findings, f"{path}: {verdict}"])
        return 1
    say([*found.notes, f"{path}: intact, the run is {found.word}; nothing in it is signed"])
    return 0
