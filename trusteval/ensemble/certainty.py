"""How sure members are and how far they moved: all that recorded label probabilities tell."""

from __future__ import annotations

from trusteval.ensemble.drift import drift_by_setting_table, drift_table
from trusteval.ensemble.margins import margin_tables
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.warning_tables import warning_tables
from trusteval.ensemble.weighed import notes_on_gaps, weighed
from trusteval.ensemble.widths import shrinking_table, widths_of
from trusteval.tables import Section

_NAME, _TITLE = "probabilities", "Probabilities at the answer"
_NOT_RECORDED = (
    "no probabilities of labels are recorded: a run with --trust-probabilities records them beside "
    "its answers, those that are stored already included"
)


def certainty(panels: Panels) -> Section:
    """Show how far label probabilities moved, how sure they are, and what flips next."""
    found = weighed(panels)
    if not any(one.log for one in found):
        return Section(_NAME, _TITLE, (), (_NOT_RECORDED,))
    told = tuple(one for one in found if one.log)
    widths = widths_of(told)
    warnings, said = warning_tables(widths)
    return Section(
        _NAME,
        _TITLE,
        (
            drift_table(told),
            drift_by_setting_table(told),
            *margin_tables(told),
            shrinking_table(widths),
            *warnings,
        ),
        (*said, *dict.fromkeys(notes_on_gaps(found))),
    )
