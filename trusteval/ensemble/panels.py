"""Takes a recorded run apart into panels: every ensemble on every benchmark, or why it is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.answers.voting import precedence
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.panel import Panel
from trusteval.metrics.scoring import Scoring
from trusteval.protocols.protocol import Protocol
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import aligned, rows_in_order
from trusteval.tracking.reader_version import protocol_of
from trusteval.types import Declared, Ensemble, Unavailable, Variant


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """All panels of a run; `left_out` says of what could not be put together why."""

    run: AnsweredRun
    panels: tuple[Panel, ...]
    left_out: tuple[str, ...] = ()

    @property
    def ensembles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(panel.ensemble for panel in self.panels))

    def of(self, ensemble: str) -> tuple[Panel, ...]:
        """Return an ensemble's panels, one per benchmark."""
        return tuple(panel for panel in self.panels if panel.ensemble == ensemble)


def panels_of(run: AnsweredRun, ensembles: Iterable[Ensemble], *, dense: str) -> Panels:
    """Put together what a run holds of ensembles; `dense` names the model they stand beside."""
    found, left_out = list[Panel](), list[str]()
    for ensemble in ensembles:
        for benchmark in run.benchmarks:
            panel = _panel(run, ensemble, benchmark, dense=dense)
            if isinstance(panel, Unavailable):
                left_out.append(f"{ensemble.name} on {benchmark}: {panel.why}")
            else:
                found.append(panel)
    return Panels(run, tuple(found), tuple(left_out))


def _panel(
    run: AnsweredRun, ensemble: Ensemble, benchmark: str, *, dense: str
) -> Panel | Unavailable:
    protocol = protocol_of(run.facts)
    if not protocol.scores(benchmark):
        return Unavailable(f"the protocol {protocol.name} does not score it")
    members = tuple(sorted(ensemble.members, key=precedence))
    cast = ballots_of(run, members, benchmark)
    if isinstance(cast, Unavailable):
        return cast
    sample_table = cast[0].sample_table
    singles = _singles(run, benchmark, sample_table=sample_table)
    scoring = protocol.scoring(benchmark, settings=sample_table.settings)
    rows = _rows(scoring, sample_table)
    if not len(rows):
        return Unavailable("no item of it counts for its score")
    parts = cast[0].only(rows).by_setting()
    return Panel(
        ensemble=ensemble.name,
        benchmark=benchmark,
        dimension=BENCHMARKS[benchmark].dimension,
        scoring=scoring,
        members=members,
        cast=cast,
        singles=singles,
        dense=dense if dense in singles else None,
        rows=rows,
        declared={name: Declared(len(part), part.targets) for name, part in parts.items()},
        probabilities=_probabilities(run, benchmark, singles=singles),
        costs={
            name: run.costs[name, benchmark] for name in singles if (name, benchmark) in run.costs
        },
    )


def _singles(
    run: AnsweredRun, benchmark: str, *, sample_table: SampleTable
) -> dict[str, AnswerTable]:
    """Return the answers of all who are no vote, in one order, but of who answered other items."""
    found = {}
    for (subject, other), answers in run.answer_tables.items():
        if other == benchmark and (subject, other) not in run.members:
            same = _in_order(answers, sample_table)
            if not isinstance(same, Unavailable):
                found[subject] = same
    return found


def _probabilities(
    run: AnsweredRun, benchmark: str, *, singles: Mapping[str, AnswerTable]
) -> dict[str, LabelProbabilities]:
    """Return how likely labels were, in the order of the singles' answers."""
    found = {}
    for name, answers in singles.items():
        key = name, benchmark
        if key in run.probabilities:
            rows = rows_in_order(run.answer_tables[key], answers.sample_table)
            if not isinstance(rows, Unavailable):
                found[name] = run.probabilities[key].only(rows)
    return found


def ballots_of(
    run: AnsweredRun, members: Sequence[Variant], benchmark: str
) -> tuple[AnswerTable, ...] | Unavailable:
    """Return what each member cast on a benchmark, all in the order of the first one's items."""
    absent = [m.name for m in members if (m.name, benchmark) not in run.answer_tables]
    if absent or not members:
        return Unavailable(f"{', '.join(absent) or 'nobody'} did not answer it")
    sample_table = run.answer_tables[members[0].name, benchmark].sample_table
    singles = _singles(run, benchmark, sample_table=sample_table)
    differing = [m.name for m in members if m.name not in singles]
    if differing:
        return Unavailable(f"{', '.join(differing)} answered other items")
    return _cast(run, members, benchmark, singles=singles)


def _cast(
    run: AnsweredRun,
    members: Sequence[Variant],
    benchmark: str,
    *,
    singles: Mapping[str, AnswerTable],
) -> tuple[AnswerTable, ...] | Unavailable:
    """Return the members' ballots: their answers, or what the protocol's own reading of them is."""
    protocol = protocol_of(run.facts)
    if protocol.ballot is protocol.extract:
        return tuple(singles[member.name] for member in members)
    mute = [m.name for m in members if (m.name, benchmark) not in run.said]
    if mute:
        return Unavailable(
            f"{protocol.name} reads a ballot otherwise than an answer, and what "
            f"{', '.join(mute)} said is not recorded"
        )
    sample_table = singles[members[0].name].sample_table
    ballots = [_ballots(run, protocol, (member.name, benchmark)) for member in members]
    ordered = [_in_order(answers, sample_table) for answers in ballots]
    return tuple(answers for answers in ordered if isinstance(answers, AnswerTable))


def _ballots(run: AnsweredRun, protocol: Protocol, key: tuple[str, str]) -> AnswerTable:
    sample_table = run.answer_tables[key].sample_table
    said = run.said[key].responses()
    return AnswerTable.of(sample_table, map(protocol.ballot, sample_table.samples, said))


def _in_order(answers: AnswerTable, sample_table: SampleTable) -> AnswerTable | Unavailable:
    return answers if answers.sample_table is sample_table else aligned(answers, sample_table)


def _rows(scoring: Scoring, sample_table: SampleTable) -> Codes:
    """Return which samples the score covers."""
    covers = set(scoring.settings)
    counted = (
        place
        for place, sample in enumerate(sample_table.samples)
        if sample.setting.name in covers and scoring.counts(sample)
    )
    return np.fromiter(counted, np.int64)
