"""The public fixtures: what a gate's test module is written with.

Loaded in every pytest run of an environment: what a fixture needs is imported by its first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trusteval.evaluation.evaluation import Evaluation
    from trusteval.judging.record import JudgeLine
    from trusteval.plugin.fixtures import Judge, Responses
    from trusteval.plugin.headlines import Headlines
    from trusteval.plugin.second_readings import SecondReadings
    from trusteval.plugin.tool_results import JudgeResult
    from trusteval.report.score_line import ScoreLine
    from trusteval.run import Run
    from trusteval.store import ResponseStore
    from trusteval.system.progress import ProgressBar, Say
    from trusteval.types import Ensemble, Subject, Variant


@pytest.fixture(scope="session")
def trust_run(pytestconfig: pytest.Config) -> Run:
    """What this run was asked to do; skips where no model is under test."""
    from trusteval.plugin import fixtures

    return fixtures.trust_run(pytestconfig)


@pytest.fixture(scope="session")
def device(trust_run: Run) -> str:
    """The device models run on; override it to place workers."""
    return trust_run.options.device


@pytest.fixture(scope="session")
def response_store(pytestconfig: pytest.Config) -> Iterator[ResponseStore]:
    """The store of recorded responses, shared with other workers and runs."""
    from trusteval.plugin import fixtures

    yield from fixtures.response_store(pytestconfig)


@pytest.fixture(scope="session")
def trust_progress(pytestconfig: pytest.Config) -> ProgressBar:
    """Progress bars where a person watches, nothing elsewhere."""
    from trusteval.plugin import fixtures

    return fixtures.trust_progress(pytestconfig)


@pytest.fixture(scope="session")
def trust_say(pytestconfig: pytest.Config) -> Say:
    """Lines for whoever waits, past pytest's capturing: above a progress bar, else among the dots.

    A worker of xdist has stderr alone.
    """
    from trusteval.plugin import fixtures

    return fixtures.trust_say(pytestconfig)


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
    from trusteval.plugin import fixtures
    from trusteval.run.evaluating import evaluation_of

    yield from fixtures.trust_evaluation(
        evaluation_of(
            trust_run, response_store, device=device, progress=trust_progress, say=trust_say
        ),
        pytestconfig,
    )


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
    from trusteval.plugin import fixtures

    return fixtures.responses(trust_evaluation)


@pytest.fixture(scope="session")
def _trust_headlines(trust_evaluation: Evaluation) -> Headlines:
    """The headlines of this process, each made once and sent home once."""
    from trusteval.plugin import fixtures

    return fixtures.trust_headlines(trust_evaluation)


@pytest.fixture(scope="session")
def _trust_second_readings(trust_evaluation: Evaluation) -> SecondReadings:
    """What the judge of this process read, each sent home once."""
    from trusteval.plugin import fixtures

    return fixtures.trust_second_readings(trust_evaluation)


@pytest.fixture
def judge(
    trust_run: Run,
    trust_evaluation: Evaluation,
    _trust_headlines: Headlines,
    _trust_second_readings: SecondReadings,
    request: pytest.FixtureRequest,
) -> Judge:
    """Call with a gate and a subject: judges, reports, and ends the test as the verdict asks.

    A blocking FAIL fails it, and what no number of samples decides; too few samples skip or fail
    it (--trust-inconclusive), a warning row warns. What returns is a PASS, or a warned verdict.
    """
    from trusteval.plugin import fixtures

    return fixtures.judge(
        trust_run, trust_evaluation, _trust_headlines, _trust_second_readings, request
    )


@pytest.fixture
def judge_result(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> JudgeResult:
    """Call with a gate and a result of another tool: judges it, as `judge` does a subject."""
    from trusteval.plugin import tool_results

    return tool_results.judge_result(pytestconfig, request)


@pytest.fixture
def record_answers(
    trust_evaluation: Evaluation, _trust_headlines: Headlines, request: pytest.FixtureRequest
) -> Callable[[Subject, str], ScoreLine]:
    """Call with a subject and a benchmark: records what is missing, reports the headline."""
    from trusteval.plugin import fixtures

    return fixtures.record_answers(trust_evaluation, _trust_headlines, request)


@pytest.fixture
def read_again(
    _trust_second_readings: SecondReadings, request: pytest.FixtureRequest
) -> Callable[[Subject, str], JudgeLine]:
    """Call with a subject and a benchmark: the judge of --trust-judge reads answers again.

    Skips where it cannot read such answers at all; raises EngineError where it read none.
    """
    from trusteval.plugin import fixtures

    return fixtures.read_again(_trust_second_readings, request)
