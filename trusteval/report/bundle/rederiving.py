"""Makes a run's figures again from its answers: readings, votes, scores and rates.

What cannot be made again is said, with why: nothing is taken for checked that was not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable
from trusteval.answers.voting import precedence
from trusteval.ensemble.panels import ballots_of
from trusteval.errors import GateError
from trusteval.metrics.metric import METRICS, SCORE
from trusteval.metrics.scoring import Scoring
from trusteval.report.record import RunRecord
from trusteval.report.score_line import ScoreLine
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import aligned
from trusteval.tracking.reader_version import present_reader, protocol_of, reader_of
from trusteval.tracking.rereading import read_anew, unsaid
from trusteval.tracking.vote_leads import vote_leads
from trusteval.types import Declared, Interval, Score, Unavailable, Verdict

_NEAR = 1e-6
"""Points by which sums in another order may differ."""
_NEVER = (
    "other protocols' scores, scores over part of the settings, outcomes, p-values and changes: "
    "they need the gates' references"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was made again: which kind it is, and in what it differs, "" if in nothing."""

    kind: str
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Rederived:
    """What agrees, in words; what does not; and what could not be made again, and why."""

    agreed: tuple[str, ...]
    findings: tuple[str, ...]
    not_made: tuple[str, ...]


def rederive(record: RunRecord, answers: AnsweredRun) -> Rederived:
    """Make the figures of a run again and hold them against what it says."""
    figures, not_made = list[Figure](), Counter[str]()
    for found in _figures(record, answers):
        match found:
            case Figure():
                figures.append(found)
            case Unavailable(why):
                not_made[why] += 1
    good = Counter(figure.kind for figure in figures if not figure.differs)
    return Rederived(
        agreed=tuple(f"{n} {kind}" for kind, n in good.items()),
        findings=tuple(figure.differs for figure in figures if figure.differs),
        not_made=(*(f"{n} times: {why}" for why, n in sorted(not_made.items())), _NEVER),
    )


def _figures(record: RunRecord, answers: AnsweredRun) -> Iterator[Figure | Unavailable]:
    try:
        protocol_of(answers.facts)
    except KeyError:
        yield Unavailable(f"the protocol {answers.facts.protocol} is not known")
        return
    for key in answers.answer_tables:
        yield _reading(answers, key)
        if key in answers.members:
            yield _vote(answers, key)
    for line in record.lines:
        yield from _line(answers, line)
    for verdict in record.verdicts:
        yield _verdict(answers, verdict)
    if record.vote_leads is not None:
        same = list(vote_leads(answers)) == list(record.vote_leads)
        differs = "" if same else "verdicts.json: vote_leads are not those of the answers"
        yield Figure("comparison of votes with their best members", differs)


# -- answers ---------------------------------------------------------------------------------


def _reading(answers: AnsweredRun, key: tuple[str, str]) -> Figure | Unavailable:
    """Read what a subject said again."""
    kind, then = "parts of answers read again", reader_of(answers.facts)
    if (now := present_reader(answers.facts)) != then:
        return Unavailable(f"answers were read by reader {then}, this version has {now}")
    if unsaid(answers, *key) is not None:
        return Unavailable("answers could not be read again: what was said is not there")
    given = answers.answer_tables[key]
    anew = read_anew(answers, *key, sample_table=given.sample_table)
    if isinstance(anew, Unavailable):
        return Unavailable(f"answers could not be read again: {anew.why}")
    return _same(kind, key, given, anew)


def _vote(answers: AnsweredRun, key: tuple[str, str]) -> Figure | Unavailable:
    """Hold a vote again over what its members answered."""
    members = tuple(sorted(answers.members[key], key=precedence))
    cast = ballots_of(answers, members, key[1])
    if isinstance(cast, Unavailable):
        return Unavailable(f"a vote could not be held again: {cast.why}")
    elected = aligned(elect(members, cast), answers.answer_tables[key].sample_table)
    if isinstance(elected, Unavailable):
        return Unavailable(f"a vote could not be held again: {elected.why}")
    return _same("votes held again", key, answers.answer_tables[key], elected)


def _same(kind: str, key: tuple[str, str], given: AnswerTable, anew: AnswerTable) -> Figure:
    pairs = zip(given, anew, strict=True)
    n = sum(one.answer != other.answer for one, other in pairs)
    where = f"answers.json.gz: {key[0]} on {key[1]}"
    return Figure(kind, f"{where}: {n} answers are not what {kind} come to" if n else "")


# -- figures ---------------------------------------------------------------------------------


def _line(answers: AnsweredRun, line: ScoreLine) -> Iterator[Figure | Unavailable]:
    where = f"verdicts.json: {line.subject} on {line.benchmark}"
    scoring = _scoring(answers, line.subject, line.benchmark)
    if isinstance(scoring, Unavailable):
        yield scoring
        return
    table = answers.answer_tables[line.subject, line.benchmark]
    yield _score(scoring, table, line.score, where=where)
    non_answers = protocol_of(answers.facts).non_answers
    for name, said in {non_answers: line.non_answer_rate, **line.beside}.items():
        found = scoring.measure(name, table, declared=_declared(scoring, table)).score.value
        if said is None:
            yield Unavailable("a figure beside a score is undefined")
        else:
            yield _figure("figures beside scores", f"{where}: {name}", said, found)


def _verdict(answers: AnsweredRun, verdict: Verdict) -> Figure | Unavailable:
    metric = METRICS.get(verdict.score.metric)
    if metric is None or metric.of_members:
        return Unavailable("a metric of a vote's members, or one that is not known")
    scoring = _scoring(answers, verdict.subject, verdict.benchmark)
    if isinstance(scoring, Unavailable):
        return scoring
    whole = f"{verdict.benchmark}.{verdict.score.metric}"
    if verdict.setting is None and not f"{verdict.gate}.".startswith(f"{whole}."):
        return Unavailable("an earlier version did not say on what of a benchmark a verdict is")
    table = answers.answer_tables[verdict.subject, verdict.benchmark]
    where = f"verdicts.json: {verdict.gate} of {verdict.subject}"
    return _score(scoring, table, verdict.score, where=where, part=verdict.setting)


def _scoring(answers: AnsweredRun, subject: str, benchmark: str) -> Scoring | Unavailable:
    table = answers.answer_tables.get((subject, benchmark))
    if table is None:
        return Unavailable("the answers behind a score are not there")
    try:
        return protocol_of(answers.facts).scoring(benchmark, settings=table.sample_table.settings)
    except GateError as error:
        return Unavailable(str(error))


def _declared(scoring: Scoring, table: AnswerTable) -> dict[str, Declared]:
    """Return the settings that were answered: the data that was asked for is not at hand."""
    counted = scoring.counted(table).by_setting()
    return {name: Declared(len(rows), rows.targets) for name, rows in counted.items()}


def _score(
    scoring: Scoring, table: AnswerTable, said: Score, *, where: str, part: str | None = None
) -> Figure | Unavailable:
    if said.value is None:
        return Unavailable("a score is undefined")
    declared = _declared(scoring, table)
    if part is None or part not in scoring.context:
        declared = {name: one for name, one in declared.items() if name in scoring.settings}
    found = scoring.measure(said.metric, table, declared=declared, part=part).score
    kind = "scores" if said.metric == SCORE.name else "other metrics"
    if found.counts != said.counts:
        return Figure(kind, f"{where}: its counts are not those of the answers")
    if not _alike(found.interval, said.interval):
        return Figure(kind, f"{where}: its interval is not that of the answers")
    return _figure(kind, f"{where}: {said.metric}", said.value, found.value)


def _figure(kind: str, where: str, said: float, found: float | None) -> Figure:
    if found is not None and isclose(said, found, abs_tol=_NEAR):
        return Figure(kind)
    shown = "undefined" if found is None else f"{found:.6g}"
    return Figure(kind, f"{where} is {said:.6g}, the answers come to {shown}")


def _alike(one: Interval | None, other: Interval | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one.low, other.low, abs_tol=_NEAR) and isclose(
        one.high, other.high, abs_tol=_NEAR
    )
