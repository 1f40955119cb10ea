"""`trusteval store`: looks after the recorded answers."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trusteval.errors import StoreError
from trusteval.system.machine import cache_directory
from trusteval.system.printing import say


def add_store(commands: Any) -> None:
    """Declare `trusteval store` and its actions."""
    store = commands.add_parser("store", help="look after the recorded answers")
    actions = store.add_subparsers(dest="action", required=True)

    def add(name: str, run: Any, text: str) -> Any:
        action = actions.add_parser(name, help=text)
        action.add_argument(
            "--store", type=Path, metavar="FILE", help="the store (default: in the cache directory)"
        )
        action.set_defaults(run=run)
        return action

    add("info", _info, "tell what is there, by what it was recorded with")
    export = add("export", _export, "write everything to a .jsonl or .parquet file")
    export.add_argument("out", type=Path)
    export.add_argument("--salvage", action="store_true", help="leave out what cannot be read")
    add(
        "import", _import, "merge an exported file into a store; exit code 1 if answers differ"
    ).add_argument("file", type=Path)
    gc = add("gc", _gc, "throw answers away")
    gc.add_argument("--older-than", metavar="AGE", help="recorded before: 12h, 30d, 8w")
    for option, text in (
        ("--fingerprint", "recorded with what begins so: a weights fingerprint, a version"),
        ("--keep", "never these"),
    ):
        gc.add_argument(option, action="append", default=[], metavar="PREFIX", help=text)
    gc.add_argument("--dry-run", action="store_true", help="only tell how many")
    add("check", _check, "look for damage; exit code 1 if there is any")


def _info(asked: argparse.Namespace) -> int:
    from trusteval.cli.store_lines import info_lines
    from trusteval.store.responses import existing_store

    return _show(info_lines(existing_store(_path(asked))))


def _export(asked: argparse.Namespace) -> int:
    from trusteval.cli.store_lines import export_lines
    from trusteval.store.responses import existing_store

    return _show(export_lines(existing_store(_path(asked)), asked.out, salvage=asked.salvage))


def _import(asked: argparse.Namespace) -> int:
    from trusteval.cli.store_lines import import_lines
    from trusteval.store.importing import import_file
    from trusteval.store.responses import ResponseStore

    done = import_file(ResponseStore(_path(asked)), asked.file)
    _show(import_lines(done, into=_path(asked)))
    return 1 if done.conflicting else 0


def _gc(asked: argparse.Namespace) -> int:
    from trusteval.cli.store_lines import garbage_of, gc_lines
    from trusteval.store.responses import existing_store

    garbage = garbage_of(
        older_than=asked.older_than, fingerprints=asked.fingerprint, keep=asked.keep
    )
    return _show(gc_lines(existing_store(_path(asked)), garbage, dry_run=asked.dry_run))


def _check(asked: argparse.Namespace) -> int:
    from trusteval.store.checkup import complaints
    from trusteval.store.responses import existing_store

    try:
        store = existing_store(_path(asked))
    except StoreError as error:
        _show([str(error)])
        return 1
    found = complaints(store)
    if not found:
        return _show([f"{store.path}: {len(store):,} answers, all as they were recorded"])
    _show(
        [
            *(f"{store.path}: {line}" for line in found),
            f"save what can be read (trusteval store export --salvage FILE --store={store.path}), "
            "move the file away, and import FILE",
        ]
    )
    return 1


def _path(asked: argparse.Namespace) -> Path:
    given: Path | None = asked.store
    return given or cache_directory() / "responses.sqlite"


def _show(lines: Iterable[str]) -> int:
    for line in lines:
        say([line])
    return 0
