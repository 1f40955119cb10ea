"""DecodingTrust's own scoring: fairness and ethics over answered items, parity alone scored.

It shares its extraction with CompTrust. DecodingTrust has no MMLU: CompTrust's form stands in.
"""

from __future__ import annotations

from trusteval.protocols.protocol import Protocol
from trusteval.protocols.published_reading import ballot, extract, read

DECODINGTRUST = Protocol(
    name="decodingtrust",
    extract=extract,
    ballot=ballot,
    read=read,
    reader_version=0,
    non_answers="refusal_rate",
)
