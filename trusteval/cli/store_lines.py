"""What `trusteval store` does, told in lines."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.store.exporting import export_store
from trusteval.store.garbage import Garbage, collect
from trusteval.store.importing import Imported
from trusteval.store.inventory import Stock, inventory
from trusteval.store.leases import Leases, shown_owner
from trusteval.store.probabilities import count_label_logs
from trusteval.store.responses import ResponseStore
from trusteval.store.schema import SCHEMA_VERSION
from trusteval.system.files import abbreviated

_SECONDS = {"h": 3600, "d": 86_400, "w": 7 * 86_400}
# What of a description tells contexts apart at a glance; digests are cut.
_SHOWN = (
    *("engine", "url", "model", "version", "route", "system"),
    *("weights", "storage", "dtype", "device", "script", "recording", "variant"),
)
_DIGITS = 12
_DIGEST_LENGTH = 64
_LONGEST = 200


def info_lines(store: ResponseStore) -> Iterator[str]:
    """Tell what a store holds: in all, and of each context."""
    stocks = inventory(store)
    responses = sum(stock.responses for stock in stocks)
    yield f"{store.path}: {store.database.n_bytes:,} bytes, schema {SCHEMA_VERSION}"
    yield f"{responses:,} answers of {len(stocks)} contexts"
    if weighed := count_label_logs(store):
        yield f"{weighed:,} of them with how likely each label was"
    for stock in stocks:
        count = f"{stock.responses:>9,}"
        yield f"{stock.digest[:_DIGITS]}  {count}  {_days(stock)}  {_described(stock)}"
    for owner in Leases(store.database).alive():
        yield f"{shown_owner(owner)} is recording"


def export_lines(store: ResponseStore, out: Path, *, salvage: bool) -> Iterator[str]:
    """Export a store and tell how much."""
    exported = export_store(store, out, salvage=salvage)
    yield f"{exported.responses:,} answers written to {out}"
    if exported.probabilities:
        yield f"{exported.probabilities:,} of them with how likely each label was"
    if exported.unreadable_probabilities:
        lost = exported.unreadable_probabilities
        yield f"left out: probabilities of {lost:,} answers that are not as they were recorded"
    if exported.unreadable_responses or exported.unreadable_ranges:
        yield (
            f"left out: {exported.unreadable_responses:,} answers that are not as they were "
            f"recorded, and what {exported.unreadable_ranges:,} of 65,536 ranges of keys held, "
            "which cannot be read"
        )


def import_lines(done: Imported, *, into: Path) -> Iterator[str]:
    """Tell what became of a file that was imported into a store."""
    yield (
        f"{done.added:,} of {done.responses:,} answers added to {into}; the others are there "
        "already"
    )
    if done.conflicting:
        yield (
            f"{done.conflicting:,} of those differ from the imported ones and stay: two answers "
            "under one key mean that something differs that no context names"
        )


def gc_lines(store: ResponseStore, garbage: Garbage, *, dry_run: bool) -> Iterator[str]:
    """Throw answers away, or only tell how many; raises UsageError where nothing says which."""
    if garbage.before is None and not garbage.prefixes:
        raise UsageError("say what may go: --older-than 30d, --fingerprint PREFIX, or both")
    done = collect(store, garbage, dry_run=dry_run)
    if dry_run:
        yield f"{done.responses:,} answers, about {done.n_bytes:,} bytes, would go"
    else:
        room = (
            f"no room given back: {done.kept_room}"
            if done.kept_room
            else (f"{done.n_bytes:,} bytes given back")
        )
        yield f"{done.responses:,} answers and {done.contexts} contexts are gone, {room}"


def seconds_of(age: str) -> int:
    """Read "12h", "30d" or "2w"; raises UsageError for another text."""
    match = re.fullmatch(r"([0-9]{1,6})([hdw])", age)
    if match is None:
        raise UsageError(f"--older-than is a number of hours, days or weeks (30d), got {age!r}")
    return int(match[1]) * _SECONDS[match[2]]


def garbage_of(
    *, older_than: str | None, fingerprints: list[str], keep: list[str], now: float | None = None
) -> Garbage:
    """Read the options of `gc`."""
    asked = (("--fingerprint", fingerprints), ("--keep", keep))
    empty = next((name for name, prefixes in asked if "" in prefixes), None)
    if empty is not None:
        raise UsageError(f"{empty} is the beginning of a fingerprint or value, got nothing")
    before = None
    if older_than is not None:
        before = int(time.time() if now is None else now) - seconds_of(older_than)
    return Garbage(before, tuple(fingerprints), tuple(keep))


def _days(stock: Stock) -> str:
    if not stock.responses:
        return " " * 24
    first, last = (
        datetime.fromtimestamp(seconds, UTC).date().isoformat()
        for seconds in (stock.first, stock.last)
    )
    return f"{first} to {last}"


def _described(stock: Stock) -> str:
    shown = {name: str(stock.description[name]) for name in _SHOWN if stock.description.get(name)}
    return ", ".join(f"{name} {_one_line(value)}" for name, value in shown.items())


def _one_line(value: str) -> str:
    if len(value) == _DIGEST_LENGTH:
        return value[:_DIGITS]
    return value if value.isprintable() and len(value) <= _LONGEST else abbreviated(value)
