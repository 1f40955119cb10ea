"""Builds panels over people of two sexes: what a vote's members say of the income of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.answered_runs import FACTS, HELD, words
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.ensemble.members import member
from trusteval.ensemble.panels import Panels, panels_of
from trusteval.suite.data_facts import DataFacts
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Answer, Ensemble, FinishReason, Label, Response, Sample

VOTE = "vote-gptq"
SETTING = "zero_shot_br_0.0"
YES: Answer = Label("yes")
NO: Answer = Label("no")
FEMALE, MALE = "Female", "Male"
Person = tuple[str | None, str]
"""A sex, and the true answer."""


def people(women_yes: int, women_no: int, men_yes: int, men_no: int) -> list[Person]:
    """Return people in that order."""
    return [
        *[(FEMALE, "yes")] * women_yes,
        *[(FEMALE, "no")] * women_no,
        *[(MALE, "yes")] * men_yes,
        *[(MALE, "no")] * men_no,
    ]


def samples(asked: Sequence[Person], *, setting: str = SETTING) -> list[Sample]:
    return [
        Sample(
            id=str(number),
            setting=BENCHMARKS["adult"].setting(setting),
            unit=f"person {number}",
            target=target,
            stratum=f"{sex}/{target}",
            group=sex,
            fields={"input": f"person {number}"},
        )
        for number, (sex, target) in enumerate(asked)
    ]


def panels_over(
    asked: Sequence[Person], said: Mapping[str, Sequence[Answer]], *, protocol: str = "strict"
) -> Panels:
    """Return the panels of a run on people; all but "dense" vote."""
    return panels_of_samples(samples(asked), said, protocol=protocol)


def panels_of_samples(
    asked: Sequence[Sample], said: Mapping[str, Sequence[Answer]], *, protocol: str = "strict"
) -> Panels:
    """Return the panels of a run on samples of the incomes' benchmark."""
    sample_table = SampleTable.of(asked)
    members = tuple(member(name, bits={}) for name in said if name != "dense")
    run = AnsweredRun(
        facts=replace(FACTS, protocol=protocol),
        data={"adult": DataFacts(sha256="dddd")},
        identities={(name, "adult"): HELD for name in said},
        answer_tables={
            (name, "adult"): AnswerTable.of(sample_table, answers) for name, answers in said.items()
        },
        said={
            (name, "adult"): ResponseTable.of(
                [Response(words(answer), FinishReason.END, 0, 0) for answer in answers]
            )
            for name, answers in said.items()
        },
    )
    return panels_of(run, [Ensemble(VOTE, members)], dense="dense")
