"""What a vote's gain over the dense model is made of: steps that add up to it exactly.

The fallback chain, first valid answer from the highest precision down, filters as the vote does and
does not vote; so what it gains is the filter's, and what the vote gains over it is voting's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from trusteval.ensemble.contest import CHAIN, DENSE, VOTE, Contest, Lead
from trusteval.ensemble.scope import Finding, Scope
from trusteval.types import Unavailable


class Step(StrEnum):
    """GAIN is FILTERING plus VOTING; FILTERING is QUANTIZATION plus FILTER."""

    GAIN = "gain"
    FILTERING = "filtering"
    QUANTIZATION = "quantization"
    FILTER = "filter"
    VOTING = "voting"


@dataclass(frozen=True, slots=True)
class Gain:
    """Each step's share of the gain, all over the same benchmarks; and who it leads over whom."""

    found: Mapping[Step, Finding]
    between: Mapping[Step, tuple[str, str]]

    def __getitem__(self, step: Step) -> Finding:
        return self.found[step]


def gain_of(scope: Scope) -> Gain:
    """Take a vote's gain apart over the benchmarks that have all of its steps.

    Where none has, as without a dense model, each step is taken over what has it.
    """
    first = scope.members[0]
    between = {
        Step.GAIN: (VOTE, DENSE),
        Step.FILTERING: (CHAIN, DENSE),
        Step.QUANTIZATION: (first, DENSE),
        Step.FILTER: (CHAIN, first),
        Step.VOTING: (VOTE, CHAIN),
    }

    shared = scope.having(*(partial(_lead, pair) for pair in between.values()))
    taken = scope if isinstance(shared, Unavailable) else shared
    return Gain({step: taken.lead(*pair) for step, pair in between.items()}, between)


def _lead(pair: tuple[str, str], one: Contest) -> Lead:
    return one.lead(*pair)
