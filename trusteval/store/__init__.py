"""Keeps every recorded response: content-addressed, crash-safe, shared by many writers."""

from __future__ import annotations

from trusteval.store.database import can_be_written
from trusteval.store.keys import AskedPrompts, probabilities_key, response_key
from trusteval.store.leases import LEASE_SECONDS
from trusteval.store.responses import ResponseStore
from trusteval.store.schema import SCHEMA_VERSION

__all__ = [
    "LEASE_SECONDS",
    "SCHEMA_VERSION",
    "AskedPrompts",
    "ResponseStore",
    "can_be_written",
    "probabilities_key",
    "response_key",
]
