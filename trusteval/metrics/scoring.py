"""How a protocol makes one benchmark's score of its settings: sub-scores, weights, rows.

A score is the weighted mean of its sub-scores, a sub-score the mean of one metric over settings,
or over cases that settings are averaged to first.
Every protocol states a table of these (`trusteval.protocols`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trusteval.answers.table import AnswerTable, answer_table_of
from trusteval.errors import GateError
from trusteval.metrics.aggregation import (
    Formula,
    Term,
    WeightedSum,
    averages_labels,
    formula_of,
)
from trusteval.metrics.making import Composite
from trusteval.metrics.measuring import Measurement, evaluate
from trusteval.metrics.metric import METRICS, SCORE, Metric
from trusteval.metrics.subscore import Case, Subscore, over
from trusteval.suggestion import meant
from trusteval.types import Declared, Judged, Sample, Score

__all__ = ["Case", "Scoring", "Subscore", "Within", "over"]


def _every(sample: Sample) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Within:
    """A metric that only one sub-score has, whatever is asked: its `form`, under the protocol."""

    subscore: str
    form: str


@dataclass(frozen=True, slots=True)
class Scoring:
    """One benchmark under one protocol.

    `context` are settings outside the score, with the metric that is shown for them (clean
    counterparts). `shown` are the metrics listed for every setting, with the protocol's form of
    each. `counts` says which rows count. `flat_rates` weighs settings alike in refusal rates,
    whatever they weigh in the score. `every_label` demands rows of every true label of a setting;
    without it only metrics that average over the labels do. `within` has the metrics of one
    sub-score; `twins` name the setting of a setting's clean counterparts where it is not called
    `clean_` and the name. `table` is where names are looked up.
    """

    subscores: Mapping[str, Subscore]
    shown: Mapping[str, str]
    context: Mapping[str, str] = field(default_factory=dict)
    counts: Callable[[Sample], bool] = _every
    flat_rates: bool = False
    every_label: bool = True
    within: Mapping[str, Within] = field(default_factory=dict)
    twins: Mapping[str, str] = field(default_factory=dict)
    table: Mapping[str, Metric] = field(default_factory=lambda: METRICS)

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings the score needs, in order."""
        return tuple(
            dict.fromkeys(
                name for part in self.subscores.values() if part.share for name in part.metrics
            )
        )

    def parts(self, asked: Iterable[str]) -> tuple[str, ...]:
        """Return what a gate may name as `setting` where these settings are asked."""
        known = list(asked)
        parts = [name for name, part in self.subscores.items() if part.is_among(known)]
        mine = [name for name in known if name in self.settings or name in self.context]
        return tuple(dict.fromkeys([*parts, *mine]))

    def check_part(self, part: str, *, benchmark: str, asked: Iterable[str]) -> None:
        """Raise GateError unless `part` can be named, listing what can."""
        known = self.parts(asked)
        if part not in known:
            raise GateError(
                f"{benchmark} has no setting or subscore {part!r} in this profile; known: "
                f"{', '.join(known)}{meant(part, known)}"
            )

    def metric_of(self, metric: str, *, part: str | None = None) -> Metric:
        """Return what a metric of the whole benchmark, or of a part of it, is.

        The score of a sub-score that is a gap or a rate is that gap or rate itself. Raises KeyError
        for an unknown metric.
        """
        named = self.form_of(metric) if metric in self.within else self.table[metric]
        if part is None or not isinstance(named.made, Composite):
            return named
        if part in self.subscores:
            return self.table[next(iter(self.subscores[part].metrics.values()))]
        return self.table[self.context.get(part, metric)]

    def form_of(self, metric: str) -> Metric:
        """Return the protocol's form of a metric; raises KeyError for an unknown one."""
        if metric in self.within:
            return self.table[self.within[metric].form]
        return self.table[self.shown.get(metric, metric)]

    def score(
        self, judged: Sequence[Judged], *, declared: Mapping[str, Declared], part: str | None = None
    ) -> Score:
        """Score the declared settings: the whole benchmark, a sub-score or one setting."""
        return self.measure(SCORE.name, judged, declared=declared, part=part).score

    def partial_score(
        self, judged: Sequence[Judged], *, declared: Mapping[str, Declared], missing: Sequence[str]
    ) -> Score | None:
        """Score the settings that are there, without those `missing`; None where that is none or
        all of them.
        """
        there = {name: what for name, what in declared.items() if name not in missing}
        if not missing or there.keys().isdisjoint(self.settings):
            return None
        return self.score(judged, declared=there)

    def measure(
        self,
        metric: str,
        judged: Sequence[Judged],
        *,
        declared: Mapping[str, Declared],
        part: str | None = None,
    ) -> Measurement:
        """Measure any metric, in the form `shown` gives it, with the settings' weights."""
        rows = self.counted(judged)
        formula = self.formula(metric, rows, declared=declared, part=part)
        asked = declared if self.every_label or averages_labels(formula) else _any_label(declared)
        return evaluate(self.form_of(metric), formula, rows, declared=asked)

    def formula(
        self,
        metric: str,
        rows: AnswerTable,
        *,
        declared: Mapping[str, Declared],
        part: str | None = None,
    ) -> Formula:
        """Return how a metric of the declared settings, or of a part, is made of counted rows."""
        held, form = _held(rows, declared), self.form_of(metric)
        if isinstance(form.made, Composite):
            return self._sum(held, part)
        if part is None and metric in self.within:
            part = self.within[metric].subscore
        return formula_of(form, self._weights(held, part), twins=self.twins)

    def of_setting(self, metric: str, judged: Sequence[Judged], *, name: str) -> float | None:
        """Measure a metric of rows over those at hand of a setting, in points."""
        declared = {name: Declared(len(judged), frozenset())}
        form = self.table[metric]
        return evaluate(form, formula_of(form, {name: 1.0}), judged, declared=declared).score.value

    def counted(self, judged: Sequence[Judged]) -> AnswerTable:
        """Keep the rows that count."""
        answer_table = answer_table_of(judged)
        return answer_table if self.counts is _every else answer_table.where(self.counts)

    def _sum(self, held: Mapping[str, int], part: str | None) -> WeightedSum:
        """Return the sum that is the score; `held` is declared settings to rows at hand."""
        if part is not None and part in self.subscores:
            return self.subscores[part].mean(held, self.table)
        if part is not None and part in self.context:
            return WeightedSum((Term(part, self.table[self.context[part]], 1.0),))
        if part is not None:
            return self._of_setting(part)
        parts = [one for one in self.subscores.values() if one.share and one.is_among(held)]
        shares = sum(subscore.share for subscore in parts)
        means = [
            one.mean(held, self.table).times(one.share / shares, complement=one.complement)
            for one in parts
        ]
        return WeightedSum.of(means)

    def _of_setting(self, name: str) -> WeightedSum:
        """Return what one setting is by itself, in every sub-score that has it."""
        parts = [one for one in self.subscores.values() if one.share and name in one.metrics]
        shares = sum(subscore.share for subscore in parts)
        return WeightedSum(
            tuple(
                Term(name, self.table[one.metrics[name]], one.share / shares, one.complement)
                for one in parts
            )
        )

    def _weights(self, held: Mapping[str, int], part: str | None) -> dict[str, float]:
        weights = self._sum(held, part).weights
        if self.flat_rates and part is None:
            return dict.fromkeys(weights, 1 / len(weights))
        return weights


def _any_label(declared: Mapping[str, Declared]) -> dict[str, Declared]:
    return {name: replace(what, targets=frozenset()) for name, what in declared.items()}


def _held(rows: AnswerTable, declared: Mapping[str, Declared]) -> dict[str, int]:
    there = rows.by_setting()
    return {name: len(there[name]) if name in there else 0 for name in declared}
