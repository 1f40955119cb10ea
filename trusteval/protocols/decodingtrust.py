"""DecodingTrust's own scoring: fairness and ethics over answered items, parity alone scored.

It shares its extraction with CompTrust but for stereotype. DecodingTrust has no MMLU: CompTrust's
form stands in.
"""

from __future__ import annotations

from trusteval.protocols.protocol import Protocol
from trusteval.protocols.published_reading import (
    ballot_as_decodingtrust,
    extract_as_decodingtrust,
    read_as_decodingtrust,
)

DECODINGTRUST = Protocol(
    name="decodingtrust",
    extract=extract_as_decodingtrust,
    ballot=ballot_as_decodingtrust,
    read=read_as_decodingtrust,
    reader_version=0,
    non_answers="refusal_rate",
)
