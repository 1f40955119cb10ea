"""A store as JSON lines: one entry a line, each after its context; the last line counts them.

{"kind": "context", "digest": ..., "description": {...}}
{"kind": "answer", "key": ..., "context": ..., "text": ..., ...}
{"kind": "end", "entries": 2}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trusteval.errors import DataError
from trusteval.store.entries import (
    ContextEntry,
    CostEntry,
    Entry,
    HealthEntry,
    ProbabilitiesEntry,
    ResponseEntry,
    context_entry,
    cost_entry,
    health_entry,
    probabilities_entry,
    response_entry,
    to_fields,
)
from trusteval.system.bounded import MIB, read_lines
from trusteval.system.files import abbreviated, parse_json

_LONGEST = 16 * MIB
"""What a line may hold; the longest response that is kept has 1 MiB, six times that if escaped."""
_KINDS: dict[type[Entry], str] = {
    ContextEntry: "context",
    ResponseEntry: "answer",
    HealthEntry: "look",
    CostEntry: "cost",
    ProbabilitiesEntry: "probabilities",
}
_READERS: dict[str, Callable[..., Entry]] = {
    "context": context_entry,
    "answer": response_entry,
    "look": health_entry,
    "cost": cost_entry,
    "probabilities": probabilities_entry,
}


def write_jsonl(path: Path, entries: Iterable[Entry]) -> None:
    """Write entries to a new file, one after the other."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            file.write(_line({"kind": _KINDS[type(entry)], **to_fields(entry)}))
            count += 1
        file.write(_line({"kind": "end", "entries": count}))


def read_jsonl(path: Path) -> Iterator[Entry]:
    """Yield a file's entries; raises DataError naming the line of the first that is malformed."""
    count, ended = 0, False
    for number, line in _lines(path):
        place = f"{path}, line {number}"
        if ended:
            raise DataError(f"{place}: expected nothing after the last line")
        fields = parse_json(line, path=path, first_line=number)
        kind = fields.get("kind") if isinstance(fields, dict) else None
        if kind == "end":
            _check_end(fields, count, place)
            ended = True
            continue
        if not isinstance(kind, str) or kind not in _READERS:
            known = ", ".join((*_READERS, "end"))
            raise DataError(f"{place}: expected a kind of {known}, got {abbreviated(fields)}")
        count += 1
        yield _READERS[kind](fields, place=place)
    if not ended:
        raise DataError(f"{path} ends after {count} entries without its last line: it is cut off")


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers; a file of any size is never held whole."""
    try:
        for number, raw in enumerate(read_lines(path, longest=_LONGEST), start=1):
            try:
                yield number, raw.decode()
            except UnicodeDecodeError as error:
                raise DataError(f"{path}, line {number}: not valid UTF-8") from error
    except ValueError as error:
        raise DataError(f"{path}, {error}") from error


def _check_end(fields: Mapping[str, Any], count: int, place: str) -> None:
    if fields.get("entries") != count:
        raise DataError(f"{place}: expected {fields.get('entries')} entries before, got {count}")


def _line(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, sort_keys=True) + "\n"
