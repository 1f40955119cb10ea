"""Keeps every recorded response: content-addressed, crash-safe, shared by many writers."""

from __future__ import annotations

from trusteval.store.keys import AskedPrompts, canonical_json, digest, response_key
from trusteval.store.responses import LEASE_SECONDS, SCHEMA_VERSION, ResponseStore

__all__ = [
    "LEASE_SECONDS",
    "SCHEMA_VERSION",
    "AskedPrompts",
    "ResponseStore",
    "canonical_json",
    "digest",
    "response_key",
]
