"""The public fixtures: what a gate's test module is written with."""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import pytest

from trusteval.errors import VariantError
from trusteval.plugin.headlines import Headlines
from trusteval.plugin.junit import OUTCOME
from trusteval.plugin.options import store_path
from trusteval.plugin.stash import ANSWERED, RUN, TERMINAL
from trusteval.printable import printable_line
from trusteval.report.record import ScoreLine
from trusteval.system.printing import complain
from trusteval.types import Ensemble, Level, Outcome, Response, Sample, Subject, Variant, Verdict

if TYPE_CHECKING:
    from trusteval.evaluation.evaluation import Evaluation
    from trusteval.gates.gate import Gate
    from trusteval.run import Run
    from trusteval.store import ResponseStore
    from trusteval.system.progress import ProgressBar, Say

Judge = Callable[["Gate", Subject], Verdict]
Responses = Callable[[Variant, str], list[tuple[Sample, Response]]]


class GateWarning(UserWarning):
    """A gate at level "warn" that did not pass."""


@pytest.fixture(scope="session")
def trust_run(pytestconfig: pytest.Config) -> Run:
    """What this run was asked to do; skips where no model is under test."""
    run = pytestconfig.stash.get(RUN, None)
    if run is None:
        pytest.skip("no model under test: pass --trust-model")
    return run


@pytest.fixture(scope="session")
def device(trust_run: Run) -> str:
    """The device models run on; override it to place workers."""
    return trust_run.options.device


@pytest.fixture(scope="session")
def response_store(pytestconfig: pytest.Config) -> Iterator[ResponseStore]:
    """The store of recorded responses, shared with other workers and runs."""
    from trusteval.store import ResponseStore

    store = ResponseStore(store_path(pytestconfig))
    yield store
    store.close()


@pytest.fixture(scope="session")
def trust_progress(pytestconfig: pytest.Config) -> ProgressBar:
    """Progress bars where a person watches, nothing elsewhere."""
    from trusteval.system.progress import no_progress, terminal_progress

    terminal = pytestconfig.stash.get(TERMINAL, None)
    if terminal is None:
        return no_progress

    def write(text: str) -> None:
        terminal.write(text)
        terminal.flush()

    return terminal_progress(write)


@pytest.fixture(scope="session")
def trust_say(pytestconfig: pytest.Config) -> Say:
    """Lines for whoever waits, past pytest's capturing: above a progress bar, else among the dots.

    A worker of xdist has stderr alone.
    """
    terminal = pytestconfig.stash.get(TERMINAL, None)
    manager = pytestconfig.pluginmanager
    capture = manager.getplugin("capturemanager")
    is_worker = hasattr(pytestconfig, "workerinput")
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
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            if reporter is not None:
                reporter.ensure_newline()
                reporter.write_line(f"trusteval: {line}")
                reporter.flush()
            else:
                complain(line)

    return say


@pytest.fixture(scope="session")
def trust_evaluation(
    trust_run: Run,
    response_store: ResponseStore,
    device: str,
    trust_progress: ProgressBar,
    trust_say: Say,
    pytestconfig: pytest.Config,
) -> Iterator[Evaluation]:
    """The run's evaluation: records, votes, scores; holds at most one model."""
    evaluation = trust_run.evaluation(
        response_store, device=device, progress=trust_progress, say=trust_say
    )
    yield evaluation
    evaluation.close()
    pytestconfig.stash[ANSWERED] = evaluation.answered()


@pytest.fixture(scope="session")
def quantized_variants(trust_run: Run) -> dict[str, Variant]:
    """The quantized variants of this run, by name."""
    return {v.name: v for v in trust_run.variants if v.method != "dense"}


@pytest.fixture(scope="session")
def voting_ensemble(trust_run: Run) -> Ensemble:
    """The first ensemble of this run; skips where there is none."""
    if not trust_run.ensembles:
        pytest.skip("no ensemble in this run: pass --trust-ensembles")
    return trust_run.ensembles[0]


@pytest.fixture
def responses(trust_evaluation: Evaluation) -> Responses:
    """Call with a variant and a benchmark: its samples and recorded responses, in order."""

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


@pytest.fixture(scope="session")
def _trust_headlines(trust_evaluation: Evaluation) -> Headlines:
    """The headlines of this process, each made once and sent home once."""
    return Headlines(partial(headline, trust_evaluation))


@pytest.fixture
def judge(
    trust_run: Run,
    trust_evaluation: Evaluation,
    _trust_headlines: Headlines,
    request: pytest.FixtureRequest,
) -> Judge:
    """Call with a gate and a subject: judges, reports, and ends the test as the verdict asks.

    A blocking FAIL fails it, and what no number of samples decides; too few samples skip or fail
    it (--trust-inconclusive), a warning row warns. What returns is a PASS, or a warned verdict.
    """

    from trusteval.gates.verdicts import decide
    from trusteval.report.summary import shown_outcome

    record_property = _properties_of(request)

    def judge_subject(gate: Gate, subject: Subject) -> Verdict:
        _trust_headlines.send(subject, gate.benchmark, record_property)
        verdict = decide(
            gate,
            trust_evaluation.evidence(gate, subject, reference=trust_run.reference(gate)),
            subject=subject.name,
            dimension=trust_evaluation.dimension(gate.benchmark),
            family=trust_run.family(subject.name),
            notes=_notes(trust_evaluation, trust_run, gate, subject),
            accepts=trust_run.options.accept,
        )
        record_property("trust_verdict", json.dumps(asdict(verdict)))
        record_property(OUTCOME, printable_line(f"{shown_outcome(verdict)}: {verdict.message}"))
        _enforce(verdict, skips=trust_run.skips(verdict))
        return verdict

    return judge_subject


def _properties_of(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Return what adds to a test's properties.

    pytest's record_property does the same and warns under junit_family=xunit2, whose schema knows
    properties of suites only; readers of the XML take them all the same.
    """

    def record(name: str, value: object) -> None:
        request.node.user_properties.append((name, value))

    return record


def headline(evaluation: Evaluation, subject: Subject, benchmark: str) -> ScoreLine:
    """Score a subject's whole benchmark for the report."""
    others = {
        protocol: evaluation.score(subject, benchmark, protocol=protocol).value
        for protocol in evaluation.other_protocols
    }
    return ScoreLine(
        benchmark=benchmark,
        dimension=evaluation.dimension(benchmark),
        subject=subject.name,
        score=evaluation.score(subject, benchmark),
        partial_score=evaluation.partial_score(subject, benchmark),
        non_answer_rate=evaluation.non_answer_rate(subject, benchmark).value,
        beside=evaluation.beside(subject, benchmark),
        other_protocols=others,
        notes=evaluation.notes(subject),
        data=evaluation.questionnaire.facts(benchmark),
    )


def _notes(evaluation: Evaluation, run: Run, gate: Gate, subject: Subject) -> list[str]:
    """Word what a reader compares with: the dense score, how the weights were held."""
    notes = []
    dense = next((v for v in run.variants if v.method == "dense"), None)
    if dense is not None and subject.name != dense.name:
        score = evaluation.score(dense, gate.benchmark, metric=gate.metric, part=gate.setting)
        notes.append(f"dense {'undefined' if score.value is None else f'{score.value:.1f}'}")
    own = evaluation.notes(subject)
    return [*notes, *(f"{key} {own[key]}" for key in ("storage", "vote over") if key in own)]


def _enforce(verdict: Verdict, *, skips: bool) -> None:
    sentence = printable_line(f"{verdict.word}: {verdict.message}")
    if verdict.outcome is Outcome.PASS:
        return
    if verdict.level is Level.WARN:
        warnings.warn(GateWarning(sentence), stacklevel=3)
    elif skips:
        pytest.skip(sentence)
    else:
        pytest.fail(sentence, pytrace=False)


@pytest.fixture
def record_answers(
    trust_evaluation: Evaluation, _trust_headlines: Headlines, request: pytest.FixtureRequest
) -> Callable[[Subject, str], ScoreLine]:
    """Call with a subject and a benchmark: records what is missing, reports the headline."""
    record_property = _properties_of(request)

    def record(subject: Subject, benchmark: str) -> ScoreLine:
        line = _trust_headlines.send(subject, benchmark, record_property)
        if isinstance(subject, Variant) and (build := trust_evaluation.backend.build(subject)):
            record_property("trust_build", json.dumps({subject.name: build}))
        return line

    return record
