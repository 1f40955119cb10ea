"""Tables of findings: what they hold can be written down, and nothing in them hides another."""

from __future__ import annotations

import json
from math import inf, nan

import pytest

from trusteval.tables import Column, Kind, Section, Spread, Table, document_of
from trusteval.types import Unavailable

COLUMNS = (Column("who"), Column("lead", Kind.CHANGE))


@pytest.mark.parametrize("cell", [nan, inf, -inf, Spread(nan, 0, 1), Spread(0.0, -inf, 1.0)])
def test_what_is_no_finite_number_is_unavailable(cell: float | Spread) -> None:
    table = Table("leads", "Leads", COLUMNS, (("a", cell), ("b", 1.0)))
    assert isinstance(table.rows[0][1], Unavailable)
    assert table.rows[1] == ("b", 1.0)
    json.dumps(document_of([Section("pay", "Pay", (table,))]), allow_nan=False)


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two columns of one name"):
        Table("leads", "Leads", (*COLUMNS, Column("lead")), ())


def test_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 columns, a row of 1"):
        Table("leads", "Leads", COLUMNS, (("a",),))
