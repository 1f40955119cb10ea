"""A finished run with all that can be browsed: prompts, readings, a vote with ties, references."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tests.answered_runs import FACTS
from tests.report.parts import CIRCUMSTANCES, verdict
from tests.report.records import GREEN
from trusteval.answers.ensembles import elect
from trusteval.answers.grounds import Grounds
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.protocols import PROTOCOLS
from trusteval.report.finished_run import FinishedRun
from trusteval.tracking.answered_run import AnsweredRun, answered_run
from trusteval.types import (
    FinishReason,
    Message,
    Outcome,
    Prompt,
    Response,
    Role,
    Sample,
    Variant,
    Verdict,
)

MEMBERS = (Variant("gptq-8", "gptq", 8), Variant("gptq-4", "gptq", 4), Variant("gptq-3", "gptq", 3))
SUBJECTS = ("dense", *(member.name for member in MEMBERS))
VOTE = "vote-gptq"
SETTINGS: Mapping[str, Sequence[str]] = {
    "ethics": ("zero_shot", "few_shot"),
    "mmlu": ("astronomy", "virology"),
}
PLACES = {"ethics": ("field", "harbour", "kitchen"), "mmlu": ("moon", "cell", "comet")}
CUT = "I have to think about"


def samples(benchmark: str, *, n: int) -> list[Sample]:
    """Invent `n` items of each setting."""
    made = []
    for name in SETTINGS[benchmark]:
        setting = BENCHMARKS[benchmark].setting(name)
        labels = [label.value for label in setting.labels]
        for number in range(n):
            place = PLACES[benchmark][number % 3]
            made.append(
                Sample(
                    id=str(number),
                    setting=setting,
                    unit=f"{name} {number}",
                    target=labels[number % len(labels)],
                    options=("one", "two", "three", "four") if benchmark == "mmlu" else (),
                    fields={"text": f"Story {number} of {name}: what was done at the {place}"},
                )
            )
    return made


def prompt(sample: Sample) -> Prompt:
    text = sample.fields["text"]
    return (
        Message(Role.SYSTEM, "You judge stories.\n\nAnswer with a label."),
        Message(Role.USER, f"An example.\n\nIts label.\n\n{text}\n\nLabel:"),
    )


def say(sample: Sample, chance: random.Random) -> Response:
    """Say something: right, wrong, declining, empty, unclear, contradictory or cut off."""
    labels = [label.value for label in sample.setting.labels]
    kind = chance.choices(range(7), (40, 25, 8, 6, 7, 7, 7))[0]
    other = chance.choice([label for label in labels if label != sample.target])
    text = (
        f"The answer is {sample.target}.",
        f"The answer is {other}.",
        "I cannot answer that question.",
        "",
        "It depends on many things.",
        f"The answer is {sample.target}. The answer is {other}.",
        CUT,
    )[kind]
    return Response(text, FinishReason.LENGTH if text == CUT else FinishReason.END, 0, 0)


def browsable(*, n: int = 12, seed: int = 2511) -> FinishedRun:
    """Return a run of four variants and a vote, `n` items a setting, as it is read from its file.

    gptq variants are compared with dense, gptq-4 on ethics with a baseline too, the vote on mmlu
    with its best member and with a subject that is not there.
    """
    chance = random.Random(seed)
    tables = {name: SampleTable.of(samples(name, n=n)) for name in SETTINGS}
    said = {
        (who, name): [say(sample, chance) for sample in table.samples]
        for name, table in tables.items()
        for who in SUBJECTS
    }
    run = _answered(tables, said)
    run = replace(run, accepted={("gptq-4", "ethics"): run.answer_tables["gptq-8", "ethics"]})
    return finished(answered_run(run.to_document(with_texts=True)))


def finished(run: AnsweredRun, verdicts: Sequence[Verdict] = ()) -> FinishedRun:
    """Return a run that ended well, with the gates of `browsable` unless others are given."""
    record = replace(
        GREEN, subjects=[*SUBJECTS, VOTE], verdicts=[*(verdicts or compared()), *GREEN.verdicts[:1]]
    )
    return FinishedRun(record, CIRCUMSTANCES, run)


def compared() -> list[Verdict]:
    asked = [
        *((who, name, "dense") for who in SUBJECTS[1:] for name in SETTINGS),
        ("gptq-4", "ethics", "baseline"),
        (VOTE, "mmlu", "best-member"),
        (VOTE, "mmlu", "awq-4"),
    ]
    return [
        replace(
            verdict(name, who, Outcome.PASS, gate=f"{name}.score.against_{reference}"),
            reference=reference,
        )
        for who, name, reference in asked
    ]


def _answered(
    tables: Mapping[str, SampleTable], said: Mapping[tuple[str, str], Sequence[Response]]
) -> AnsweredRun:
    strict = PROTOCOLS["strict"]
    readings = {
        key: list(map(strict.read, tables[key[1]].samples, responses))
        for key, responses in said.items()
    }
    answers = {
        key: AnswerTable.of(tables[key[1]], (one.answer for one in read))
        for key, read in readings.items()
    }
    votes = {
        (VOTE, name): elect(MEMBERS, [answers[member.name, name] for member in MEMBERS])
        for name in tables
    }
    return AnsweredRun(
        facts=FACTS,
        answer_tables={**answers, **votes},
        said={key: ResponseTable.of(responses) for key, responses in said.items()},
        grounds={key: Grounds.of(read) for key, read in readings.items()},
        members=dict.fromkeys(votes, MEMBERS),
        prompts={name: tuple(map(prompt, table.samples)) for name, table in tables.items()},
        probabilities={("dense", "mmlu"): _likely(tables["mmlu"])},
    )


def _likely(table: SampleTable) -> LabelProbabilities:
    labels = tuple(label.value for label in table.samples[0].setting.labels)
    log = np.log(np.tile([0.9, 0.0501, 0.0494, 0.0001], (len(table.samples), 1)))
    return LabelProbabilities(labels, log)
