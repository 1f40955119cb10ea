"""Studies what is gathered: which votes of which run, on which benchmarks, in which sections."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from trusteval.cli.ensemble_votes import electorate, read_bits, single_subjects
from trusteval.ensemble.asked import Asked
from trusteval.ensemble.gathering import Gathered
from trusteval.ensemble.panels import panels_of
from trusteval.ensemble.study import Study, study
from trusteval.errors import TrackingError, UsageError, VariantError
from trusteval.suggestion import meant
from trusteval.tracking.selection import of_benchmarks, refuse_unknown_benchmarks
from trusteval.types import DENSE, Ensemble


def studies_of(
    gathered: Sequence[Gathered], asked: argparse.Namespace, *, sections: Sequence[str]
) -> list[Study]:
    """Ask sections of every run.

    Raises UsageError for names that no run knows, TrackingError for a run without a vote to show.
    """
    runs = [one.chosen.run for one in gathered]
    singles = list(dict.fromkeys(name for run in runs for name in single_subjects(run)))
    if asked.dense not in (None, *singles):
        raise UsageError(
            f"--dense {asked.dense}: no run has a single subject of that name; known: "
            f"{', '.join(singles)}{meant(asked.dense, singles)}"
        )
    bits = read_bits(asked.bits, known=singles)
    refuse_unknown_benchmarks(asked.benchmark, *(one.chosen for one in gathered))
    votes = _votes(gathered, asked.ensemble, bits=bits)
    return [
        _study(one, ensembles, doubts, asked=asked, sections=sections)
        for one, (ensembles, doubts) in zip(gathered, votes, strict=True)
    ]


_Votes = tuple[tuple[Ensemble, ...], list[str]]
"""A run's votes, and what it cannot hold of those asked for."""


def _votes(
    gathered: Sequence[Gathered], asked: Sequence[str], *, bits: Mapping[str, int]
) -> list[_Votes]:
    """Return every run's votes; raises VariantError for one asked for that no run can hold."""
    held: set[str] = set()
    found, errors = list[_Votes](), dict[str, VariantError]()
    for one in gathered:
        who = electorate(one.chosen.run, bits=bits)
        ensembles, doubts = list[Ensemble]() if asked else [*who.usual()], list[str]()
        for word in asked:
            try:
                ensembles += who.called(word)
                held.add(word)
            except VariantError as error:
                errors.setdefault(word, error)
                doubts.append(f"left out: {error}")
        _refuse_twice([ensemble.name for ensemble in ensembles])
        found.append((tuple(ensembles), doubts))
    for word in asked:
        if word not in held:
            raise errors[word]
    return found


def _refuse_twice(names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--ensemble {twice} is given twice")


def _study(
    gathered: Gathered,
    ensembles: Sequence[Ensemble],
    doubts: Sequence[str],
    *,
    asked: argparse.Namespace,
    sections: Sequence[str],
) -> Study:
    dense = asked.dense or DENSE
    run = of_benchmarks(gathered.chosen, asked.benchmark).run
    panels = panels_of(run, ensembles, dense=dense)
    if not panels.panels:
        told = [f"{gathered.named} has no vote to show", *gathered.doubts, *panels.left_out]
        raise TrackingError("; ".join((*told, *doubts)))
    without = dict.fromkeys(panel.benchmark for panel in panels.panels if panel.dense is None)
    lacking = [
        f"no {dense} beside the votes on {benchmark}: nothing is compared with it (--dense NAME)"
        for benchmark in without
    ]
    return study(
        panels,
        named=gathered.named,
        names=sections,
        doubts=(*gathered.doubts, *doubts, *lacking),
        asked=Asked(group_aware=asked.group_aware),
    )
