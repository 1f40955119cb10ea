"""What a report says of a run's judge: who it is, how often it reads what the run reads, and where
it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trusteval.judging.record import LOW_KAPPA, JudgeFacts, JudgeLine, JudgeRecord, Measured
from trusteval.report.corrections import corrections_table
from trusteval.report.record import RunRecord
from trusteval.tables import Cell, Column, Kind, Spread, Table
from trusteval.types import Unavailable

_COLUMNS = (
    *(Column("benchmark"), Column("subject"), Column("read", Kind.COUNT)),
    *(Column("drawn", Kind.COUNT), Column("of", Kind.COUNT), Column("agreement", Kind.SHARE)),
    *(Column("kappa", Kind.NUMBER), Column("differs most")),
)
_ITEM_COLUMNS = tuple(map(Column, ("benchmark", "subject", "item", "run reads", "judge reads")))
_FIGURES = (
    "Agreement and kappa are over all answers of a subject, what was read standing for its "
    "stratum, with 90 % intervals; what has no reading is in neither. A judge errs too: "
    "agreement says that two readers err alike or not at all."
)


@dataclass(frozen=True, slots=True)
class JudgeSummary:
    """What is said of a judge: who it is, its table, what differs item by item, and doubts.

    `corrected` are the scores corrected for its errors.
    """

    who: tuple[str, ...]
    table: Table
    corrected: Table
    items: Table
    doubts: tuple[str, ...]
    notes: tuple[str, ...]


def judge_summary(record: RunRecord) -> JudgeSummary | None:
    """Word what a run's judge found; None where it had none."""
    if record.judge is None:
        return None
    places = record.places
    lines = sorted(
        record.judge.lines, key=lambda line: (line.benchmark, places.get(line.subject, -1))
    )
    asked = [line for line in lines if not line.not_asked]
    return JudgeSummary(
        who=tuple(_who(record.judge, record.facts.protocol or "strict")),
        table=Table("judge", "Judge", _COLUMNS, tuple(map(_row, asked)), notes=(_FIGURES,)),
        corrected=corrections_table(record, asked),
        items=Table(
            "judge_items",
            "Items that the judge reads otherwise, a few of each difference",
            _ITEM_COLUMNS,
            tuple(
                (line.benchmark, line.subject, one.item, one.first, one.second)
                for line in asked
                for one in line.items
            ),
        ),
        doubts=tuple(_doubts(lines)),
        notes=tuple(_notes(lines)),
    )


def judge_notes(line: JudgeLine | None) -> list[str]:
    """Word beside a verdict what the judge made of the answers behind it."""
    if line is None or line.not_asked:
        return []
    unread = f", {line.n_unread} without a reading" if line.n_unread else ""
    if line.agreement is None:
        return [f"judge: read none of {line.drawn}{unread}"]
    chance = "" if line.kappa is None else f", kappa {line.kappa.value:.2f}"
    agreed = f"agrees on {100 * line.agreement.value:.1f} %{chance}"
    return [f"judge: read {line.read} of {line.drawn}{unread}, {agreed}"]


def _who(judge: JudgeRecord, protocol: str) -> Iterator[str]:
    facts: JudgeFacts = judge.facts
    drawn = f"{facts.sample} answers" if facts.sample else "all answers"
    told = sorted({line.fingerprint for line in judge.lines if line.fingerprint})
    yield (
        f"{facts.where}, asked as {facts.format}, fingerprint {', '.join(told) or 'unknown'}, "
        f"texts {facts.prompts[:12]}: it reads again what {protocol} read, {drawn} of each subject "
        f"and benchmark, drawn by setting and reading with seed {facts.seed}."
    )


def _row(line: JudgeLine) -> tuple[Cell, ...]:
    undefined = Unavailable(line.undefined or "nothing was read")
    most = "; ".join(f"{one.first} -> {one.second} {one.n}" for one in line.differing)
    return (
        *(line.benchmark, line.subject, line.read, line.drawn, line.answers),
        _spread(line.agreement) or undefined,
        _spread(line.kappa) or undefined,
        most or ("nothing" if line.read else undefined),
    )


def _spread(found: Measured | None) -> Spread | None:
    return None if found is None else Spread(found.value, found.interval.low, found.interval.high)


def _doubts(lines: Sequence[JudgeLine]) -> Iterator[str]:
    """Yield what must be known before anything is made of a judge: it disagrees, it is silent."""
    for line in lines:
        if line.is_low and line.kappa is not None:
            low, high = line.kappa.interval.low, line.kappa.interval.high
            yield (
                f"the judge and the reader disagree on {line.subject}, {line.benchmark}: kappa "
                f"{line.kappa.value:.2f} [{low:.2f}, {high:.2f}] is under {LOW_KAPPA}"
            )
    for line in lines:
        if line.n_unread:
            yield (
                f"the judge has no reading of {line.n_unread} of {line.drawn} answers of "
                f"{line.subject} to {line.benchmark}: {line.unread_words}"
            )


def _notes(lines: Sequence[JudgeLine]) -> Iterator[str]:
    """Yield what the judge was not asked, and what it saw a part of."""
    for why in dict.fromkeys(line.not_asked for line in lines if line.not_asked):
        names = dict.fromkeys(line.benchmark for line in lines if line.not_asked == why)
        yield f"the judge is not asked about {', '.join(names)}: {why}"
    cut = [line for line in lines if line.cut]
    if cut:
        told = ", ".join(f"{line.cut} of {line.subject} to {line.benchmark}" for line in cut)
        yield f"too long for the judge, so shown without their middle: answers {told}"
