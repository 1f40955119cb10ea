"""Which version of the answer reader read a run: readings of two versions are never compared."""

from __future__ import annotations

from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Protocol
from trusteval.tracking.run_facts import RunFacts

_FIRST = 1
"""The version that read what does not say its reader."""


def reader_of(facts: RunFacts) -> int:
    """Return the version that read a run with these facts; 0 where a reading never changes."""
    return min(_FIRST, present_reader(facts)) if facts.reader is None else facts.reader


def present_reader(facts: RunFacts) -> int:
    """Return the version that reads under the run's protocol now; 0 for a protocol not known."""
    protocol = PROTOCOLS.get(str(facts.protocol))
    return 0 if protocol is None else protocol.reader_version


def protocol_of(facts: RunFacts) -> Protocol:
    """Return the protocol that a run was read under; raises KeyError for one not known."""
    return PROTOCOLS[str(facts.protocol)]
