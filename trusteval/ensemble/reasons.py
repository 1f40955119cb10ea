"""Why a vote gains or not: what it could reach, how alike its members are, what each brings."""

from __future__ import annotations

from trusteval.ensemble.contributions import contribution_table
from trusteval.ensemble.pairs import pair_tables
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.reach import ceiling_table
from trusteval.tables import Section


def why(panels: Panels) -> Section:
    """Show what a vote's gain depends on."""
    tables = (ceiling_table(panels), contribution_table(panels), *pair_tables(panels))
    return Section("why", "Why it gains or does not", tables)
