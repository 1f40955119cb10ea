"""Builds panels: what a vote's members answered to sixty questions of MMLU, whose answer is A."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.answered_runs import run_of
from trusteval.ensemble.members import member
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels, panels_of
from trusteval.types import Answer, Ensemble

VOTE = "vote-gptq"


def panels_over(said: Mapping[str, Sequence[Answer]]) -> Panels:
    """Return the panels of a run; all but "dense" vote, their bits are in their names."""
    members = tuple(member(name, bits={}) for name in said if name != "dense")
    return panels_of(run_of(said), [Ensemble(VOTE, members)], dense="dense")


def panel_over(said: Mapping[str, Sequence[Answer]]) -> Panel:
    """Return the only panel of such a run."""
    (panel,) = panels_over(said).panels
    return panel
