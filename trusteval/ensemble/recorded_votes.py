"""Whether a run recorded of its votes what their members elect: all sections show the latter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trusteval.answers.table import AnswerTable
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.tracking.items import aligned
from trusteval.types import Unavailable


def recorded_otherwise(panels: Panels) -> Iterator[str]:
    """Yield a sentence for each vote that the run recorded other answers of."""
    for panel in panels.panels:
        recorded = panels.run.answer_tables.get((panel.ensemble, panel.benchmark))
        why = None if recorded is None else _differs(panel, recorded)
        if why is not None:
            yield (f"{panel.ensemble} on {panel.benchmark}: {why}; shown is what its members elect")


def _differs(panel: Panel, recorded: AnswerTable) -> str | None:
    same = aligned(recorded, panel.sample_table)
    if isinstance(same, Unavailable):
        return f"the run records its vote on {same.why}"
    pairs, n = np.unique(np.stack([same.code, panel.vote.code]), axis=1, return_counts=True)
    differing = sum(
        count
        for ours, its, count in zip(*pairs.tolist(), n.tolist(), strict=True)
        if same.answers[ours] != panel.vote.answers[its]
    )
    total = len(panel.vote.code)
    return f"the run records {differing:,} of {total:,} votes otherwise" if differing else None
