"""Looks a store over: is the file whole, and does every row say what it may say?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from trusteval.errors import StoreError
from trusteval.store.keys import digest
from trusteval.store.responses import ResponseStore, read_health
from trusteval.store.schema import checksum
from trusteval.types import FinishReason

_MOST_SHOWN = 10


def complaints(store: ResponseStore) -> list[str]:
    """Return what is wrong, at most a few lines of each kind; nothing of a whole store."""
    found: list[str] = []
    for look in (_pages, _contexts, _answers, _looks):
        lines = []
        try:
            for line in look(store):
                lines.append(line)
                if len(lines) == _MOST_SHOWN:
                    lines.append("and perhaps more of the kind")
                    break
        except StoreError as error:
            lines.append(str(error))
        found += lines
    return found


def _pages(store: ResponseStore) -> Iterator[str]:
    for (line,) in store.database.execute(f"PRAGMA integrity_check({_MOST_SHOWN})"):
        if line != "ok":
            yield from str(line).splitlines()


def _contexts(store: ResponseStore) -> Iterator[str]:
    for address, description in store.database.stream("SELECT digest, description FROM contexts"):
        try:
            right = digest(json.loads(description)) == address.hex()
        except ValueError:
            right = False
        if not right:
            yield f"context {address.hex()[:12]}: its description is not the one it is named by"


def _answers(store: ResponseStore) -> Iterator[str]:
    known = {number for (number,) in store.database.execute("SELECT number FROM contexts")}
    reasons = set(map(str, FinishReason))
    for key, context, expected, *answered in store.database.stream(
        "SELECT key, context, checksum, text, finish_reason, n_prompt_tokens, n_new_tokens "
        "FROM responses"
    ):
        if checksum(key, context, answered) != expected:
            yield f"answer {key.hex()[:12]}: not as it was recorded"
        elif answered[1] not in reasons:
            yield f"answer {key.hex()[:12]}: unknown finish reason {answered[1]!r}"
        elif context not in known:
            yield f"answer {key.hex()[:12]}: nothing says what it was recorded with"


def _looks(store: ResponseStore) -> Iterator[str]:
    known = {number for (number,) in store.database.execute("SELECT number FROM contexts")}
    for key, context, found in store.database.stream("SELECT key, context, found FROM health"):
        try:
            read_health(found)
        except (ValueError, TypeError):
            yield f"look {key.hex()[:12]}: its values cannot be read"
            continue
        if context not in known:
            yield f"look {key.hex()[:12]}: nothing says what it was recorded with"
