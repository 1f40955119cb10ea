"""CompTrust's scoring, which arXiv 2511.22483 follows: refusals stay in every denominator.

Its numbers can be laid beside the published ones; its traps come with them. MMLU is the first
character of the continuation, after one blank.
"""

from __future__ import annotations

from trusteval.protocols.protocol import Protocol
from trusteval.protocols.published_reading import ballot, extract, read

COMPTRUST = Protocol(
    name="comptrust",
    extract=extract,
    ballot=ballot,
    read=read,
    reader_version=0,
    non_answers="refusal_rate",
)
