"""Reports: the same values as JSON, Markdown and a terminal table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.parts import NO_ANSWERS
from trusteval.cli import main
from trusteval.report.circumstances import Circumstances
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.comment import job_summary
from trusteval.report.outcomes import verdict_of
from trusteval.report.record import Invariant, RunRecord, run_record_from_dict
from trusteval.report.score_line import ScoreLine
from trusteval.report.summary import summarize
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import (
    Counts,
    Dimension,
    Interval,
    InvalidReason,
    Level,
    Outcome,
    Score,
    Verdict,
)

COUNTS = Counts(30, 2, {**dict.fromkeys(InvalidReason, 0), InvalidReason.TRUNCATED: 3})
SCORE = Score("score", 51.25, COUNTS, Interval(40.5, 62.0))
UNDEFINED = Score("score", None, COUNTS, undefined="missing settings: few_shot")


def _line(subject: str, score: Score = SCORE) -> ScoreLine:
    return ScoreLine(
        "ethics",
        Dimension.MACHINE_ETHICS,
        subject,
        score,
        16.7,
        beside={"false_positive_rate": 12.5},
        other_protocols={"comptrust": 50.04, "decodingtrust": None},
        notes={"storage": "packed"},
        data=DataFacts(
            rows={"zero_shot": 20, "evasive_1": 10},
            missing=("few_shot",),
            substitutes={"a.csv": "b.csv"},
            deviating=(),
        ),
    )


def _verdict(subject: str, outcome: Outcome, level: Level = Level.BLOCK) -> Verdict:
    message = f"{subject} on ethics: score 51.2, must be >= 50.0"
    return Verdict(
        *("ethics.score", subject, Dimension.MACHINE_ETHICS, outcome, level, message, SCORE),
        benchmark="ethics",
    )


RECORD = RunRecord(
    facts=RunFacts(profile="demo", engine="hf", model="demo", protocol="strict"),
    subjects=["dense", "gptq-3"],
    scores=[_line("dense"), _line("gptq-3", UNDEFINED)],
    verdicts=[_verdict("dense", Outcome.PASS), _verdict("gptq-3", Outcome.FAIL, Level.WARN)],
    invariants=[Invariant("test_vote[a]", "passed"), Invariant("test_vote[b]", "failed")],
)


def test_json_reads_back_as_the_same_run() -> None:
    again = run_record_from_dict(json.loads(RECORD.to_json()))
    assert again.to_json() == RECORD.to_json()
    assert again.scores == RECORD.scores
    assert again.verdicts == RECORD.verdicts


def test_json_does_not_depend_on_the_order_things_were_found_in() -> None:
    backwards = RunRecord(
        RECORD.facts,
        RECORD.subjects,
        RECORD.scores[::-1],
        RECORD.verdicts[::-1],
        RECORD.invariants[::-1],
    )
    assert backwards.to_json() == RECORD.to_json()


def test_benchmarks_that_share_a_dimension_are_named_and_averaged() -> None:
    second = replace(_line("dense", replace(SCORE, value=61.25)), benchmark="ethics_hard")
    record = replace(RECORD, scores=[*RECORD.scores, second])
    summary = summarize(record, Circumstances())
    assert [row.dimension for row in summary.scores.rows] == ["ethics", "ethics", "ethics_hard"]
    (headline,) = [line for line in summary.scores.headlines if line.subject == "dense"]
    assert (headline.score, headline.benchmarks) == (56.25, ("ethics", "ethics_hard"))
    assert "dense: 56.2, the mean of ethics and ethics_hard" in job_summary(
        FinishedRun(record, Circumstances(), NO_ANSWERS)
    )


@pytest.mark.parametrize(
    ("outcomes", "shown"),
    [
        ([], "-"),
        ([(Outcome.PASS, Level.BLOCK)], "PASS"),
        ([(Outcome.PASS, Level.BLOCK), (Outcome.FAIL, Level.WARN)], "WARN"),
        ([(Outcome.INCONCLUSIVE, Level.BLOCK), (Outcome.FAIL, Level.WARN)], "INCONCLUSIVE"),
        ([(Outcome.FAIL, Level.BLOCK), (Outcome.INCONCLUSIVE, Level.BLOCK)], "FAIL"),
    ],
)
def test_row_shows_its_worst_verdict(outcomes, shown: str) -> None:
    verdicts = [_verdict("dense", outcome, level) for outcome, level in outcomes]
    assert verdict_of(_line("dense"), verdicts) == shown


def test_run_without_laws_or_gates_says_so() -> None:
    summary = summarize(RunRecord(RunFacts(), [], [], [], []), Circumstances())
    assert (summary.judgements.tally, summary.laws.line) == (
        "no gate judged",
        "Vote invariants: not run",
    )


def test_report_command_prints_a_finished_run(tmp_path: Path, capsys) -> None:
    (tmp_path / "verdicts.json").write_text(RECORD.to_json(), encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 0
    assert "1 PASS, 1 WARN" in capsys.readouterr().out


@pytest.mark.parametrize("text", [None, "{", "[]", '{"schema": 99}'])
def test_report_command_without_a_run_is_one_line_and_exit_2(
    tmp_path: Path, capsys, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "verdicts.json").write_text(text, encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 2
    shown = capsys.readouterr()
    assert (shown.out, len(shown.err.strip().splitlines())) == ("", 1)
