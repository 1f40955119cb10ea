"""Tables of gaps between two groups: sizes, signs, and the vote's against each subject's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trusteval.answers.table import AnswerTable
from trusteval.ensemble import groups as rates
from trusteval.ensemble.grouped import COLUMNS, GroupedPanel
from trusteval.ensemble.groups import GroupRate, TwoGroups
from trusteval.ensemble.panel import Panel
from trusteval.ensemble.who import score_cell
from trusteval.errors import UndefinedError
from trusteval.metrics.estimates import shift_rows
from trusteval.stats.apart import Apart
from trusteval.stats.estimate import Normal
from trusteval.stats.proportion import Proportion
from trusteval.stats.shifts import ShiftForm, estimate_shifts
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Unavailable

GAPS = {
    "demographic_parity_difference": "demographic parity",
    "equalized_odds_difference": "equalized odds",
    "non_answer_gap": "non-answers",
}
"""The gaps whose sizes panels measure, and what a table calls them."""
_SHIFTED = {
    ShiftForm.SELECTION: rates.CALLED_POSITIVE,
    ShiftForm.TRUE_POSITIVE: rates.TRUE_POSITIVE,
    ShiftForm.FALSE_POSITIVE: rates.FALSE_POSITIVE,
}


_SERVED = (rates.ACCURACY, rates.ANSWERED_ACCURACY)


def sizes_table(grouped: Sequence[GroupedPanel]) -> Table:
    """Show how large each gap is, whichever way it goes."""
    rows = tuple(
        (*one.key, name, *(score_cell(one.panel.measure(answers, metric=gap)) for gap in GAPS))
        for one in grouped
        for name, answers in one.subjects.items()
    )
    notes = (
        "The mean over settings of the gap's size; 0 is parity. Chance alone lifts a size above 0: "
        "the interval allows for it, the value does not.",
        *_own_forms(grouped),
    )
    columns = (*COLUMNS, Column("subject"), *(Column(gap, Kind.POINTS) for gap in GAPS.values()))
    return Table("gaps", "How large the gaps between the groups are", columns, rows, notes)


def leads_table(grouped: Sequence[GroupedPanel]) -> Table:
    """Show the vote's gaps minus those of each beside it, on the same items."""
    rows = tuple(
        (
            *one.key,
            name,
            *(lead_cell(one.panel, one.panel.vote, its=answers, metric=gap) for gap in GAPS),
        )
        for one in grouped
        for name, answers in one.beside.items()
    )
    notes = (
        *(_shown(one, rows) for one in grouped),
        "Paired by item; below 0 the vote is the fairer one. An interval that holds 0 shows no "
        "difference; of ten intervals one excludes 0 by chance.",
    )
    columns = (
        *COLUMNS,
        Column("vote minus"),
        *(Column(gap, Kind.CHANGE) for gap in GAPS.values()),
    )
    return Table("leads", "How much larger the vote's gaps are", columns, rows, notes)


def differences_table(
    grouped: Sequence[GroupedPanel], asked: Sequence[GroupRate], *, name: str, title: str
) -> Table:
    """Show the first group's rate minus the second's, with its sign."""
    rows = tuple(
        (*one.key, subject, *(_difference(one.groups, answers, rate=rate) for rate in asked))
        for one in grouped
        for subject, answers in one.subjects.items()
    )
    notes = ("The mean over settings; gaps of opposite sign cancel here, not in their sizes.",)
    columns = (*COLUMNS, Column("subject"), *(Column(rate.name, Kind.CHANGE) for rate in asked))
    return Table(name, title, columns, rows, notes)


def shifts_table(grouped: Sequence[GroupedPanel]) -> Table:
    """Show how the vote moves the groups' rates apart, compared with each beside it."""
    rows = tuple(
        (*one.key, name, rate.name, *cells)
        for one in grouped
        for name, answers in one.beside.items()
        for rate, cells in _shifts(one, answers)
    )
    notes = (
        "Above 0 the vote moves the first group's rate up against the second's. Unlike sizes, "
        "shifts are not lifted by chance, so that fewer items decide them.",
    )
    columns = (
        *COLUMNS,
        Column("vote against"),
        Column("rate"),
        Column("items both answered", Kind.CHANGE),
        Column("silence as no", Kind.CHANGE),
    )
    return Table("shifts", "How the vote shifts one group against the other", columns, rows, notes)


def groups_table(grouped: Sequence[GroupedPanel]) -> Table:
    """Show how many of each group were asked and answered, and how well they are served."""
    rows = tuple(
        (*one.key, name, group, len(part), int(part.answered.sum()), *cells)
        for one in grouped
        if isinstance(one.groups, TwoGroups)
        for name, answers in one.subjects.items()
        for group, part, cells in _by_group(one.groups, answers)
    )
    notes = (
        "Who answers the same to everybody is perfectly fair, and of little use: look at accuracy "
        "and at what is called positive. Accuracy counts silence as wrong. Means over settings.",
        *_truths(grouped),
    )
    columns = (
        *COLUMNS,
        Column("subject"),
        Column("group"),
        Column("items", Kind.COUNT),
        Column("answered", Kind.COUNT),
        *(Column(rate.name, Kind.POINTS) for rate in _SERVED),
        Column(rates.CALLED_POSITIVE.name, Kind.POINTS),
    )
    return Table("groups", "How right it is for each group", columns, rows, notes)


# -- cells -------------------------------------------------------------------------------


def lead_cell(panel: Panel, ours: AnswerTable, *, its: AnswerTable, metric: str) -> Cell:
    """Return ours minus its in points, paired, or why there is no such estimate."""
    for answers in (ours, its):
        score = panel.measure(answers, metric=metric).score
        if score.value is None:
            return Unavailable(score.undefined or "it has no value")
    lead = panel.lead(ours, its, metric=metric)
    if lead is None:
        return Unavailable(f"{panel.scoring.form_of(metric).name} has no interval")
    return Spread(100 * lead.value, 100 * lead.low, 100 * lead.high)


def _shown(one: GroupedPanel, rows: Sequence[tuple[Cell, ...]]) -> str:
    """Say against whom some gap of the vote is shown to be smaller, or larger."""
    fairer, less_fair = list[str](), list[str]()
    for _, _, name, *leads in (row for row in rows if row[:2] == one.key):
        for gap, lead in zip(GAPS.values(), leads, strict=True):
            if isinstance(lead, Spread) and lead.high < 0:
                fairer.append(f"{name} ({gap})")
            elif isinstance(lead, Spread) and lead.low > 0:
                less_fair.append(f"{name} ({gap})")
    return (
        f"{one.panel.ensemble} on {one.panel.benchmark} is shown to be fairer than "
        f"{', '.join(fairer) or 'nobody'}, and less fair than {', '.join(less_fair) or 'nobody'}."
    )


def _difference(
    groups: TwoGroups | Unavailable, answers: AnswerTable, *, rate: GroupRate
) -> Spread | Unavailable:
    if isinstance(groups, Unavailable):
        return groups
    return in_points(groups.difference(answers, rate))


def in_points(estimate: Apart | Proportion | Normal | Unavailable) -> Spread | Unavailable:
    """Return a fraction with its interval in points."""
    if isinstance(estimate, Unavailable):
        return estimate
    return Spread(100 * estimate.value, 100 * estimate.low, 100 * estimate.high)


def _by_group(
    groups: TwoGroups, answers: AnswerTable
) -> Iterator[tuple[str, AnswerTable, tuple[Cell, ...]]]:
    """Yield each group, its answers, how right they are and how many are positive."""
    found = [groups.rates(answers, rate) for rate in (*_SERVED, rates.CALLED_POSITIVE)]
    for group, part, (*served, called) in zip(
        groups.names, groups.split(answers), zip(*found, strict=True), strict=True
    ):
        positive = called if isinstance(called, Unavailable) else 100 * called.value
        yield group, part, (*map(in_points, served), positive)


def _shifts(one: GroupedPanel, its: AnswerTable) -> Iterator[tuple[GroupRate, tuple[Cell, Cell]]]:
    """Yield each rate's shift: over the items that both answered, and with silence as no."""
    for form, rate in _SHIFTED.items():
        if isinstance(one.groups, Unavailable):
            yield rate, (one.groups, one.groups)
        else:
            both = one.groups.where(its.answered & one.panel.vote.answered)
            too_few = both.difference(one.panel.vote, rate)
            answered = too_few if isinstance(too_few, Unavailable) else _shift(one, its, form=form)
            yield rate, (answered, _shift(one, its, form=form, silence_is_no=True))


def _shift(
    one: GroupedPanel, its: AnswerTable, *, form: ShiftForm, silence_is_no: bool = False
) -> Cell:
    ours, others = (one.panel.scored(a).by_setting() for a in (one.panel.vote, its))
    try:
        pairs = [
            shift_rows(others[name], ours[name], silence_is_no=silence_is_no)
            for name in one.panel.settings
        ]
        return in_points(estimate_shifts(pairs, [form])[form])
    except (UndefinedError, ValueError) as error:
        return Unavailable(str(error))


def _truths(grouped: Sequence[GroupedPanel]) -> Iterator[str]:
    """Say how many of each group are truly positive, which perfect answers would call so."""
    for one in grouped:
        if isinstance(one.groups, TwoGroups):
            found = one.groups.rates(one.panel.vote, rates.TRULY_POSITIVE)
            shares = [
                f"{100 * rate.value:.1f} of {name}"
                for name, rate in zip(one.groups.names, found, strict=True)
                if isinstance(rate, Proportion)
            ]
            yield f"{one.panel.benchmark}, truly positive: {', '.join(shares)}"


def _own_forms(grouped: Sequence[GroupedPanel]) -> Iterator[str]:
    """Say where a protocol has a form of its own of a gap."""
    for one in grouped:
        forms = {gap: one.panel.scoring.form_of(gap).name for gap in GAPS}
        own = [form for gap, form in forms.items() if form != gap]
        if own:
            yield f"{one.panel.benchmark}: in the protocol's own form, {', '.join(own)}"
