"""Which version of the answer reader read a run: readings of two versions are never compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.protocols import PROTOCOLS

_FIRST = 1
"""The version that read what does not say its reader."""


def reader_of(facts: Mapping[str, Any]) -> int:
    """Return the version that read a run with these facts; 0 where a reading never changes."""
    said = facts.get("reader")
    return min(_FIRST, present_reader(facts)) if said is None else int(said)


def present_reader(facts: Mapping[str, Any]) -> int:
    """Return the version that reads under the run's protocol now; 0 for a protocol not known."""
    protocol = PROTOCOLS.get(str(facts.get("protocol")))
    return 0 if protocol is None else protocol.reader_version
