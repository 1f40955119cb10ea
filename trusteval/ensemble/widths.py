"""The members of one method by width: what each bit less takes of their margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.probabilities import Floats
from trusteval.answers.table import Codes
from trusteval.ensemble.figures import NO_ERROR, spread
from trusteval.ensemble.weighed import Weighed, lead_of_best
from trusteval.stats.averages import estimate_product, powers_per_step
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import DENSE, Unavailable, Variant

_COLUMNS = (
    Column("benchmark"),
    Column("method"),
    Column("members"),
    Column("items", Kind.COUNT),
    Column("of", Kind.COUNT),
    Column("factor per bit", Kind.NUMBER),
    Column("last step"),
    Column("its factor per bit", Kind.NUMBER),
)
_NOTES = (
    "Factor per bit: by what the mean margin (likeliest label minus the next, in nats) is "
    "multiplied for each bit less, exp of minus the least-squares slope of its logarithm on the "
    "bits, over the members of the method alone, the dense model is not in it; below 1, margins "
    "shrink. It is a straight line through few widths: where the last step's factor is another, "
    "believe that. Intervals are by units (delta method), on the items that all members have.",
    NO_ERROR,
)
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Widths:
    """The members of one method that have probabilities, widest first.

    `rows` are those on which all have every label's; `missing` names members that have none.
    """

    weighed: Weighed
    method: str
    members: tuple[Variant, ...]
    missing: tuple[str, ...]
    rows: Codes

    @property
    def bits(self) -> tuple[float, ...]:
        """The different widths, widest first."""
        return tuple(dict.fromkeys(one.bits for one in self.members))

    @property
    def steps(self) -> tuple[Variant, ...]:
        """One member of each width, the first in the order of precedence, widest first."""
        first = {one.bits: one for one in reversed(self.members)}
        return tuple(first[bits] for bits in self.bits)

    @property
    def lacking(self) -> Unavailable | None:
        """Say why nothing can be said over widths, if nothing can."""
        if len(self.bits) < 2:
            without = f"; not recorded: {', '.join(self.missing)}" if self.missing else ""
            return Unavailable(f"members of two widths with probabilities are needed{without}")
        return None if len(self.rows) else Unavailable("no item has all probabilities of all")

    def log(self, member: Variant) -> Floats:
        """Return a member's logarithms of shares on these rows."""
        return self.weighed.log[member.name][self.rows]

    def margins(self, members: Sequence[Variant]) -> Floats:
        """Return the margins of some members' likeliest labels, rows by members."""
        return np.column_stack([lead_of_best(self.log(one)) for one in members])


def widths_of(found: Sequence[Weighed]) -> tuple[Widths, ...]:
    """Return the widths of each method that has members, benchmark by benchmark."""
    return tuple(widths for one in found for widths in _widths(one))


def _widths(one: Weighed) -> Iterator[Widths]:
    for method in dict.fromkeys(member.method for member in one.members):
        if method == DENSE:
            continue
        members = [member for member in one.members if member.method == method]
        told = tuple(member for member in members if member.name in one.log)
        missing = tuple(member.name for member in members if member.name not in one.log)
        rows = one.known(*(member.name for member in told)) if told else np.arange(0)
        yield Widths(one, method, told, missing, rows)


def shrinking_table(found: Sequence[Widths]) -> Table:
    """Show by which factor margins shrink per bit, over all widths and at the last step."""
    rows = tuple(
        (one.weighed.benchmark, one.method, *_members(one), one.weighed.items, *_factors(one))
        for one in found
    )
    return Table("shrinking", "What each bit less takes of the margins", _COLUMNS, rows, _NOTES)


def _members(one: Widths) -> Cells:
    return ", ".join(member.name for member in one.members) or "none", len(one.rows)


def _factors(one: Widths) -> Cells:
    if one.lacking is not None:
        return (one.lacking,) * 3
    *_, above, lowest = one.steps
    return (
        _per_bit(one, one.members),
        f"{above.name} to {lowest.name}",
        _per_bit(one, (above, lowest)),
    )


def _per_bit(one: Widths, members: Sequence[Variant]) -> Cell:
    powers = powers_per_step([member.bits for member in members])
    design = one.weighed.design(one.rows)
    return spread(estimate_product(one.margins(members), powers, design=design))
