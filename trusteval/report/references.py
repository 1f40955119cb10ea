"""Who a subject was compared with, found again among the answers of a run."""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.answers.fallback import fall_back
from trusteval.answers.table import AnswerTable
from trusteval.ensemble.panels import ballots_of
from trusteval.gates.gate import BASELINE, Rival
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import aligned
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a comparison: what it is called, and its answers in the order of the other's."""

    name: str
    answers: AnswerTable


def reference_of(
    run: AnsweredRun, *, subject: str, benchmark: str, reference: str
) -> Side | Unavailable:
    """Return who a subject was compared with on a benchmark, or why it cannot be found."""
    key = subject, benchmark
    if key not in run.answer_tables:
        return Unavailable(f"the answers of {subject} are not among those of the run")
    match reference:
        case _ if reference == BASELINE:
            accepted = run.accepted.get(key)
            missing = Unavailable("what was accepted is not among the answers of the run")
            return missing if accepted is None else Side(reference, accepted)
        case Rival.FALLBACK:
            cast = ballots_of(run, run.members.get(key, ()), benchmark)
            if isinstance(cast, Unavailable):
                return cast
            return Side("its fallback chain", fall_back(run.members[key], cast))
        case Rival.BEST_MEMBER:
            return _best_member(run, key)
        case _:
            return _other(run, reference, key)


def _best_member(run: AnsweredRun, key: tuple[str, str]) -> Side | Unavailable:
    """Return the member that has most items right, of equals the first."""
    sides = []
    for member in run.members.get(key, ()):
        found = _other(run, member.name, key)
        if isinstance(found, Unavailable):
            return found
        sides.append(Side(f"{found.name}, its best member", found.answers))
    if not sides:
        return Unavailable(f"{key[0]} is no vote")
    return max(sides, key=lambda side: int(side.answers.correct.sum()))


def _other(run: AnsweredRun, name: str, key: tuple[str, str]) -> Side | Unavailable:
    found = run.answer_tables.get((name, key[1]))
    if found is None:
        return Unavailable(f"the answers of {name} are not among those of the run")
    lined_up = aligned(found, run.answer_tables[key].sample_table)
    return lined_up if isinstance(lined_up, Unavailable) else Side(name, lined_up)
