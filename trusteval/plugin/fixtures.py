"""What the public fixtures (`declared_fixtures`) are made of."""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest

from trusteval.errors import EngineError, VariantError
from trusteval.plugin.gate_warning import GateWarning
from trusteval.plugin.headlines import Headlines
from trusteval.plugin.junit import OUTCOME
from trusteval.plugin.options import NO_MODEL, store_path
from trusteval.plugin.showing import uncaptured, watched_terminal
from trusteval.plugin.stash import ANSWERED, RUN
from trusteval.printable import printable_line
from trusteval.system.printing import complain
from trusteval.types import Ensemble, Level, Outcome, Response, Sample, Subject, Variant, Verdict

if TYPE_CHECKING:
    from trusteval.evaluation.evaluation import Evaluation
    from trusteval.gates.gate import Gate
    from trusteval.judging.record import JudgeLine
    from trusteval.plugin.second_readings import SecondReadings
    from trusteval.report.score_line import ScoreLine
    from trusteval.run import Run
    from trusteval.store import ResponseStore
    from trusteval.system.progress import ProgressBar, Say

Judge = Callable[["Gate", Subject], Verdict]
Responses = Callable[[Variant, str], list[tuple[Sample, Response]]]


def trust_run(pytestconfig: pytest.Config) -> Run:
    """Return what this run was asked to do; skip where no model is under test."""
    run = pytestconfig.stash.get(RUN, None)
    if run is None:
        pytest.skip(NO_MODEL)
    return run


def response_store(pytestconfig: pytest.Config) -> Iterator[ResponseStore]:
    """Lend the store of recorded responses; close it in the end."""
    from trusteval.store import ResponseStore

    store = ResponseStore(store_path(pytestconfig))
    yield store
    store.close()


def trust_progress(pytestconfig: pytest.Config) -> ProgressBar:
    """Return progress bars where a person watches, nothing elsewhere."""
    from trusteval.system.progress import no_progress, terminal_progress

    terminal = watched_terminal(pytestconfig)
    if terminal is None:
        return no_progress

    def write(text: str) -> None:
        terminal.write(text)
        terminal.flush()

    return terminal_progress(write)


def trust_say(pytestconfig: pytest.Config) -> Say:
    """Return what prints lines past pytest's capturing."""
    terminal = watched_terminal(pytestconfig)
    is_worker = hasattr(pytestconfig, "workerinput")
    manager = pytestconfig.pluginmanager
    reporter = None if is_worker else manager.getplugin("terminalreporter")
    one_at_a_time = threading.Lock()  # what lasts long is told of by a thread

    def say(text: str) -> None:
        with one_at_a_time:
            write(printable_line(text))

    def write(line: str) -> None:
        if terminal is not None:
            terminal.write(f"\r\x1b[2Ktrusteval: {line}\n")
            terminal.flush()
            return
        with uncaptured(pytestconfig):
            if reporter is not None:
                reporter.ensure_newline()
                reporter.write_line(f"trusteval: {line}")
                reporter.flush()
            else:
                complain(line)

    return say


def trust_evaluation(evaluation: Evaluation, pytestconfig: pytest.Config) -> Iterator[Evaluation]:
    """Lend an evaluation; close it in the end, and keep what was answered."""
    yield evaluation
    evaluation.close()
    pytestconfig.stash[ANSWERED] = evaluation.answered()


def responses(trust_evaluation: Evaluation) -> Responses:
    """Return what pairs a benchmark's samples with a variant's recorded responses, in order."""

    def responses_of(variant: Variant, benchmark: str) -> list[tuple[Sample, Response]]:
        if isinstance(variant, Ensemble):
            raise VariantError(
                f"{variant.name} is a vote and says nothing itself; ask its members "
                f"{', '.join(member.name for member in variant.members)}"
            )
        questions = trust_evaluation.questions(benchmark)
        recorded = trust_evaluation.responses(variant, benchmark)
        return [(q.sample, response) for q, response in zip(questions, recorded, strict=True)]

    return responses_of


def trust_headlines(trust_evaluation: Evaluation) -> Headlines:
    """Return the headlines of this process, each made once and sent home once."""
    from trusteval.report.headline import headline

    return Headlines(partial(headline, trust_evaluation))


def trust_second_readings(trust_evaluation: Evaluation) -> SecondReadings:
    """Return what the judge of this process reads, each made once and sent home once."""
    from trusteval.plugin.second_readings import SecondReadings

    return SecondReadings(trust_evaluation.second_opinion, trust_evaluation.corrections)


def judge(
    trust_run: Run,
    trust_evaluation: Evaluation,
    _trust_headlines: Headlines,
    second_readings: SecondReadings,
    request: pytest.FixtureRequest,
) -> Judge:
    """Return what judges a gate and a subject, and ends the test as the verdict asks."""
    from trusteval.gates.verdicts import decide
    from trusteval.report.headline import gate_notes
    from trusteval.report.judge import judge_notes
    from trusteval.report.outcomes import shown_outcome
    from trusteval.report.verdict_document import verdict_document

    record_property = properties_of(request)
    dense = next((v for v in trust_run.variants if v.method == "dense" and not v.draw), None)

    def judge_subject(gate: Gate, subject: Subject) -> Verdict:
        line = _trust_headlines.send(subject, gate.benchmark, record_property)
        read_again = second_readings.send(subject, gate.benchmark, record_property)
        reference = trust_run.reference(gate)
        verdict = decide(
            gate,
            trust_evaluation.evidence(gate, subject, reference=reference),
            subject=subject.name,
            dimension=line.dimension,
            family=trust_run.family(subject.name),
            notes=[
                *gate_notes(trust_evaluation, gate, subject, dense=dense),
                *judge_notes(read_again),
            ],
            accepts=trust_run.options.accept,
            look=trust_evaluation.second_look(gate, subject, reference=reference),
        )
        record_property("trust_verdict", json.dumps(verdict_document(verdict)))
        record_property(OUTCOME, printable_line(f"{shown_outcome(verdict)}: {verdict.message}"))
        end_test(
            verdict,
            skips=trust_run.skips(verdict),
            items=lambda: _lost_items(verdict, trust_evaluation),
        )
        return verdict

    return judge_subject


def properties_of(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Return what adds to a test's properties.

    pytest's record_property does the same and warns under junit_family=xunit2, whose schema knows
    properties of suites only; readers of the XML take them all the same.
    """

    def record(name: str, value: object) -> None:
        request.node.user_properties.append((name, value))

    return record


def end_test(verdict: Verdict, *, skips: bool, items: Callable[[], Iterable[str]] = tuple) -> None:
    """End a test as its verdict asks; `items` are lines on what was lost, below one that fails."""
    sentence = printable_line(f"{verdict.word}: {verdict.message}")
    if verdict.outcome is Outcome.PASS:
        return
    if verdict.level is Level.WARN:
        warnings.warn(GateWarning(sentence), stacklevel=3)
    elif skips:
        pytest.skip(sentence)
    else:
        pytest.fail("\n".join([sentence, *items()]), pytrace=False)


def _lost_items(verdict: Verdict, evaluation: Evaluation) -> Iterable[str]:
    from trusteval.report.lost_item_lines import lost_item_lines

    # Here are the answers, whichever worker this is.
    return () if verdict.score.value is None else lost_item_lines(evaluation.answered(), verdict)


def record_answers(
    trust_evaluation: Evaluation, _trust_headlines: Headlines, request: pytest.FixtureRequest
) -> Callable[[Subject, str], ScoreLine]:
    """Return what records a subject's missing answers to a benchmark, and reports the headline."""

    record_property = properties_of(request)

    def record(subject: Subject, benchmark: str) -> ScoreLine:
        line = _trust_headlines.send(subject, benchmark, record_property)
        if isinstance(subject, Variant) and (build := trust_evaluation.backend.build(subject)):
            record_property("trust_build", json.dumps({subject.name: build}))
        return line

    return record


def read_again(
    second_readings: SecondReadings, request: pytest.FixtureRequest
) -> Callable[[Subject, str], JudgeLine]:
    """Return what lets the judge read a subject's answers again, and reports what it read."""
    record_property = properties_of(request)

    def read(subject: Subject, benchmark: str) -> JudgeLine:
        line = second_readings.send(subject, benchmark, record_property)
        if line is None:
            pytest.skip("no judge in this run: pass --trust-judge")
        if line.not_asked:
            pytest.skip(printable_line(f"the judge is not asked: {line.not_asked}"))
        if not line.read:
            raise EngineError(
                f"the judge read none of {line.drawn} answers of {subject.name} to {benchmark}: "
                f"{line.unread_words}"
            )
        return line

    return read
