"""All that is asked of a run's ensembles, section by section; no model runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trusteval.ensemble.ablations import ablations
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.paying import does_it_pay
from trusteval.ensemble.reasons import why
from trusteval.ensemble.rivals import rivals
from trusteval.ensemble.who import who_votes
from trusteval.tables import Section

SECTIONS: tuple[Callable[[Panels], Section], ...] = (
    who_votes,
    does_it_pay,
    ablations,
    rivals,
    why,
)
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What one run's ensembles show; `named` is what the user calls the run."""

    named: str
    panels: Panels
    sections: tuple[Section, ...]


def study(panels: Panels, *, named: str) -> Study:
    """Ask everything of a run's panels."""
    return Study(named, panels, tuple(section(panels) for section in SECTIONS))
