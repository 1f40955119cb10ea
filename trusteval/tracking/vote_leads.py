"""How far a vote is ahead of the best of its members, by the answers of one run.

A claim about the best member is one about all of them (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trusteval.answers.table import AnswerTable
from trusteval.metrics.measuring import Measurement, measured_drop
from trusteval.stats.estimate import Estimate
from trusteval.stats.members import p_beats_best, p_worse_than_best
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import aligned
from trusteval.tracking.measured import measured
from trusteval.tracking.reader_version import protocol_of
from trusteval.types import Unavailable

_DIGITS = 9
"""Sums differ beyond them by the order in which workers brought their rows."""


@dataclass(frozen=True, slots=True)
class VoteLead:
    """A vote's score minus that of its best member, points, with the 90 % interval of that pair.

    `p_beats_every` is the p of being ahead of every member, `p_behind_one` of being behind some.
    """

    vote: str
    benchmark: str
    best: str
    value: float
    low: float
    high: float
    p_beats_every: float
    p_behind_one: float

    @property
    def sentence(self) -> str:
        return (
            f"{self.vote} against its best member on {self.benchmark}, {self.best}: "
            f"{self.value:+.1f} (90 % interval {self.low:.1f} to {self.high:.1f}), beats every "
            f"member: p {self.p_beats_every:.2g}, behind one: p {self.p_behind_one:.2g}"
        )


def vote_leads(run: AnsweredRun) -> Iterator[VoteLead]:
    """Compare every vote with its members wherever all of them answered and have a score."""
    for (vote, benchmark), members in sorted(run.members.items()):
        answer_tables = [
            run.answer_tables.get((name, benchmark)) for name in (vote, *(m.name for m in members))
        ]
        whole = _lined_up(answer_tables)
        if len(members) > 1 and whole is not None:
            names = [member.name for member in members]
            lead = _lead(run, vote, benchmark, names=names, answer_tables=whole)
            if lead is not None:
                yield lead


def _lined_up(answer_tables: list[AnswerTable | None]) -> list[AnswerTable] | None:
    """Return all tables in the order of the first, None where one is missing or of other items."""
    first, found = answer_tables[0], list[AnswerTable]()
    for answer_table in answer_tables:
        if first is None or answer_table is None:
            return None
        same = (
            answer_table
            if answer_table.sample_table is first.sample_table
            else aligned(answer_table, first.sample_table)
        )
        if isinstance(same, Unavailable):
            return None
        found.append(same)
    return found


def _lead(
    run: AnsweredRun,
    vote: str,
    benchmark: str,
    *,
    names: list[str],
    answer_tables: list[AnswerTable],
) -> VoteLead | None:
    scoring = protocol_of(run.facts).scoring(
        benchmark, settings=answer_tables[0].sample_table.settings
    )
    ours, *its = [one.of_score for one in measured(scoring, *answer_tables)]
    values = [one.score.value for one in its]
    leads = _leads(ours, its)
    if leads is None or None in values:
        return None
    best = max(range(len(names)), key=lambda place: values[place] or 0.0)
    bounds = (leads[best].value, leads[best].low, leads[best].high)
    value, low, high = (round(100 * bound, _DIGITS) for bound in bounds)
    return VoteLead(
        vote,
        benchmark,
        names[best],
        value,
        low,
        high,
        p_beats_every=round(p_beats_best(leads), _DIGITS),
        p_behind_one=round(p_worse_than_best(leads), _DIGITS),
    )


def _leads(vote: Measurement, members: list[Measurement]) -> list[Estimate] | None:
    """Estimate the vote's score minus that of each member; None where one has no estimate."""
    leads = [lead for one in members if (lead := measured_drop(vote, one)) is not None]
    return leads if len(leads) == len(members) else None
