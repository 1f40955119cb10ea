"""What a rule that knows the group would change: an option, beyond the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trusteval.answers.table import AnswerTable
from trusteval.ensemble.group_tables import GAPS, lead_cell
from trusteval.ensemble.grouped import COLUMNS, GroupedPanel, grouped_panels
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.threshold_rule import SEED, Parity, decide_by_threshold
from trusteval.ensemble.who import score_cell
from trusteval.tables import Cell, Column, Kind, Section, Table
from trusteval.types import Unavailable

_METRICS = {
    **{name: GAPS[name] for name in ("demographic_parity_difference", "equalized_odds_difference")},
    "accuracy": "accuracy",
}
_RULES = {
    Parity.DEMOGRAPHIC: "for parity",
    Parity.ODDS: "for odds",
}
_NAME, _TITLE = "group_aware", "A group-aware rule (beyond the paper)"
_NOTES = (
    "fairlearn's ThresholdOptimizer: each group gets its own threshold on the share of valid "
    "ballots that are positive, learned on one half of the units and judged on the other, both "
    "ways round. It is learned over all settings together, the gaps are judged in each.",
    "It uses the group at the time of the decision, which may be unlawful where the model is used, "
    "and it needs the true labels to learn from.",
    f"Where it leaves an answer to chance, that is drawn; halves and draws have seed {SEED}.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Ruled:
    """What each rule answers in a grouped panel, by name, or why it answers nothing."""

    of: GroupedPanel
    answers: Mapping[str, AnswerTable | Unavailable]


def group_aware_votes(panels: Panels, *, is_asked: bool = False) -> Section:
    """Show what thresholds by group do to gaps and accuracy, if that is asked."""
    if not is_asked:
        return Section(_NAME, _TITLE, (), ("not asked for: --group-aware learns and judges it",))
    ruled = [_ruled(one) for one in grouped_panels(panels)]
    if not ruled:
        return Section(_NAME, _TITLE, (), ("no benchmark has sensitive groups",))
    return Section(_NAME, _TITLE, (_values(ruled), _leads(ruled)), _NOTES)


def _ruled(one: GroupedPanel) -> Ruled:
    groups = one.groups
    if isinstance(groups, Unavailable):
        return Ruled(one, dict.fromkeys(_RULES.values(), groups))
    decided = {name: decide_by_threshold(groups, parity) for parity, name in _RULES.items()}
    return Ruled(one, decided)


def _values(ruled: Sequence[Ruled]) -> Table:
    rows = tuple(
        (*one.of.key, name, *(_value(one.of.panel, answers, metric=metric) for metric in _METRICS))
        for one in ruled
        for name, answers in {one.of.panel.ensemble: one.of.panel.vote, **one.answers}.items()
    )
    columns = (
        *COLUMNS,
        Column("rule"),
        *(Column(name, Kind.POINTS) for name in _METRICS.values()),
    )
    return Table("group_aware", "Vote and group-aware rules", columns, rows)


def _leads(ruled: Sequence[Ruled]) -> Table:
    rows = tuple(
        (
            *one.of.key,
            name,
            other,
            *(_lead(one.of.panel, answers, its=its, metric=metric) for metric in _METRICS),
        )
        for one in ruled
        for name, answers in one.answers.items()
        for other, its in one.of.subjects.items()
        if other in (one.of.panel.dense, one.of.panel.ensemble)
    )
    columns = (
        *COLUMNS,
        Column("rule"),
        Column("minus"),
        *(Column(name, Kind.CHANGE) for name in _METRICS.values()),
    )
    notes = (
        "Paired by item. Of a gap less is better, of accuracy more. Ballots that tell little teach "
        "little: each half may learn a rule of its own, even to call everybody positive.",
    )
    return Table("group_aware_leads", "What the rules change", columns, rows, notes)


def _value(panel: Panel, answers: AnswerTable | Unavailable, *, metric: str) -> Cell:
    if isinstance(answers, Unavailable):
        return answers
    return score_cell(panel.measure(answers, metric=metric))


def _lead(
    panel: Panel, answers: AnswerTable | Unavailable, *, its: AnswerTable, metric: str
) -> Cell:
    if isinstance(answers, Unavailable):
        return answers
    return lead_cell(panel, answers, its=its, metric=metric)
