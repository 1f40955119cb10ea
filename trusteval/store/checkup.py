"""Looks a store over: is the file whole, and does every row say what it may say?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trusteval.errors import StoreError
from trusteval.store.responses import ResponseStore
from trusteval.store.stored import (
    is_time,
    read_cost,
    read_description,
    read_health,
    read_label_logs,
    read_response,
    shown_key,
)

_MOST_SHOWN = 10


def complaints(store: ResponseStore) -> list[str]:
    """Return what is wrong, at most a few lines of each kind; nothing of a whole store."""
    found: list[str] = []
    for check in (_pages, _contexts, _responses, _health_checks, _probabilities, _costs):
        lines = []
        try:
            for line in check(store):
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
        if read_description(address, description) is None:
            yield f"context {shown_key(address)}: its description is not the one it is named by"


def _responses(store: ResponseStore) -> Iterator[str]:
    known = {number for (number,) in store.database.execute("SELECT number FROM contexts")}
    for key, context, expected, recorded, *answered in store.database.stream(
        "SELECT key, context, checksum, recorded, text, finish_reason, n_prompt_tokens, "
        "n_new_tokens FROM responses"
    ):
        if read_response(key, context, answered, expected) is None:
            yield f"answer {shown_key(key)}: not as it was recorded"
        elif context not in known:
            yield f"answer {shown_key(key)}: nothing says what it was recorded with"
        elif not is_time(recorded):
            yield f"answer {shown_key(key)}: recorded at no time"


def _health_checks(store: ResponseStore) -> Iterator[str]:
    return _found(store, "health", "look", read_health)


def _probabilities(store: ResponseStore) -> Iterator[str]:
    return _found(store, "probabilities", "probabilities", read_label_logs)


def _found(
    store: ResponseStore, table: str, name: str, read: Callable[..., object]
) -> Iterator[str]:
    known = {number for (number,) in store.database.execute("SELECT number FROM contexts")}
    for key, context, found, recorded, expected in store.database.stream(
        f"SELECT key, context, found, recorded, checksum FROM {table}"
    ):
        if read(key, context, found, expected) is None:
            yield f"{name} {shown_key(key)}: not as it was recorded"
        elif context not in known:
            yield f"{name} {shown_key(key)}: nothing says what it was recorded with"
        elif not is_time(recorded):
            yield f"{name} {shown_key(key)}: recorded at no time"


def _costs(store: ResponseStore) -> Iterator[str]:
    known = {number for (number,) in store.database.execute("SELECT number FROM contexts")}
    for columns in store.database.stream("SELECT * FROM costs"):
        row = read_cost(columns)
        if row is None:
            yield f"cost {shown_key(columns[1])}: not as it was recorded"
        elif row.context not in known:
            yield f"cost {shown_key(row.key)}: nothing says what it was recorded with"
