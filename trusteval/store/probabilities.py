"""The log-probabilities of labels that a store holds beside its responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from trusteval.store.database import damaged
from trusteval.store.keys import address, probabilities_key
from trusteval.store.responses import ResponseStore
from trusteval.store.schema import INSERT_PROBABILITIES, found_row, this_second
from trusteval.store.stored import read_label_logs
from trusteval.system.as_declared import context_as_declared, label_logs_as_declared
from trusteval.system.digests import canonical_json
from trusteval.types import LabelLogs


def get_label_logs(store: ResponseStore, keys: Sequence[str]) -> dict[str, LabelLogs]:
    """Return what is recorded under these keys (`keys.probabilities_key`).

    Raises StoreError for a row that is not as it was written.
    """
    found: dict[str, LabelLogs] = {}
    for key, *row in store.rows("probabilities", "key, context, found, checksum", keys):
        logs = read_label_logs(key, *row)
        if logs is None:
            raise damaged(
                store.path, f"probabilities {key.hex()[:12]} are not as they were recorded"
            )
        found[key.hex()] = logs
    return found


def label_logs_of_responses(
    store: ResponseStore, keys: Sequence[str], *, labels: Sequence[str]
) -> list[LabelLogs | None]:
    """Return what is recorded of these labels, by the responses' keys; None where nothing is."""
    asked = [probabilities_key(key, labels) for key in keys]
    found = get_label_logs(store, asked)
    return [found.get(key) for key in asked]


def put_label_logs(
    store: ResponseStore, context: Mapping[str, Any], told: Mapping[str, LabelLogs]
) -> None:
    """Record log-probabilities in one transaction; what is there already is left as it is.

    Raises StoreError, with nothing recorded, for what could not be read back as it was given.
    """
    now = this_second()
    with store.refusing():
        described = context_as_declared(context)
        declared = [(address(key), label_logs_as_declared(logs)) for key, logs in told.items()]
    with store.database.writing():
        number = store.number(described)
        store.database.execute_many(
            INSERT_PROBABILITIES,
            (
                found_row(key, number, canonical_json(asdict(logs)), recorded=now)
                for key, logs in declared
            ),
        )


def count_label_logs(store: ResponseStore) -> int:
    """Return of how many answers probabilities are recorded."""
    return int(store.database.execute("SELECT count(*) FROM probabilities")[0][0])
