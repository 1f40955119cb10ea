"""Who is asked what: a benchmark's sample table, without texts, and answers to it in another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.simulate.answers import Codes, Flags
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.gates.gate import Gate
from trusteval.metrics.aggregation import Formula
from trusteval.metrics.measuring import Measurement, rows_of
from trusteval.metrics.metric import SCORE
from trusteval.metrics.parts import Parts, Rows, parts_of
from trusteval.metrics.scoring import Scoring
from trusteval.types import Answer, Declared, Label, Refusal


@dataclass(frozen=True, eq=False)
class Layout:
    """The samples of a benchmark, and how the strict protocol scores them."""

    name: str
    sample_table: SampleTable
    scoring: Scoring

    @cached_property
    def declared(self) -> dict[str, Declared]:
        targets: dict[str, list[str]] = {}
        for sample in self.sample_table.samples:
            targets.setdefault(sample.setting.name, []).append(sample.target)
        return {name: Declared(len(all_), frozenset(all_)) for name, all_ in targets.items()}

    @cached_property
    def _labels(self) -> tuple[Label, ...]:
        values = {label.value for one in self.sample_table.samples for label in one.setting.labels}
        return tuple(map(Label, sorted(values)))

    @cached_property
    def _codes(self) -> tuple[Codes, Codes]:
        """The codes of a right and of a wrong answer to each sample."""
        number = {label.value: code for code, label in enumerate(self._labels)}
        right = [number[sample.target] for sample in self.sample_table.samples]
        wrong = [
            next(number[label.value] for label in one.setting.labels if label.value != one.target)
            for one in self.sample_table.samples
        ]
        return np.array(right), np.array(wrong)

    def answer_table(self, right: Flags, *, refused: Flags | None = None) -> AnswerTable:
        """Return an answer table of right, wrong and, where refused, no answers."""
        code = np.where(right, *self._codes)
        answers: tuple[Answer, ...] = self._labels
        if refused is not None:
            code, answers = np.where(refused, len(answers), code), (*answers, Refusal())
        return AnswerTable(self.sample_table, answers, code, np.arange(len(right)))

    def formula(self, metric: str = SCORE.name, *, part: str | None = None) -> Formula:
        everything = self.answer_table(np.ones(len(self.sample_table.samples), bool))
        return self.scoring.formula(metric, everything, declared=self.declared, part=part)

    def measured(self, gate: Gate, answer_table: AnswerTable) -> Measurement:
        """Measure what somebody answered, as a gate does."""
        return self.scoring.measure(
            gate.metric, answer_table, declared=self.declared, part=gate.setting
        )

    def parts(self, formula: Formula, right: Flags) -> Parts | None:
        return parts_of(formula, self.rows(formula, right))

    def rows(self, formula: Formula, right: Flags) -> Rows:
        return rows_of(formula, self.answer_table(right), declared=self.declared)

    def asked_in(self, *settings: str) -> Flags:
        """Say which rows are of one of the settings."""
        numbers = [self.sample_table.settings.index(name) for name in settings]
        return np.isin(self.sample_table.setting, numbers)
