"""What is known of every answer before a text is opened: columns of numbers, and few names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks import BENCHMARKS
from trusteval.printable import printable_line
from trusteval.report.browse.comparisons import Comparison, comparisons_of
from trusteval.report.browse.elections import Case, Election, election_of, why_dropped
from trusteval.report.browse.part import Part, Parts
from trusteval.report.record import RunRecord
from trusteval.tracking.items import shown_answer
from trusteval.types import DECLINED, Answer, Invalid, Label, Refusal, Unavailable

_NO_LABEL = -1


class Answers:
    """Numbers the different answers of a run, and tells each: its word, its kind, its label."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Answer, str], int] = {}
        self._labels: dict[str, int] = {}
        self.told: list[dict[str, Any]] = []

    def number(self, answer: Answer) -> int:
        """Return an answer's number; one that was read although contradictory has its own."""
        key = answer, shown_answer(answer)
        if key not in self._numbers:
            self._numbers[key] = len(self.told)
            self.told.append(self._tell(answer))
        return self._numbers[key]

    def column(self, answers: AnswerTable) -> list[int]:
        """Return the number of the answer to each item."""
        numbers = np.array([self.number(answer) for answer in answers.answers], np.int64)
        column: list[int] = numbers[answers.code[answers.rows]].tolist()
        return column

    def _tell(self, answer: Answer) -> dict[str, Any]:
        told = {"word": printable_line(shown_answer(answer)), "label": _NO_LABEL}
        match answer:
            case Label(value, contradictory):
                label = self._labels.setdefault(value, len(self._labels))
                return {**told, "kind": "label", "label": label, "contradictory": contradictory}
            case Refusal():
                return {**told, "kind": "refused"}
            case Invalid(reason):
                return {**told, "kind": reason.value}


def index_of(record: RunRecord, parts: Parts, rules: Sequence[str]) -> dict[str, Any]:
    """Return the columns of all parts as plain values; `rules` are how texts were read."""
    answers = Answers()
    subjects = parts.subjects
    benchmarks = [_benchmark(record, parts, part, answers) for part in parts.parts]
    return {
        "subjects": [printable_line(name) for name in subjects],
        "benchmarks": benchmarks,
        "answers": answers.told,
        "rules": list(rules),
    }


def _benchmark(record: RunRecord, parts: Parts, part: Part, answers: Answers) -> dict[str, Any]:
    table = part.sample_table
    targets = np.array([answers.number(Label(label)) for label in table.labels], np.int64)
    return {
        "name": part.benchmark,
        "dimension": BENCHMARKS[part.benchmark].dimension.value,
        "settings": _settings(table),
        "setting": table.setting.tolist(),
        "groups": [None if name is None else printable_line(name) for name in table.groups],
        "group": table.group.tolist(),
        "ids": [printable_line(sample.id) for sample in table.samples],
        "target": targets[table.target].tolist(),
        "rightFor": _right_for(table, answers),
        "holdsPrompts": part.prompts is not None,
        "given": [_given(record, parts, part, who, answers) for who in part.given],
    }


def _right_for(table: SampleTable, answers: Answers) -> dict[int, int]:
    """Return by answer the target that it is right for, of those that are not called as it is."""
    named: dict[Answer, str] = {
        Label(value): target for value, target in table.right_for.items() if value != target
    }
    if DECLINED in table.labels:
        named[Refusal()] = DECLINED
    return {answers.number(one): answers.number(Label(target)) for one, target in named.items()}


def _settings(table: SampleTable) -> list[dict[str, Any]]:
    known = {sample.setting.name: sample.setting for sample in table.samples}
    return [
        {"name": name, "labels": [printable_line(label.value) for label in known[name].labels]}
        for name in table.settings
    ]


def _given(
    record: RunRecord, parts: Parts, part: Part, subject: str, answers: Answers
) -> dict[str, Any]:
    given = part.given[subject]
    compared = comparisons_of(record, parts.run, part, subject)
    told: dict[str, Any] = {
        "subject": parts.subjects.index(subject),
        "answer": answers.column(given.answers),
        "references": [_reference(one, answers) for one in compared],
        "speaks": given.said is not None,
    }
    if given.probabilities is not None:
        told["unknown"] = [printable_line(why) for why in given.probabilities.unknown]
    if (members := parts.run.members.get((subject, part.benchmark))) is not None:
        told["vote"] = _vote(election_of(parts.run, part, members), answers)
    return told


def _reference(compared: Comparison, answers: Answers) -> dict[str, Any]:
    told = {"name": printable_line(compared.name), "called": printable_line(compared.called)}
    if isinstance(compared.answers, Unavailable):
        return {**told, "why": printable_line(compared.answers.why)}
    return {**told, "answer": answers.column(compared.answers)}


def _vote(election: Election | Unavailable, answers: Answers) -> dict[str, Any]:
    if isinstance(election, Unavailable):
        return {"why": printable_line(election.why)}
    return {
        "members": [printable_line(member.name) for member in election.members],
        "cases": [_case(case, answers) for case in election.cases],
        "case": election.case.tolist(),
    }


def _case(case: Case, answers: Answers) -> dict[str, Any]:
    decision = case.decision
    dropped = set(decision.dropped)
    return {
        "ballots": [answers.number(ballot.answer) for ballot in case.ballots],
        "dropped": [why_dropped(b.answer) if b in dropped else None for b in case.ballots],
        "tally": [[answers.number(answer), votes] for answer, votes in decision.tally],
        "answer": answers.number(decision.answer),
        "disagrees": case.disagrees,
        "tie": None if decision.tie_broken_by is None else printable_line(decision.tie_broken_by),
    }
