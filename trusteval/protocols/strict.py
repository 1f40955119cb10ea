"""trusteval's own protocol: silence, refusal and garbage are never rewarded, nothing is luck."""

from __future__ import annotations

from trusteval.parsing import parse
from trusteval.types import Answer, FinishReason, Response, Sample


def extract(sample: Sample, response: Response) -> Answer:
    """Read the answer a response gives to a sample."""
    return parse(
        sample.setting,
        response.text,
        options=sample.options,
        truncated=response.finish_reason is FinishReason.LENGTH,
    )
