"""How likely answers were to begin with each label, in columns: beside what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trusteval.answers.table import Codes, Flags
from trusteval.types import LabelLogs, Sample

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LabelProbabilities:
    """Log-probabilities of labels, a row per sample of a sample table, in its order.

    `log` is (rows, labels): natural logarithms as `types.LabelLogs` defines them, at most 0. NaN is
    unknown, or a label that the row's setting does not have. `unknown` are the reasons why labels
    that a row's setting has are unknown.
    """

    labels: tuple[str, ...]
    log: Floats
    unknown: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, samples: Sequence[Sample], told: Sequence[LabelLogs | None], *, missing: str
    ) -> LabelProbabilities:
        """Write down what was told of each sample; `missing` says why of some nothing was."""
        names = dict.fromkeys(label.value for s in samples for label in s.setting.labels)
        column = {name: place for place, name in enumerate(names)}
        log = np.full((len(samples), len(column)), np.nan)
        why: dict[str, None] = {}
        for row, logs in enumerate(told):
            if logs is None:
                why.setdefault(missing)
                continue
            if logs.unknown:
                why.setdefault(logs.unknown)
            for label, value in zip(logs.labels, logs.log, strict=True):
                log[row, column[label]] = np.nan if value is None else value
        return cls(tuple(column), log, tuple(sorted(why)))

    def __len__(self) -> int:
        return len(self.log)

    def known(self, samples: Sequence[Sample]) -> Flags:
        """Return of which rows every label of the row's setting is known."""
        column = {name: place for place, name in enumerate(self.labels)}
        own = np.zeros(self.log.shape, np.bool_)
        for row, sample in enumerate(samples):
            own[row, [column[label.value] for label in sample.setting.labels]] = True
        known: Flags = (~own | ~np.isnan(self.log)).all(axis=1)
        return known

    def only(self, rows: Codes) -> LabelProbabilities:
        """Keep some of the rows, in the order they are named."""
        return LabelProbabilities(self.labels, self.log[rows], self.unknown)
