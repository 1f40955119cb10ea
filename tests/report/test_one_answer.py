"""Every place that says whether a run may ship says the same, whatever the run was like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pages import parsed
from tests.report.parts import CIRCUMSTANCES, ENDED_WELL, FACTS, NAMES, NO_ANSWERS, line, verdict
from tests.report.records import GREEN
from trusteval.report.bundle.result import Result, judged_run, judged_subject
from trusteval.report.decision import Answer, decision, decision_on
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.choice import Form, shown_as
from trusteval.report.ledger import Ending, FailedTest, Step
from trusteval.report.page.render import render_page
from trusteval.report.record import Invariant, RunRecord
from trusteval.report.try_count import TryCount
from trusteval.report.unjudged import ENDED, Cause, Unjudged
from trusteval.tracking.tries import Tries
from trusteval.types import Level, Outcome, Unavailable, Undecided, Verdict

SUBJECTS = ("dense", "gptq-4", "vote")
BENCHMARKS = ("ethics", "mmlu")
ANSWERS = {
    "✓ MAY SHIP": Answer.YES,
    "✗ MUST NOT SHIP": Answer.NO,
    "⚠ NOT SHOWN THAT IT MAY SHIP": Answer.NOT_KNOWN,
}
OUTCOMES = st.one_of(
    st.sampled_from([(Outcome.PASS, None)] * 4 + [(Outcome.FAIL, None)]),
    st.sampled_from([(Outcome.INCONCLUSIVE, why) for why in Undecided]),
)
LEVELS = st.sampled_from([Level.BLOCK, Level.BLOCK, Level.WARN])


def some(values: st.SearchStrategy[object], *, most: int = 2) -> st.SearchStrategy[list[object]]:
    """Return lists that are empty more often than not: one thing alone must do what it does."""
    return st.one_of(st.just([]), st.just([]), st.lists(values, max_size=most))


@st.composite
def judged(draw: st.DrawFn) -> tuple[list[Verdict], list[Unjudged]]:
    """Draw gates on every subject: judged with any outcome, not judged for any cause, not asked."""
    verdicts, unjudged = [], []
    causes = st.sampled_from(Cause)
    whys = st.sampled_from([ENDED, "deselected", "MemoryError"])
    is_whole = draw(st.booleans())
    kinds = ["verdict", "none"] if is_whole else ["verdict", "verdict", "none", "unjudged"]
    for subject in SUBJECTS:
        for benchmark in BENCHMARKS:
            level = draw(LEVELS)
            match draw(st.sampled_from(kinds)):
                case "verdict":
                    outcome, undecided = draw(OUTCOMES)
                    more = {"undecided": undecided, "level": level}
                    verdicts.append(verdict(benchmark, subject, outcome, **more))
                case "unjudged":
                    about = (f"{benchmark}.score", benchmark, NAMES[benchmark], level)
                    unjudged.append(Unjudged(subject, draw(causes), draw(whys), *about))
    return verdicts, unjudged


@st.composite
def runs(draw: st.DrawFn) -> FinishedRun:
    """Draw a run with all that can be said of one, also what no real run ever comes to."""
    verdicts, unjudged = draw(judged())
    names = st.sampled_from(SUBJECTS)
    failed = st.builds(
        FailedTest, st.sampled_from(["test_a.py::test_a", "b"]), st.sampled_from(Step)
    )
    laws = st.builds(Invariant, st.just("ties"), st.sampled_from(["passed", "failed", "skipped"]))
    voting = line("ethics", "vote", 50.0, notes={"vote over": "dense, gptq-4"})
    record = RunRecord(
        facts=FACTS,
        subjects=SUBJECTS,
        scores=[line("ethics", "dense", 51.0), line("mmlu", "gptq-4", None), voting],
        verdicts=verdicts,
        invariants=draw(some(laws, most=1)),
        **ENDED_WELL,
        unjudged=unjudged,
        broken={who: f"{who} is broken" for who in draw(some(names, most=1))},
        ending=draw(st.sampled_from([Ending.FINISHED] * 4 + list(Ending))),
        failed_tests=draw(some(failed)),
        lost_answers={who: ["ethics"] for who in draw(some(names, most=1))},
    )
    n_tries = draw(st.sampled_from([1, 1, 3]))
    record = replace(record, tries=TryCount({"gptq-4": Tries(n_tries, n_tries)}, limit=2))
    status = draw(st.sampled_from([0, 0, 0, 1, 2, 3, 5, 10, None]))
    return FinishedRun(record, CIRCUMSTANCES, NO_ANSWERS, exit_status=status)


def is_whole_of(run: FinishedRun) -> bool:
    """Return whether a run was judged to its end, told from its parts alone."""
    record = run.record
    has_ended = record.ending is Ending.FINISHED and run.exit_status is not None
    return has_ended and not record.unjudged and not record.lost_answers


def answer_of_text(text: str) -> Answer:
    """Return the one answer that a Markdown form gives."""
    [said] = re.findall("|".join(ANSWERS), text)
    return ANSWERS[said]


def answers_of_page(run: FinishedRun) -> tuple[Answer, dict[str, str]]:
    """Return what a page answers over the run, and over every subject that has a row."""
    page = parsed(render_page(run))
    told = page.text
    [said] = re.findall(r"May it ship\? . (Yes|No|Not known) ?, because", told)
    rows = re.findall(r"(?<= )(dense|gptq-4|vote) . ?(yes|no gate|no|not known) ", told)
    of_subjects: dict[str, str] = {}
    for who, word in rows:
        of_subjects.setdefault(who, word)
    return Answer(said.lower()), of_subjects


@settings(max_examples=60, deadline=None)
@given(runs())
def test_page_forms_and_bundle_give_one_answer(run: FinishedRun) -> None:
    said, of_subjects = answers_of_page(run)
    assert {answer_of_text(shown_as(form, run)) for form in Form} == {said}
    result = judged_run(run.record, exit_status=run.exit_status).result
    refuse_contradiction(said, result)
    assert set(of_subjects) == set(SUBJECTS)
    for subject, word in of_subjects.items():
        held = judged_subject(run.record, subject, exit_status=run.exit_status)
        if isinstance(held, Unavailable):
            assert word != "yes"
        else:
            refuse_contradiction(None if word == "no gate" else Answer(word), held.result)
        assert word != "yes" or is_whole_of(run)
    assert said is not Answer.YES or is_whole_of(run)


def refuse_contradiction(answer: Answer | None, result: Result) -> None:
    """Check that a statement passes nobody who does not get a yes, and fails nobody who does."""
    assert result is not Result.PASSED or answer is Answer.YES
    assert result is not Result.FAILED or answer is not Answer.YES
    assert answer is not Answer.NO or result is Result.FAILED


@settings(max_examples=300, deadline=None)
@given(runs())
def test_yes_needs_a_whole_run_in_which_something_that_blocks_passed(run: FinishedRun) -> None:
    record = run.record
    whole = decision(record, exit_status=run.exit_status)
    answers: Mapping[str | None, Answer | None] = {None: whole.answer} | {
        subject: found and found.answer
        for subject in SUBJECTS
        for found in [decision_on(subject, record, whole=whole)]
    }
    for subject, answer in answers.items():
        blocking = [
            one
            for one in record.verdicts
            if one.level is Level.BLOCK and subject in (None, one.subject)
        ]
        if answer is Answer.YES:
            assert is_whole_of(run)
            assert any(one.outcome is Outcome.PASS for one in blocking)
            assert not any(one.blocks for one in blocking)
            assert subject not in record.broken
        elif any(one.blocks for one in blocking):
            assert answer is Answer.NO
    undecided = [one for one in record.verdicts if one.outcome is Outcome.INCONCLUSIVE]
    if whole.answer is Answer.YES and undecided:
        assert re.search("inconclusive|warning gate", whole.because)
    if whole.answer is not Answer.YES:
        assert whole.reasons or "no blocking gate passed" in whole.because


def test_gates_that_only_warn_pass_nobody() -> None:
    verdicts = [verdict("ethics", "dense", Outcome.PASS, level=Level.WARN)]
    record = replace(GREEN, verdicts=verdicts)
    whole = decision(record, exit_status=0)
    assert (whole.answer, decision_on("dense", record, whole=whole)) == (Answer.NOT_KNOWN, None)
    assert judged_run(record, exit_status=0).result is Result.WARNED
    held = judged_subject(record, "dense", exit_status=0)
    assert not isinstance(held, Unavailable)
    assert held.result is Result.WARNED


@pytest.mark.parametrize("answer", Answer)
def test_runs_of_every_answer_are_drawn(answer: Answer) -> None:
    """Show that the properties above are not about runs of one kind alone."""
    from hypothesis import find

    def has_it(run: FinishedRun) -> bool:
        return decision(run.record, exit_status=run.exit_status).answer is answer

    assert has_it(find(runs(), has_it))


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ({"profile": "quick", "engine": "hf"}, Result.PASSED),
        ({"profile": "demo", "engine": "hf"}, Result.WARNED),
        ({"profile": "quick", "engine": "scripted"}, Result.WARNED),
        ({"profile": "quick", "engine": "replay"}, Result.WARNED),
    ],
)
def test_demo_and_answers_of_no_model_pass_nothing_and_every_place_says_what_they_are_worth(
    asked: dict[str, str], result: Result
) -> None:
    record = replace(GREEN, facts=replace(GREEN.facts, **asked))
    judged = judged_run(record, exit_status=0)
    assert judged.result is result
    assert (judged.reservations == ()) == (result is Result.PASSED)
    run = FinishedRun(record, CIRCUMSTANCES, NO_ANSWERS, exit_status=0)
    told = [
        render_page(run),
        *(shown_as(form, run) for form in Form),
    ]
    for words in judged.reservations:
        assert all(words in text for text in told)
