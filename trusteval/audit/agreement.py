"""How often the reader reads what a person reads: for the whole run, estimated from the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from trusteval.audit.labelling import Compared, Labelling
from trusteval.stats.weighted import Drawn, Share, equal_shares_p
from trusteval.types import Answer


@dataclass(frozen=True, slots=True)
class Agreement:
    """Shares of the run's answers on which reader and person agree; None where nothing is labelled.

    `on_reasons` counts a differing reason of why an answer is none as disagreement, the others do
    not. `equal_subjects_p` is the p-value of equal agreement of all subjects. `confusion` counts
    drawn answers by what the person and what the reader said.
    """

    labelling: Labelling
    overall: Share | None
    on_reasons: Share | None
    by_benchmark: Mapping[str, Share]
    by_subject: Mapping[str, Share]
    by_rule: Mapping[str, Share]
    equal_subjects_p: float
    confusion: Mapping[tuple[Answer, Answer], int]
    undecided: int

    @property
    def decided(self) -> int:
        """How many drawn answers a person labelled, and could."""
        return sum(self.confusion.values())

    @property
    def disagreements(self) -> tuple[Compared, ...]:
        return tuple(
            one for one in self.labelling.compared if one.label is not None and not one.agrees
        )


def agreement(labelling: Labelling) -> Agreement:
    """Estimate agreement from whatever is labelled."""
    decided = [one for one in labelling.compared if one.label is not None]

    def shares(part: Callable[[Compared], str]) -> dict[str, Share]:
        names = np.array([part(one) for one in decided])
        found = {name: seen.share(names == name) for name in sorted(set(names.tolist()))}
        return {name: share for name, share in found.items() if share is not None}

    seen = _drawn(labelling, decided, [one.agrees for one in decided])
    on_reasons = _drawn(labelling, decided, [one.agrees_on_reason for one in decided])
    everything = np.ones(len(decided), np.bool_)
    by_subject = shares(lambda one: one.drawn.subject)
    return Agreement(
        labelling=labelling,
        overall=seen.share(everything),
        on_reasons=on_reasons.share(everything),
        by_benchmark=shares(lambda one: one.drawn.benchmark),
        by_subject=by_subject,
        by_rule=shares(lambda one: one.drawn.rule),
        equal_subjects_p=equal_shares_p(list(by_subject.values()), seed=labelling.key.seed),
        confusion=Counter(
            (one.label, one.drawn.answer) for one in decided if one.label is not None
        ),
        undecided=len(labelling.compared) - len(decided),
    )


def _drawn(labelling: Labelling, decided: list[Compared], y: list[bool]) -> Drawn:
    strata = labelling.key.strata
    return Drawn(
        y=np.array(y, np.bool_),
        stratum=np.array([one.drawn.stratum for one in decided], np.int64),
        sizes=np.array([one.size for one in strata], np.int64),
        drawn=np.array([one.drawn for one in strata], np.int64),
    )
