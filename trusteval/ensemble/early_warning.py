"""An early warning: how many likeliest labels flip at a bit less than the lowest recorded width.

An extrapolation, and tried before it is believed: the same rule foretells the lowest width that
was recorded from the two above it, beside what was seen there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.answers.probabilities import Floats
from trusteval.answers.table import Flags
from trusteval.ensemble.weighed import lead_of, lead_of_best
from trusteval.ensemble.widths import Widths
from trusteval.stats.averages import estimate_share
from trusteval.stats.clusters import estimate_change
from trusteval.stats.design import Design
from trusteval.stats.estimate import Estimate
from trusteval.stats.flips import foretell, growth_of_noise, told_apart
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined
from trusteval.types import Unavailable, Variant


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What happened from one member to a narrower one, row by row.

    `before` and `after` are the margins of each one's own likeliest label; `lost` is by how much
    the lead of the wider's likeliest label fell, `flipped` where the narrower has another.
    """

    before: Floats
    after: Floats
    lost: Floats
    flipped: Flags


@dataclass(frozen=True, slots=True, eq=False)
class EarlyWarning:
    """What is foretold of a method on a benchmark at `bits`, one less than its lowest width.

    `last` is the step to that width. `foretold` is what each row adds to the share of rows that
    are foretold to flip, `trial` to that which the step above `last` foretells of it.
    """

    widths: Widths
    bits: float
    last: Step
    foretold: Floats | Unavailable
    trial: Floats | Unavailable

    @property
    def flipped(self) -> Proportion:
        """The share of items that flipped in the last step."""
        return self._design.share(self.last.flipped)

    @property
    def told_apart(self) -> Proportion | Undefined:
        """How well the margins above the last step told which items it would flip."""
        return told_apart(self.last.before, self.last.flipped, design=self._design)

    def share(self, foretold: Floats) -> Proportion | Undefined:
        """Estimate a share that is foretold; how wrong the extrapolation is is not in it."""
        return estimate_share(foretold, design=self._design)

    def beyond_seen(self, trial: Floats) -> Estimate:
        """Estimate a share foretold of the last step minus that which flipped in it, paired."""
        cell = self.widths.weighed.cell(trial - self.last.flipped, self.widths.rows)
        return estimate_change([cell], most=1.0)

    @property
    def _design(self) -> Design:
        return self.widths.weighed.design(self.widths.rows)


def early_warning(widths: Widths) -> EarlyWarning | Unavailable:
    """Foretell a method's next flips on a benchmark, or say why nobody can."""
    if widths.lacking is not None:
        return widths.lacking
    *higher, above, lowest = widths.steps
    bits = lowest.bits - 1
    return EarlyWarning(
        widths,
        bits,
        _step(widths, above, lowest),
        _foretold(widths, (above, lowest), bits=bits)
        if bits > 0
        else Unavailable("there is no width of a bit less"),
        _foretold(widths, (higher[-1], above), bits=lowest.bits)
        if higher
        else Unavailable("a third width is needed to try the rule on"),
    )


def _foretold(widths: Widths, members: tuple[Variant, Variant], *, bits: float) -> Floats:
    """Foretell the flips at some bits from the step between two members above them."""
    wide, narrow = members
    seen = _step(widths, wide, narrow)
    growth = growth_of_noise(wide=wide.bits, middle=narrow.bits, narrow=bits)
    design = widths.weighed.design(widths.rows)
    return foretell(seen.after, seen.lost, growth=growth, design=design)


def _step(widths: Widths, wide: Variant, narrow: Variant) -> Step:
    first, second = widths.log(wide), widths.log(narrow)
    best = first.argmax(axis=1)
    before = lead_of_best(first)
    lost = before - lead_of(second, best)
    return Step(before, lead_of_best(second), lost, second.argmax(axis=1) != best)


def early_warnings(
    found: Sequence[Widths],
) -> tuple[tuple[Widths, EarlyWarning | Unavailable], ...]:
    """Foretell every method's next flips, benchmark by benchmark."""
    return tuple((one, early_warning(one)) for one in found)
