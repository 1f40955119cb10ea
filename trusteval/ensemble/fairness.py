"""Is a vote fair to both groups: its gaps beside those of its members, and whom filtering helps.

The paper measures single models only (arXiv 2511.22483, section III-B) and leaves votes open.
"""

from __future__ import annotations

from trusteval.ensemble import groups as rates
from trusteval.ensemble.group_tables import (
    differences_table,
    groups_table,
    leads_table,
    shifts_table,
    sizes_table,
)
from trusteval.ensemble.grouped import grouped_panels, notes_on_groups
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.rescue import rescue_tables
from trusteval.tables import Section

_CALLED = (rates.CALLED_POSITIVE, rates.TRUE_POSITIVE, rates.FALSE_POSITIVE)
_SILENT = (rates.UNANSWERED, rates.REFUSED, rates.INVALID)


def fairness_of_votes(panels: Panels) -> Section:
    """Show gaps between groups, the vote's beside its members', and what filtering does to each."""
    grouped = grouped_panels(panels)
    notes = tuple(dict.fromkeys(notes_on_groups(grouped, panels)))
    if not grouped:
        return Section("fairness", "Fairness of the vote", (), notes)
    tables = (
        sizes_table(grouped),
        leads_table(grouped),
        differences_table(
            grouped, _CALLED, name="called", title="Which group is called positive more"
        ),
        differences_table(
            grouped, _SILENT, name="silence", title="Which group gets no answer more often"
        ),
        shifts_table(grouped),
        groups_table(grouped),
        *rescue_tables(grouped),
    )
    return Section("fairness", "Fairness of the vote", tables, notes)
