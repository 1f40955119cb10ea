"""May it ship? Only a run that judged all it was asked, and found nothing worse, says yes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.report.parts import NAMES, line, verdict
from tests.report.records import GREEN
from trusteval.report.decision import Answer, decision, decision_on
from trusteval.report.ledger import Ending, FailedTest, Step
from trusteval.report.record import Invariant
from trusteval.report.try_count import TryCount
from trusteval.report.unjudged import ENDED, Cause, Unjudged
from trusteval.tracking.tries import Tries
from trusteval.types import Level, Outcome, Undecided

UNDECIDED = {
    kind: verdict(*("ethics", "gptq-4", Outcome.INCONCLUSIVE), undecided=kind, gate="ethics.x")
    for kind in Undecided
}


def unjudged(cause: Cause, level: Level = Level.BLOCK) -> Unjudged:
    where = ("ethics.x", "ethics", NAMES["ethics"], level)
    return Unjudged("gptq-4", cause, ENDED, *where)


def with_(*more: Any) -> dict[str, Any]:
    return {"verdicts": [*GREEN.verdicts, *more]}


KEPT_FROM_YES = {
    "a failed gate": (
        with_(verdict("mmlu", "gptq-4", Outcome.FAIL)),
        "no",
        "1 blocking gate fails",
    ),
    "what is undecidable": (
        with_(UNDECIDED[Undecided.NEVER]),
        *("no", "1 blocking gate is undecidable"),
    ),
    "a suspicion": (with_(UNDECIDED[Undecided.SUSPECT]), "no", "1 blocking gate is suspect"),
    "a broken subject": ({"broken": {"gptq-3": "no words"}}, "no", "1 subject is broken"),
    "a law": (
        {"invariants": [Invariant("ties", "failed")]},
        *("no", "the vote breaks 1 of its laws"),
    ),
    "a test of their own": (
        {"failed_tests": [FailedTest("test_own.py::test_it", Step.CALL)]},
        *("no", "1 test failed beside the gates"),
    ),
    "a try too many": (
        {"tries": TryCount({"gptq-4": Tries(3, 3)}, limit=2)},
        *("no", "1 subject had more tries than it may"),
    ),
    "an error": (
        {"unjudged": [unjudged(Cause.ERROR, Level.WARN)]},
        *("not known", "1 gate or subject ended in an error"),
    ),
    "a gate without its test": (
        {"unjudged": [unjudged(Cause.NOT_RUN)] * 2},
        *("not known", "2 gates did not run"),
    ),
    "a test that could not be run": (
        {"failed_tests": [FailedTest("test_own.py", Step.COLLECT)]},
        *("not known", "1 test could not be run"),
    ),
    "an interruption": (
        {"ending": Ending.INTERRUPTED},
        *("not known", "the run was interrupted"),
    ),
    "lost answers": (
        {"lost_answers": {"dense": ["ethics"]}},
        *("not known", "answers of 1 subject are lost"),
    ),
    "no gate": ({"verdicts": []}, "not known", "no gate was judged"),
    "only open gates": (
        {"verdicts": [UNDECIDED[Undecided.SAMPLES]]},
        *("not known", "no blocking gate passed, and none failed"),
    ),
    "only warnings": (
        {"verdicts": [replace(GREEN.verdicts[0], level=Level.WARN)]},
        *("not known", "no blocking gate passed, and none failed"),
    ),
}


@pytest.mark.parametrize("name", KEPT_FROM_YES)
def test_run_is_kept_from_a_yes_by(name: str) -> None:
    changed, answer, because = KEPT_FROM_YES[name]
    found = decision(replace(GREEN, **changed), exit_status=0)
    assert (found.answer, found.because) == (answer, because)


def test_run_in_which_all_gates_pass_may_ship() -> None:
    found = decision(GREEN, exit_status=0)
    assert (found.answer, found.because) == (Answer.YES, "all 2 blocking gates pass")


@pytest.mark.parametrize("kind", [Undecided.SAMPLES, Undecided.TRIPWIRE, Undecided.FIRST])
def test_yes_says_how_many_gates_are_open(kind: Undecided) -> None:
    found = decision(replace(GREEN, **with_(UNDECIDED[kind])), exit_status=0)
    assert found.answer is Answer.YES
    assert found.because == ("no blocking gate fails, but only 2 of 3 pass: 1 is inconclusive")


def test_open_gate_that_failed_the_run_keeps_it_from_a_yes() -> None:
    record = replace(GREEN, **with_(UNDECIDED[Undecided.SAMPLES]))
    found = decision(record, exit_status=1)
    assert (found.answer, found.because) == (Answer.NO, "1 inconclusive gate fails this run")


@pytest.mark.parametrize(("status", "answer"), [(1, "no"), (2, "not known"), (10, "not known")])
def test_exit_status_that_nothing_explains_keeps_a_run_from_a_yes(status: int, answer: str) -> None:
    found = decision(GREEN, exit_status=status)
    assert found.answer == answer
    assert f"exit status {status}" in found.because


def test_subject_is_decided_over_by_what_is_about_it() -> None:
    record = replace(
        GREEN,
        **with_(verdict("mmlu", "gptq-4", Outcome.FAIL)),
        subjects=["dense", "gptq-4", "gptq-3"],
    )
    whole = decision(record, exit_status=1)
    found = {name: decision_on(name, record, whole=whole) for name in record.subjects}
    answers = {name: one and one.answer for name, one in found.items()}
    assert answers == {"dense": Answer.YES, "gptq-4": Answer.NO, "gptq-3": None}


def test_broken_law_is_about_votes_alone() -> None:
    voting = line("ethics", "vote", 50.0, notes={"vote over": "gptq-8, gptq-4"})
    record = replace(
        GREEN,
        subjects=[*GREEN.subjects, "vote"],
        scores=[*GREEN.scores, voting],
        invariants=[Invariant("ties", "failed")],
        **with_(verdict("ethics", "vote", Outcome.PASS)),
    )
    whole = decision(record, exit_status=0)
    found = {name: decision_on(name, record, whole=whole) for name in record.subjects}
    answers = {name: one and one.answer for name, one in found.items()}
    assert answers == {"dense": Answer.YES, "gptq-4": Answer.YES, "vote": Answer.NO}


def test_run_of_which_nobody_knows_how_it_ended_is_not_known() -> None:
    found = decision(GREEN, exit_status=None)
    assert (found.answer, found.because) == (Answer.NOT_KNOWN, "how pytest ended is not known")
