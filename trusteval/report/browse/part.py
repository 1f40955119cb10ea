"""What a run holds of one benchmark, every subject's columns in the order of the same items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.answers.grounds import Grounds
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, Codes, Flags, SampleTable
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import rows_in_order
from trusteval.types import Prompt, Unavailable


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a subject gave: its answers, and of a variant what it said, and why it was read so.

    Each is None where the run does not hold it, as of a vote, which says nothing itself.
    """

    answers: AnswerTable
    said: ResponseTable | None = None
    grounds: Grounds | None = None
    probabilities: LabelProbabilities | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The items of a benchmark, what was asked about each, and what each subject gave."""

    benchmark: str
    sample_table: SampleTable
    prompts: tuple[Prompt, ...] | None
    given: Mapping[str, Given]

    def __len__(self) -> int:
        return len(self.sample_table.samples)

    def right_for_all(self) -> Flags:
        """Say of each item whether every subject has it right."""
        right = [given.answers.correct for given in self.given.values()]
        return np.asarray(np.logical_and.reduce(right))


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A run's benchmarks; `left_out` says which subjects answered other items than the first."""

    run: AnsweredRun
    subjects: tuple[str, ...]
    parts: tuple[Part, ...]
    left_out: tuple[str, ...] = ()

    @property
    def n_answers(self) -> int:
        return sum(len(part) * len(part.given) for part in self.parts)


def parts_of(run: AnsweredRun, subjects: Sequence[str]) -> Parts:
    """Take a run apart by benchmark; `subjects` come first, in this order."""
    left_out: list[str] = []
    order = tuple(dict.fromkeys([*(who for who in subjects if who in run.subjects), *run.subjects]))
    parts = [_part(run, benchmark, order, left_out) for benchmark in run.benchmarks]
    return Parts(run, order, tuple(part for part in parts if part.given), tuple(left_out))


def _part(run: AnsweredRun, benchmark: str, order: Sequence[str], left_out: list[str]) -> Part:
    keys = [(who, benchmark) for who in order if (who, benchmark) in run.answer_tables]
    tables = {key[0]: run.answer_tables[key] for key in keys}
    sample_table = next(iter(tables.values())).sample_table
    given = {}
    for who, table in tables.items():
        rows = rows_in_order(table, sample_table)
        if isinstance(rows, Unavailable):
            left_out.append(f"the answers of {who} to {benchmark} are not here: {rows.why}")
        else:
            given[who] = _given(run, (who, benchmark), sample_table, rows)
    prompts = run.prompts.get(benchmark)
    return Part(benchmark, sample_table, prompts, given)


def _given(run: AnsweredRun, key: tuple[str, str], sample_table: SampleTable, rows: Codes) -> Given:
    table, said = run.answer_tables[key], run.said.get(key)
    grounds, probabilities = run.grounds.get(key), run.probabilities.get(key)
    return Given(
        AnswerTable(sample_table, table.answers, table.code[rows], np.arange(len(rows))),
        None if said is None else said.only(rows),
        None if grounds is None else grounds.only(rows),
        None if probabilities is None else probabilities.only(rows),
    )
