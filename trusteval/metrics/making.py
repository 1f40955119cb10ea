"""What a metric can be made of: shares of rows, ratios of shares, gaps between parts of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trusteval.metrics import indicators as row
from trusteval.metrics.indicators import Indicator
from trusteval.types import Judged


@dataclass(frozen=True, slots=True)
class Composite:
    """What a protocol makes of a benchmark's settings (`trusteval.metrics.scoring`)."""


@dataclass(frozen=True, slots=True)
class Earned:
    """The mean of what another tool says that each item earned (`trusteval.results`)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of rows that `holds`; `by_label` averages over the true labels instead.

    `among` restricts the rows. Refused and invalid answers stay among them unless it says not.
    """

    holds: Indicator
    by_label: bool = False
    among: Indicator | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """The rate of `holds` divided by the rate of `given`.

    Of nothing it has no value, for the reason `nothing`, or the one a reference gives it.
    """

    holds: Indicator
    given: Indicator
    nothing: str
    value_of_nothing: float | None = None


@dataclass(frozen=True, slots=True)
class Attack:
    """Of the items right on the clean text, the share of which `holds` on the perturbed one."""

    holds: Indicator = row.wrong


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap between two groups that a disparity is made of, and its share of it.

    It lies between how often they are called positive, by true label if `odds`, over answered rows;
    `of_silence`: between how often they get no answer, over all rows; `of_labels`: between how
    often rows whose true label is the first and all others are answered right, over all rows.
    """

    share: float = 1.0
    odds: bool = False
    of_silence: bool = False
    of_labels: bool = False


@dataclass(frozen=True, slots=True)
class Disparity:
    """What lies between the two sensitive groups of a setting, `value` of its rows in [0, 1].

    It is the sum of the `gaps`, or 1 minus that where higher is better. Without any, as in the
    reference protocols' own conventions, it has no estimate.
    """

    value: Callable[[Sequence[Judged]], float]
    gaps: tuple[Gap, ...] = ()


Making = Composite | Earned | Rate | Ratio | Attack | Disparity
