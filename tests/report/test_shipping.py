"""Whether a run may ship: no form of it is greener than the run was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.report.parts import NAMES
from tests.report.records import ENDED
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.choice import Form, shown_as
from trusteval.report.ledger import Ending
from trusteval.report.unjudged import ENDED as NOT_REACHED
from trusteval.report.unjudged import Cause, Unjudged
from trusteval.types import Level, Outcome, Undecided


def _red() -> Iterator[tuple[str, FinishedRun]]:
    green = ENDED["green"]
    record = green.record
    first, second = record.verdicts

    def ended(name: str, status: int | None = 0, **more: object) -> tuple[str, FinishedRun]:
        return name, replace(green, record=replace(record, **more), exit_status=status)

    yield ended("fails", verdicts=[first, replace(second, outcome=Outcome.FAIL)])
    undecidable = replace(second, outcome=Outcome.INCONCLUSIVE, undecided=Undecided.NEVER)
    yield ended("undecidable", verdicts=[first, undecidable])
    yield ended("broken", broken={"gptq-4": "gptq-4 is broken"})
    yield ended("unfinished", None, ending=Ending.UNFINISHED)
    yield ended("interrupted", 2, ending=Ending.INTERRUPTED)
    yield ended("crashed", 3, ending=Ending.CRASHED)
    yield ended("lost", 10, lost_answers={"dense": ["ethics"]})
    yield ended("nothing judged", verdicts=[])
    asked = ("ethics.refusal_rate", "ethics", NAMES["ethics"], Level.BLOCK)
    for cause, why in ((Cause.ERROR, "no memory"), (Cause.NOT_RUN, NOT_REACHED)):
        yield ended(cause, 10, unjudged=[Unjudged("gptq-4", cause, why, *asked)])
    yield ended("deselected", 0, unjudged=[Unjudged("gptq-4", Cause.NOT_RUN, "deselected", *asked)])
    yield ended("failed beside", 1)
    yield ended("another status", 7)
    yield ended("status not known", None)


RED = dict(_red())


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("name", RED)
def test_no_form_of_a_run_that_did_not_go_well_says_that_it_may_ship(name: str, form: Form) -> None:
    run = RED[name]
    text = shown_as(form, run)
    first = next(one for one in text.splitlines() if one.startswith("**"))
    assert re.match(r"\*\*(✗ MUST NOT SHIP|⚠ NOT SHOWN THAT IT MAY SHIP)", first), text
    assert "✓ MAY SHIP" not in text
    if not run.record.is_complete:
        assert "INCOMPLETE: " in text


@pytest.mark.parametrize("form", Form)
def test_what_was_undecided_is_said_beside_the_answer_and_fails_where_that_is_asked(
    form: Form,
) -> None:
    green = ENDED["green"]
    first, second = green.record.verdicts
    undecided = replace(second, outcome=Outcome.INCONCLUSIVE, undecided=Undecided.SAMPLES)
    record = replace(green.record, verdicts=[first, undecided])
    passes, fails = (replace(green, record=record, exit_status=status) for status in (0, 1))
    assert "✓ MAY SHIP" in shown_as(form, passes)
    assert "only 1 of 2 pass: 1 is inconclusive" in shown_as(form, passes)
    assert "✗ MUST NOT SHIP" in shown_as(form, fails)
    assert "MAY SHIP:" not in shown_as(form, fails)
