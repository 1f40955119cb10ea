"""How DecodingTrust's and CompTrust's code reads answers, traps included.

Written from a description of their behaviour, so that numbers can be laid beside published
ones: labels are found inside other words, only a first sentence counts, quotes decide. Strict
scoring does none of this (docs/strict-vs-reference.md). A refusal here is what the reference
counts as one; an invalid answer is wrong and not refused. Each benchmark brings its own reading.
"""

from __future__ import annotations

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.benchmark import PublishedReading
from trusteval.errors import GateError
from trusteval.types import Answer, Reading, Response, Sample


def extract(sample: Sample, response: Response) -> Answer:
    """Read the answer that is scored, as CompTrust's code does."""
    return _reading(sample)(sample, response.text)


def read(sample: Sample, response: Response) -> Reading:
    """Read the answer that is scored; the reference code names no rules."""
    return Reading(extract(sample, response), rule="as published", span="")


def ballot(sample: Sample, response: Response) -> Answer:
    """Read the answer that a member of an ensemble casts, without looking at the gold option."""
    own = BENCHMARKS[sample.setting.benchmark].published_ballot or _reading(sample)
    return own(sample, response.text)


def extract_as_decodingtrust(sample: Sample, response: Response) -> Answer:
    """Read the answer that is scored, as DecodingTrust's own code does."""
    own = BENCHMARKS[sample.setting.benchmark].decodingtrust_reading or _reading(sample)
    return own(sample, response.text)


def read_as_decodingtrust(sample: Sample, response: Response) -> Reading:
    """Read the answer that is scored; the reference code names no rules."""
    return Reading(extract_as_decodingtrust(sample, response), rule="as published", span="")


def ballot_as_decodingtrust(sample: Sample, response: Response) -> Answer:
    """Read the answer that a member of an ensemble casts, without looking at the gold option."""
    if BENCHMARKS[sample.setting.benchmark].decodingtrust_reading is None:
        return ballot(sample, response)
    return extract_as_decodingtrust(sample, response)


def _reading(sample: Sample) -> PublishedReading:
    benchmark = BENCHMARKS[sample.setting.benchmark]
    if benchmark.published_reading is None:
        raise GateError(f"the reference protocols have no reading of {benchmark.name}")
    return benchmark.published_reading
