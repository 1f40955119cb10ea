"""Plans a run: what each limit can show of each subject, before any model answers.

The planner's table and the doubts in the first lines of a run are this one computation. How many
answers will differ is read off the accepted baseline, or assumed and said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from trusteval.errors import UndefinedError
from trusteval.gates.aims import Asked, aims_of
from trusteval.gates.figures import Figures, figures_of
from trusteval.gates.gate import Gate, Rival
from trusteval.gates.limit_checks import ABSOLUTE
from trusteval.types import Ensemble, Level, Subject, Unavailable, Variant

DISCORDANCE = 0.10
"""Assumed share of samples that only one of subject and reference has right."""
DISCORDANCE_AT_FEW_BITS = 0.20
_FEW_BITS = 3
_NO_PROMISE = "compares what is seen: no promise"


@dataclass(frozen=True, slots=True)
class Line:
    """One limit of a row, and the subjects of whom it shows the same; `note` says what is special.

    `figures` is None where there are none, and `note` says why.
    """

    gate: str
    limit: str
    value: float
    subjects: tuple[str, ...]
    level: Level
    family: int
    figures: Figures | None
    note: str = ""
    is_change: bool = False
    discordance: float | None = None
    is_assumed: bool = True
    number: int = field(default=0, compare=False)


def assumed_discordance(subject: Subject) -> float:
    """Return what share of answers is assumed to differ from the reference's."""
    # A .gguf of 3 bit holds 3.4 to 3.9 bits per weight, scales included.
    few = isinstance(subject, Variant) and 0 < int(subject.bits) <= _FEW_BITS
    return DISCORDANCE_AT_FEW_BITS if few else DISCORDANCE


def plan(
    gates: Sequence[Gate],
    subjects: Sequence[Subject],
    *,
    asked: Mapping[str, Asked | Unavailable],
    known: Mapping[tuple[str, str], float],
    families: Mapping[str, int],
) -> list[Line]:
    """Return what each limit of the gates can show of the subjects it holds.

    `asked` is by benchmark, or why nothing can be asked of it; `known` is the discordance with the
    reference that the baseline shows, by subject and benchmark; `families` is how many blocking
    rows hold each subject.
    """
    done: dict[tuple[object, ...], list[Line]] = {}
    holding: dict[tuple[object, ...], list[str]] = {}
    for gate in gates:
        for subject in subjects:
            if not gate.applies_to(subject.name):
                continue
            place = subject.name, gate.benchmark
            is_known = place in known and gate.rival is None
            discordance = known[place] if is_known else assumed_discordance(subject)
            compared = gate.compares(subject.name)
            members = _members(gate, subject)
            family = families[subject.name] if gate.is_tested else 1
            case = (gate.number, gate.id, family, members, *((discordance, is_known) * compared))
            holding.setdefault(case, []).append(subject.name)
            if case not in done:
                lines = _lines(
                    gate,
                    asked[gate.benchmark],
                    discordance=discordance,
                    family=family,
                    compared=compared,
                    members=members,
                )
                done[case] = [replace(line, is_assumed=not is_known) for line in lines]
    return [
        replace(line, subjects=tuple(holding[case]))
        for case, lines in done.items()
        for line in lines
    ]


def _lines(
    gate: Gate,
    asked: Asked | Unavailable,
    *,
    discordance: float,
    family: int,
    compared: bool,
    members: int,
) -> list[Line]:
    limits = limits_of(gate, compared=compared)

    def line(key: str, figures: Figures | None, note: str) -> Line:
        is_change = key not in ABSOLUTE
        return Line(
            gate.id,
            key,
            limits[key],
            (),
            gate.level,
            family,
            figures,
            note,
            is_change=is_change,
            discordance=discordance if is_change else None,
            number=gate.number,
        )

    if gate.point:
        return [line(key, None, _NO_PROMISE) for key in limits]
    if isinstance(asked, Unavailable):
        return [line(key, None, asked.why) for key in limits]
    try:
        aims = aims_of(gate, asked, limits, discordance=discordance)
    except UndefinedError as undefined:
        return [line(key, None, str(undefined)) for key in limits]
    found = []
    for aim in aims:
        pairs = members if aim.is_change else 1
        figures = figures_of(aim, family=family, claims=len(aims) * pairs)
        found.append(line(aim.key, figures, _of_one(pairs, aim.note)))
    return found


def _members(gate: Gate, subject: Subject) -> int:
    """Count whom a subject is compared with at once."""
    if gate.rival is Rival.BEST_MEMBER and isinstance(subject, Ensemble):
        return len(subject.members)
    return 1


def _of_one(pairs: int, note: str) -> str:
    """Say that of several pairs one is foreseen: none passes by it alone, and any may fail."""
    if pairs == 1:
        return note
    every = f"against one of {pairs} members, every one of which has to pass"
    return f"{every}, {note}" if note else every


def limits_of(gate: Gate, *, compared: bool) -> dict[str, float]:
    """Return the limits a row holds somebody to, by their keys."""
    absolute = {"at_least": gate.at_least, "at_most": gate.at_most}
    relative = {"max_drop": gate.max_drop, "max_rise": gate.max_rise, "gap_shift": gate.gap_shift}
    if gate.detect_drop:
        relative["detect_drop"] = 0.0
    asked = {**absolute, **(relative if compared else {})}
    return {key: limit for key, limit in asked.items() if limit is not None}
