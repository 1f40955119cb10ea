"""All that is asked of a run's ensembles, section by section; no model runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from trusteval.ensemble.ablations import ablations
from trusteval.ensemble.asked import NOTHING_MORE, Asked
from trusteval.ensemble.certainty import certainty
from trusteval.ensemble.cost import cost
from trusteval.ensemble.fairness import fairness_of_votes
from trusteval.ensemble.group_aware import group_aware_votes
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.paying import does_it_pay
from trusteval.ensemble.reasons import why
from trusteval.ensemble.recorded_votes import recorded_otherwise
from trusteval.ensemble.rivals import rivals
from trusteval.ensemble.safety import safety
from trusteval.ensemble.who import who_votes
from trusteval.tables import Section, document_of
from trusteval.types import Variant

SECTIONS: Mapping[str, Callable[[Panels], Section]] = {
    "who": who_votes,
    "pays": does_it_pay,
    "ablations": ablations,
    "safety": safety,
    "rivals": rivals,
    "cost": cost,
    "why": why,
    "probabilities": certainty,
    "fairness": fairness_of_votes,
    "group_aware": group_aware_votes,
}
"""By the section's own name, in the order in which they are shown."""
ACROSS = "across"
"""The section that is over several runs (trusteval.ensemble.across)."""


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What one run's ensembles show; `named` is what the user calls the run.

    `left_out` says what of the run is missing in the sections, or doubtful.
    """

    named: str
    panels: Panels
    sections: tuple[Section, ...]
    left_out: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return plain values; `digest` tells the answers that all was made of from others."""
        run, panels = self.panels.run, self.panels
        members = {panel.ensemble: panel.members for panel in panels.panels}
        return {
            "named": self.named,
            "facts": replace(run.facts, gates=None, families=None).to_document(),
            "digest": run.digest,
            "dense": next((panel.dense for panel in panels.panels if panel.dense), None),
            "ensembles": {name: list(map(_member, who)) for name, who in members.items()},
            "left_out": list(self.left_out),
            "sections": document_of(self.sections),
        }


def study(
    panels: Panels,
    *,
    named: str,
    names: Collection[str] = tuple(SECTIONS),
    doubts: Collection[str] = (),
    asked: Asked = NOTHING_MORE,
) -> Study:
    """Ask the sections called `names` of a run's panels; `doubts` are about the whole run."""
    asks: dict[str, Callable[[Panels], Section]] = {
        **SECTIONS,
        "rivals": partial(rivals, dawid_skene=asked.dawid_skene),
        "group_aware": partial(group_aware_votes, is_asked=asked.group_aware),
    }
    left_out = (
        *doubts,
        *(f"left out: {line}" for line in panels.left_out),
        *recorded_otherwise(panels),
    )
    sections = (section(panels) for name, section in asks.items() if name in names)
    return Study(named, panels, tuple(sections), left_out)


def _member(variant: Variant) -> dict[str, Any]:
    told = {"name": variant.name, "method": variant.method, "bits": variant.bits}
    return {**told, "seed": variant.seed}
