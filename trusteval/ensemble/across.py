"""Does what a vote gains carry over from one base model to another: several runs side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, count
from pathlib import PurePath

from trusteval.ensemble.contest import CHAIN, DENSE, Lead
from trusteval.ensemble.lead_tables import BEST
from trusteval.ensemble.panels import Panels
from trusteval.ensemble.side_by_side import SideBySide, side_by_side
from trusteval.ensemble.wording import lead_cell
from trusteval.tables import Cell, Column, Kind, Section, Table
from trusteval.tracking.baseline import differences
from trusteval.types import Unavailable

_RIVALS = {DENSE: "the dense model", BEST: "its best member", CHAIN: "the fallback chain"}
_HEADINGS = ("ensemble", "dimension", "vote minus", "over the runs")
_LONGEST = 24
"""Letters of a column's heading."""


class CarriesOver(StrEnum):
    """What several runs show together; each shows a gain or a loss if its interval leaves out 0."""

    GAIN = "gain in all"
    LOSS = "loss in all"
    OPPOSED = "gain and loss"
    SOME_GAIN = "gain in some"
    SOME_LOSS = "loss in some"
    NOTHING = "nothing shown"


def across_models(named: Mapping[str, Panels]) -> Section:
    """Lay the gains of votes of one name beside each other, run by run, and say what follows."""
    runs = dict(zip(_labels(list(named)), named.values(), strict=True))
    votes = Counter(vote for panels in runs.values() for vote in panels.ensembles)
    found = [
        one for vote in votes if votes[vote] > 1 for one in side_by_side(vote, list(runs.values()))
    ]
    verdicts = [carries_over(one.leads) for one in found]
    *keys, last = _HEADINGS
    table = Table(
        name="across",
        title="What the vote gains, points, by run",
        columns=(*map(Column, keys), *(Column(run, Kind.CHANGE) for run in runs), Column(last)),
        rows=tuple(map(_row, found, verdicts)),
        notes=(*_LEGEND, *_incomplete(found, list(runs)), *_not_compared(runs, found)),
    )
    notes = (*_who(runs), *_copies(runs), *_sentences(found, verdicts), *_asked_otherwise(runs))
    return Section("across", "Across models", (table,), notes)


def _copies(runs: Mapping[str, Panels]) -> Iterator[str]:
    """Say which runs hold the answers of one before them: they are no further model."""
    first = dict[str, str]()
    for name, panels in runs.items():
        held = first.setdefault(panels.run.digest, name)
        if held != name:
            yield f"{name} holds the very answers of {held}: it is no further model"


def _row(one: SideBySide, verdict: CarriesOver | Unavailable) -> tuple[Cell, ...]:
    return (one.ensemble, one.dimension, one.rival, *map(lead_cell, one.leads), verdict)


_LEGEND = (
    "paired, each row on its own: of 20 rows where nothing is gained or lost, a run shows one gain "
    "and one loss by chance",
    "a dimension is the mean of its benchmarks; its best member: the interval holds whichever "
    "member that is; the fallback chain: the first valid answer from the highest precision down",
)


def carries_over(gains: Sequence[Lead]) -> CarriesOver | Unavailable:
    """Return what the gains of several runs show together."""
    there = [gain for gain in gains if not isinstance(gain, Unavailable)]
    if len(there) < 2:
        return Unavailable("fewer than two of the runs have an estimate")
    n_gains, n_losses = sum(g.low > 0 for g in there), sum(g.high < 0 for g in there)
    match n_gains, n_losses:
        case 0, 0:
            return CarriesOver.NOTHING
        case n, 0:
            return CarriesOver.GAIN if n == len(there) else CarriesOver.SOME_GAIN
        case 0, n:
            return CarriesOver.LOSS if n == len(there) else CarriesOver.SOME_LOSS
        case _:
            return CarriesOver.OPPOSED


# -- what is said ----------------------------------------------------------------------------


def _sentences(
    found: Sequence[SideBySide], verdicts: Sequence[CarriesOver | Unavailable]
) -> Iterator[str]:
    """Yield for each rival whether the gain over it carries over, and on how many rows."""
    for rival, worded in _RIVALS.items():
        told = [
            verdict
            for one, verdict in zip(found, verdicts, strict=True)
            if one.rival == rival and isinstance(verdict, CarriesOver)
        ]
        if not told:
            yield f"Over {worded} no vote can be compared in two runs."
            continue
        counts = Counter(told)
        n = counts.pop(CarriesOver.GAIN, 0)
        does = f"the gain carries over on {n}" if n else "no gain is shown to carry over on any"
        others = ", ".join(f"{kind}: {counts[kind]}" for kind in CarriesOver if counts[kind])
        rest = f" ({others})" if others else ""
        yield f"Over {worded} {does} of {len(told)} rows{rest}."


def _who(runs: Mapping[str, Panels]) -> Iterator[str]:
    for label, panels in runs.items():
        facts = panels.run.facts
        model, profile = facts.model or "model not recorded", facts.profile or "profile not said"
        yield f"{label}: {model}, {profile}"


def _asked_otherwise(runs: Mapping[str, Panels]) -> Iterator[str]:
    """Say where runs were asked otherwise than the first: a difference may come from there."""
    (_, first), *others = runs.items()
    for label, panels in others:
        for benchmark in first.run.benchmarks:
            if benchmark in panels.run.benchmarks:
                data, facts = panels.run.data[benchmark], panels.run.facts
                changed = differences(first.run, benchmark, facts=facts, data=data)
                if changed:
                    yield f"{benchmark} was asked otherwise in {label}: {'; '.join(changed)}"


def _incomplete(found: Sequence[SideBySide], labels: Sequence[str]) -> Iterator[str]:
    """Say which figures leave out a benchmark, or a member."""
    for one in found:
        where = f"{one.ensemble}, {one.dimension}, minus {one.rival}"
        if one.over and one.without:
            yield f"{where}: without {', '.join(one.without)}, which not every run has a figure of"
        for label, some in zip(labels, one.best_of, strict=True):
            if some:
                yield f"{where}, in {label}: the best of {', '.join(some)}, who have a score"


def _not_compared(runs: Mapping[str, Panels], found: Sequence[SideBySide]) -> Iterator[str]:
    """Name the votes on benchmarks that are in some of the runs that could be compared only."""
    compared = {(one.ensemble, name) for one in found for name in (*one.over, *one.without)}
    alone = [
        f"{panel.ensemble} on {panel.benchmark} ({label})"
        for label, panels in runs.items()
        for panel in panels.panels
        if (panel.ensemble, panel.benchmark) not in compared
    ]
    if alone:
        yield f"not in every run, and not compared: {', '.join(alone)}"


def _labels(named: Sequence[str]) -> list[str]:
    """Return what heads the runs' columns: the ends of their paths, told apart by number."""
    labels: list[str] = []
    for place, name in enumerate(named, 1):
        end = (PurePath(name).name or name)[:_LONGEST]
        numbered = (f"{end} ({number})" for number in count(place))
        taken = (*labels, *_HEADINGS)
        labels.append(next(label for label in chain([end], numbered) if label not in taken))
    return labels
