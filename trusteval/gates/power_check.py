"""Says before any model runs what the samples can hardly show, and refuses what nothing can keep.

Words the planner's lines: where an unchanged subject may not pass, or a break twice as large as
allowed may go unseen, in more than one of five runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from trusteval.gates.figures import Figures
from trusteval.gates.planning import DISCORDANCE, DISCORDANCE_AT_FEW_BITS, Line
from trusteval.stats.power import POWER
from trusteval.types import Level

_ENOUGH = 100 * POWER
_MOST_SAID = 8


@dataclass(frozen=True, slots=True)
class UnderpoweredGate:
    """What a limit can hardly show, in words, and the smallest chance that it has."""

    words: str
    chance: float


def doubts(lines: Sequence[Line]) -> list[str]:
    """Return what the samples can hardly show, a sentence for each limit: a handful, worst first.

    The last sentence says what is assumed.
    """
    short = [line for line in lines if line.figures is not None and _is_short(line)]
    of_limits = [list(group) for _, group in groupby(short, key=lambda x: (x.number, x.limit))]
    found = sorted(map(_underpowered, of_limits), key=lambda doubt: doubt.chance)
    said = [doubt.words for doubt in found[:_MOST_SAID]]
    if len(found) > _MOST_SAID:
        said.append(
            f"{len(found) - _MOST_SAID} more limits are as doubtful (`trusteval plan` has all)"
        )
    return [*said, *(assumptions(short) if said else [])]


def unmeetable(lines: Iterable[Line]) -> str | None:
    """Say which blocking limit no answers can keep, with the nearest that they could."""
    for line in lines:
        figures = line.figures
        if line.level is Level.BLOCK and figures is not None and not figures.can_pass:
            return f"gate {line.number} ({line.gate}): {_cannot(line, figures)}"
    return None


def assumptions(lines: Sequence[Line]) -> list[str]:
    """Say how many answers are taken to differ, where a line depends on it."""
    compared = [line for line in lines if line.discordance is not None]
    said = []
    if any(line.is_assumed for line in compared):
        said.append(
            f"assumed: {100 * DISCORDANCE:g} % of the answers differ from the reference's "
            f"({100 * DISCORDANCE_AT_FEW_BITS:g} % at 3 bit or fewer), those of one item together "
            "by half"
        )
    known = {
        f"{name} on {line.gate.split('.')[0]} {100 * line.discordance:.0f} %"
        for line in compared
        for name in line.subjects
        if not line.is_assumed and line.discordance is not None
    }
    if known:
        said.append(f"as in the baseline, so many answers differ: {', '.join(sorted(known))}")
    return said


def _is_short(line: Line) -> bool:
    figures = line.figures
    if figures is None or line.limit == "detect_drop":
        return False
    unchanged = _ENOUGH if figures.unchanged is None else figures.unchanged
    return not figures.can_pass or unchanged < _ENOUGH or figures.red < _ENOUGH


def _underpowered(lines: Sequence[Line]) -> UnderpoweredGate:
    parts = []
    chances = []
    for line in lines:
        figures = line.figures
        assert figures is not None
        parts.append(f"{', '.join(line.subjects)}: {'; '.join(_shortcomings(line, figures))}")
        chances += [figures.red, *([] if figures.unchanged is None else [figures.unchanged])]
    first = lines[0]
    return UnderpoweredGate(
        f"{first.gate} {first.limit} {first.value:g} is hardly resolved for {' | '.join(parts)}",
        min(chances),
    )


def _shortcomings(line: Line, figures: Figures) -> list[str]:
    if not figures.can_pass:
        return [_cannot(line, figures)]
    said = []
    if figures.unchanged is not None and figures.unchanged < _ENOUGH:
        decided = "" if figures.decided is None else f", a margin of {figures.decided:.1f} in 80 %"
        note = f" {line.note}" if line.note else ""
        said.append(f"no change passes in {figures.unchanged:.0f} % of runs{note}{decided}")
    if figures.red < _ENOUGH:
        what = f"a break of {figures.twice:.3g} points" if line.is_change else _true(figures)
        said.append(f"{what} is found in {figures.red:.0f} % of runs")
    return said


def _true(figures: Figures) -> str:
    return f"a true value of {figures.twice:.3g}"


def _cannot(line: Line, figures: Figures) -> str:
    limit = f"{line.limit} = {line.value:g}"
    if line.is_change:
        return (
            f"{limit} cannot be met: identical answers reach {figures.floor:.2f} here, the "
            "smallest margin that can pass"
        )
    return (
        f"{limit} cannot be met: the bound of perfect answers is {figures.floor:.2f} here, the "
        "nearest limit that can pass (point = true compares what is seen)"
    )
