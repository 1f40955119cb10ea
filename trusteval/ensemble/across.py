"""Does what a vote gains carry over from one base model to another: several runs side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, count
from pathlib import PurePath

from trusteval.ensemble.gains import Gain, Rival, gain_over
from trusteval.ensemble.panels import Panels
from trusteval.tables import Cell, Column, Kind, Section, Spread, Table
from trusteval.tracking.baseline import differences
from trusteval.types import Unavailable

_Row = tuple[str, str, Rival]
"""An ensemble, a benchmark and what the vote is compared with."""
_HEADINGS = ("ensemble", "benchmark", "vote minus", "over the runs")

_LONGEST = 24
"""Letters of a column's heading."""


class CarriesOver(StrEnum):
    """What several runs show together; a run shows a gain or a loss if its interval leaves out 0.

    In a table; in a sentence as `word`.
    """

    GAIN = "gain in all"
    LOSS = "loss in all"
    OPPOSED = "gain and loss"
    SOME_GAIN = "gain in some"
    SOME_LOSS = "loss in some"
    NOTHING = "nothing shown"


def across_models(named: Mapping[str, Panels]) -> Section:
    """Lay the gains of votes of one name beside each other, run by run, and say what follows."""
    runs = dict(zip(_labels(list(named)), named.values(), strict=True))
    gains = [_gains(panels) for panels in runs.values()]
    rows = [
        row
        for row in dict.fromkeys(row for of_run in gains for row in of_run)
        if sum(row in of_run for of_run in gains) > 1
    ]
    found = {row: [of_run.get(row, _NO_VOTE) for of_run in gains] for row in rows}
    verdicts = {row: carries_over(of_row) for row, of_row in found.items()}
    *keys, last = _HEADINGS
    table = Table(
        name="across",
        title="What the vote gains, points, by run",
        columns=(*map(Column, keys), *(Column(run, Kind.CHANGE) for run in runs), Column(last)),
        rows=tuple((*row, *map(_cell, found[row]), verdicts[row]) for row in rows),
        notes=(_BY_CHANCE, _RIVALS, *_alone(gains)),
    )
    notes = (*_who(runs), *_sentences(verdicts), *_asked_otherwise(runs))
    return Section("across", "Across models", (table,), notes)


_NO_VOTE = Unavailable("the run has no such vote there")
_BY_CHANCE = (
    "paired, each row on its own: of 20 rows where nothing is gained or lost, a run shows one gain "
    "and one loss by chance"
)
_RIVALS = (
    "best member: the interval holds whichever member is the best; chain: the first valid answer "
    "from the highest precision down"
)


def carries_over(gains: Sequence[Gain]) -> CarriesOver | Unavailable:
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


def _gains(panels: Panels) -> dict[_Row, Gain]:
    return {
        (panel.ensemble, panel.benchmark, rival): gain_over(rival, panel)
        for panel in panels.panels
        for rival in Rival
    }


def _cell(gain: Gain) -> Cell:
    if isinstance(gain, Unavailable):
        return gain
    return Spread(100 * gain.value, 100 * gain.low, 100 * gain.high)


# -- what is said ----------------------------------------------------------------------------


def _sentences(verdicts: Mapping[_Row, CarriesOver | Unavailable]) -> Iterator[str]:
    """Yield for each rival whether the gain over it carries over, and on how many rows."""
    for rival in Rival:
        told = [
            verdict
            for row, verdict in verdicts.items()
            if row[2] is rival and isinstance(verdict, CarriesOver)
        ]
        if not told:
            yield f"Over {_WITH_ARTICLE[rival]} no vote on a benchmark can be compared."
            continue
        counts = Counter(told)
        n = counts.pop(CarriesOver.GAIN, 0)
        does = f"the gain carries over on {n}" if n else "no gain is shown to carry over on any"
        others = ", ".join(f"{kind}: {counts[kind]}" for kind in CarriesOver if counts[kind])
        rest = f" ({others})" if others else ""
        yield f"Over {_WITH_ARTICLE[rival]} {does} of {len(told)} rows{rest}."


_WITH_ARTICLE = {
    Rival.DENSE: "the dense model",
    Rival.BEST_MEMBER: "the best member",
    Rival.CHAIN: "the fallback chain",
}


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


def _alone(gains: Sequence[Mapping[_Row, Gain]]) -> Iterator[str]:
    """Name the votes that one run alone holds."""
    n_runs = Counter(row[:2] for of_run in gains for row in of_run if row[2] is Rival.CHAIN)
    alone = [" on ".join(row) for row, n in n_runs.items() if n == 1]
    if alone:
        yield f"in one run only, and not compared: {', '.join(alone)}"


def _labels(named: Sequence[str]) -> list[str]:
    """Return what heads the runs' columns: the ends of their paths, told apart by number."""
    labels: list[str] = []
    for place, name in enumerate(named, 1):
        end = (PurePath(name).name or name)[:_LONGEST]
        numbered = (f"{end} ({number})" for number in count(place))
        taken = (*labels, *_HEADINGS)
        labels.append(next(label for label in chain([end], numbered) if label not in taken))
    return labels
