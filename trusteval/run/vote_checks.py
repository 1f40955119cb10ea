"""Checks gates on what is made of a vote's members: the best of them, their chain, their oracle.

Refuses what no subject of the run has, and what comes out even whatever the members answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trusteval.benchmarks import BENCHMARKS
from trusteval.errors import GateError
from trusteval.gates.gate import Gate, Rival
from trusteval.metrics import indicators as row
from trusteval.metrics.making import Rate
from trusteval.metrics.metric import METRICS, Metric
from trusteval.metrics.scoring import Scoring
from trusteval.types import Ensemble, RefusalPolicy, Subject

_SILENCE = (row.refused, row.invalid, row.unanswered)


def check_votes(gate: Gate, judged: Sequence[Subject], *, where: str) -> None:
    """Raise GateError where a gate asks of somebody what only a vote of judged members has."""
    is_of_members = METRICS[gate.metric].of_members
    if gate.rival is None and not is_of_members:
        return
    what = gate.metric if is_of_members else f"reference {gate.reference!r}"
    subjects = {subject.name: subject for subject in judged}
    votes = [name for name, subject in subjects.items() if isinstance(subject, Ensemble)]
    if gate.rival is not None and gate.reference in subjects:
        raise GateError(f"{where}: {what} is the name of a subject too; rename that")
    for name in filter(gate.applies_to, subjects):
        subject = subjects[name]
        if not isinstance(subject, Ensemble):
            raise GateError(
                f"{where}: {what} is made of the members of a vote, and {name} is none; name votes "
                f'only: subjects = ["vote-*"] (votes of this run: {", ".join(votes) or "none"})'
            )
        absent = [member.name for member in subject.members if member.name not in subjects]
        if absent:
            raise GateError(
                f"{where}: {what} needs every member of {name} judged; {absent[0]} is not"
            )


def refuse_foregone(gate: Gate, scoring: Scoring, asked: Iterable[str], *, where: str) -> None:
    """Raise GateError for a comparison of silences that the vote's own rule decides.

    `asked` are the benchmark's settings. Where refusals are dropped, a vote and its chain answer
    what any member answers, and else fall silent alike.
    """
    metric = scoring.form_of(gate.metric)
    benchmark = BENCHMARKS[gate.benchmark]
    keeps = [
        name
        for name in _settings_of(gate, scoring, asked)
        if benchmark.setting(name).refusal_policy is RefusalPolicy.KEEP
    ]
    match gate.rival:
        case Rival.FALLBACK if _is_of_silence(metric) and (
            not keeps or _holds(metric, row.invalid)
        ):
            why = "a vote falls silent where its fallback chain does"
        case Rival.BEST_MEMBER if _holds(metric, row.unanswered) and not keeps:
            why = "a vote answers whatever any member answers"
        case _:
            return
    raise GateError(f"{where}: {why}, so no answers can break a comparison of {gate.metric}")


def chains_themselves(gates: Iterable[Gate], ensembles: Sequence[Ensemble]) -> list[str]:
    """Name the gates that compare a vote of two with its chain, which answers the same."""
    found = []
    for gate in gates:
        held = [e.name for e in ensembles if len(e.members) == 2 and gate.applies_to(e.name)]
        if gate.rival is Rival.FALLBACK and held:
            found.append(
                f"gate {gate.number} {gate.id} for {', '.join(held)} (a vote of two is its "
                "fallback chain)"
            )
    return found


def _settings_of(gate: Gate, scoring: Scoring, asked: Iterable[str]) -> list[str]:
    """Return the settings that a gate's part is made of."""
    if gate.setting is None:
        return [name for name in asked if name in scoring.settings]
    if gate.setting in scoring.subscores:
        return [name for name in asked if name in scoring.subscores[gate.setting].metrics]
    return [gate.setting]


def _is_of_silence(metric: Metric) -> bool:
    """Whether it counts who gets no label, and not which."""
    of_gaps = bool(metric.gaps) and all(gap.of_silence for gap in metric.gaps)
    return of_gaps or any(_holds(metric, silence) for silence in _SILENCE)


def _holds(metric: Metric, indicator: row.Indicator) -> bool:
    return isinstance(metric.made, Rate) and metric.made.holds is indicator
