"""The whole report of fixed runs, as files: `pytest tests/report --regenerate-golden` renews them.

A diff of those files is what a change does to reports; read it before it is committed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.report.records import ENDED, RECORDS, TOLD
from trusteval.report.circumstances import Circumstances
from trusteval.report.formats.comment import comment, job_summary
from trusteval.report.record import RunRecord, run_record_from_dict
from trusteval.report.summary import summarize
from trusteval.report.terminal.summary_lines import summary_lines
from trusteval.system.screen import Screen
from trusteval.types import Unavailable

GOLDEN = Path(__file__).parent / "golden"
records = pytest.mark.parametrize("name", RECORDS)


def shown(record: RunRecord, told: Circumstances) -> list[str]:
    """Return what a log shows of a run."""
    answers = Unavailable("these runs have none")
    return list(summary_lines(summarize(record, told), screen=Screen(), answers=answers))


@records
def test_report_for_people_is_the_golden_one(name: str, golden: Golden) -> None:
    golden(GOLDEN / name / "report.md", job_summary(ENDED[name]))


@records
def test_comment_is_the_golden_one(name: str, golden: Golden) -> None:
    golden(GOLDEN / name / "comment.md", comment(ENDED[name]))


@records
def test_summary_in_a_terminal_is_the_golden_one(name: str, golden: Golden) -> None:
    lines = shown(RECORDS[name], TOLD[name])
    golden(GOLDEN / name / "terminal.txt", "".join(f"{line}\n" for line in lines))


@records
def test_verdicts_are_the_golden_ones_and_read_back(name: str, golden: Golden) -> None:
    text = RECORDS[name].to_json()
    golden(GOLDEN / name / "verdicts.json", text)
    again = run_record_from_dict(json.loads(text))
    assert again.to_json() == text
    assert shown(again, TOLD[name]) == shown(RECORDS[name], TOLD[name])


@records
def test_report_is_the_same_in_whatever_order_workers_finish(name: str) -> None:
    record, told = RECORDS[name], TOLD[name]
    builds = dict(reversed(told.builds.items()))
    arrived = replace(
        record,
        scores=record.scores[::-1],
        verdicts=record.verdicts[::-1],
        invariants=record.invariants[::-1],
    )
    assert arrived.to_json() == record.to_json()
    again = replace(ENDED[name], record=arrived, circumstances=replace(told, builds=builds))
    for form in (job_summary, comment):
        assert form(again) == form(ENDED[name])
