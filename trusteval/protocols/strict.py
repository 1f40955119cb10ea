"""trusteval's own protocol: silence, refusal and garbage are never rewarded, nothing is luck.

The default of gates; docs/method.md states it.
"""

from __future__ import annotations

from trusteval.protocols.protocol import Protocol
from trusteval.reading.reader import READER_VERSION
from trusteval.reading.reader import read as read_text
from trusteval.types import Answer, FinishReason, Reading, Response, Sample


def read(sample: Sample, response: Response) -> Reading:
    """Read the answer a response gives to a sample, and why."""
    return read_text(
        sample.setting,
        response.text,
        options=sample.options,
        truncated=response.finish_reason is FinishReason.LENGTH,
    )


def extract(sample: Sample, response: Response) -> Answer:
    """Read the answer a response gives to a sample."""
    return read(sample, response).answer


STRICT = Protocol(
    name="strict",
    extract=extract,
    ballot=extract,
    read=read,
    reader_version=READER_VERSION,
    non_answers="non_answer_rate",
)
