"""Throws away responses nobody will ask for again: by age, by what they were recorded with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.errors import DiskSpaceError, StoreError
from trusteval.store.inventory import inventory
from trusteval.store.responses import ResponseStore


@dataclass(frozen=True, slots=True)
class Garbage:
    """Which responses go: all conditions have to hold.

    `before` is the second since 1970 they were recorded before, `prefixes` what a value of their
    context begins with, one of them; `keep` saves contexts in the same way.
    """

    before: int | None = None
    prefixes: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collected:
    """What was, or would be, thrown away.

    `n_bytes` is an estimate until it is done; `kept_room` says why nothing was given back.
    """

    responses: int
    contexts: int
    n_bytes: int
    kept_room: str = ""


def collect(store: ResponseStore, garbage: Garbage, *, dry_run: bool = False) -> Collected:
    """Delete responses and what is beside them, contexts nothing is left of; give back their room.

    Processes that record meanwhile wait; what they miss afterwards they record anew.
    """
    database, size = store.database, store.database.n_bytes
    chosen = _contexts(store, garbage)
    marks = ",".join(map(str, chosen))
    before = garbage.before if garbage.before is not None else 1 << 62
    where = f"WHERE context IN ({marks}) AND recorded < {before}"
    with database.reading():
        responses = int(database.execute(f"SELECT count(*) FROM responses {where}")[0][0])
        share = responses / max(1, len(store))
    if dry_run:
        return Collected(responses, len(chosen), int(size * share))
    with database.writing():
        responses = database.change(f"DELETE FROM responses {where}")
        database.change(f"DELETE FROM health {where}")
        database.change(f"DELETE FROM probabilities {where}")
        database.change(f"DELETE FROM costs {where}")
        contexts = database.change(
            f"DELETE FROM contexts WHERE number IN ({marks})"
            " AND number NOT IN (SELECT context FROM responses)"
            " AND number NOT IN (SELECT context FROM health)"
            " AND number NOT IN (SELECT context FROM probabilities)"
            " AND number NOT IN (SELECT context FROM costs)"
        )
    try:
        database.compact()
    except (StoreError, DiskSpaceError) as error:
        return Collected(responses, contexts, 0, kept_room=str(error))
    return Collected(responses, contexts, max(0, size - database.n_bytes))


def _contexts(store: ResponseStore, garbage: Garbage) -> Sequence[int]:
    return [
        stock.number
        for stock in inventory(store)
        if not any(map(stock.holds, garbage.keep))
        and (not garbage.prefixes or any(map(stock.holds, garbage.prefixes)))
    ]
