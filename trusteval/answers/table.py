"""Judged answers in columns, so that metrics count arrays instead of objects.

A sample table holds a benchmark's samples, once for all subjects; an answer table holds what one
subject answered to them. Equal numbers in a column stand for equal texts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

from trusteval.types import (
    DECLINED,
    Answer,
    Counts,
    Invalid,
    InvalidReason,
    Judged,
    Label,
    LabelForm,
    Refusal,
    Sample,
)

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_Text = TypeVar("_Text", bound=Hashable)
_NO_LABEL = -1


@dataclass(frozen=True, slots=True, eq=False)
class SampleTable:
    """Samples, and per sample the numbers of its texts.

    `target` and `positive` (the first label of the sample's setting) index `labels`, `setting`
    indexes `settings`, `group` indexes `groups`; `unit` and `stratum` only tell texts apart.
    `right_for` says of the settings' labels which target each is right for, `harming` which of
    them do harm where they are not right, `is_open` of each sample whether it is answered in free
    text, where a refusal is one of the answers.
    """

    samples: tuple[Sample, ...]
    labels: tuple[str, ...]
    settings: tuple[str, ...]
    groups: tuple[str | None, ...]
    target: Codes
    positive: Codes
    setting: Codes
    group: Codes
    unit: Codes
    stratum: Codes
    right_for: Mapping[str, str]
    harming: frozenset[str]
    is_open: Flags

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> SampleTable:
        """Write samples down."""
        rows = tuple(samples)
        labels, said = coded([*(s.target for s in rows), *map(_first_label, rows)])
        settings, setting = coded([sample.setting.name for sample in rows])
        groups, group = coded([sample.group for sample in rows])
        specs = [spec for of_setting in {s.setting.labels for s in rows} for spec in of_setting]
        return cls(
            samples=rows,
            labels=labels,
            settings=settings,
            groups=groups,
            target=said[: len(rows)],
            positive=said[len(rows) :],
            setting=setting,
            group=group,
            unit=coded([sample.unit for sample in rows])[1],
            stratum=coded([sample.stratum for sample in rows])[1],
            right_for={spec.value: spec.right_for for spec in specs},
            harming=frozenset(spec.value for spec in specs if spec.harms),
            is_open=np.array([s.setting.form is LabelForm.OPEN for s in rows], np.bool_),
        )


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTable(Sequence[Judged]):
    """What a subject answered to the samples of a sample table, or to some of them.

    `answers` are the different ones, `code` says which was given to each sample of the sample
    table, and `rows` which samples of the sample table are meant.
    """

    sample_table: SampleTable
    answers: tuple[Answer, ...]
    code: Codes
    rows: Codes

    @classmethod
    def of(cls, sample_table: SampleTable, answers: Iterable[Answer]) -> AnswerTable:
        """Write down the answers to all samples of a sample table, in their order."""
        known: dict[tuple[Answer, bool], int] = {}
        code = np.fromiter(
            (known.setdefault((a, _is_contradictory(a)), len(known)) for a in answers), np.int64
        )
        if len(code) != len(sample_table.samples):
            raise ValueError(f"expected {len(sample_table.samples)} answers, got {len(code)}")
        return cls(sample_table, tuple(answer for answer, _ in known), code, np.arange(len(code)))

    @classmethod
    def among(
        cls, sample_table: SampleTable, answers: Sequence[Answer], which: Codes
    ) -> AnswerTable:
        """Write down which of some answers, equal ones among them, every sample was given."""
        known: dict[tuple[Answer, bool], int] = {}
        numbers = [known.setdefault((a, _is_contradictory(a)), len(known)) for a in answers]
        code = np.array(numbers, np.int64)[which]
        return cls(sample_table, tuple(answer for answer, _ in known), code, np.arange(len(code)))

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Judged: ...
    @overload
    def __getitem__(self, place: slice) -> AnswerTable: ...
    def __getitem__(self, place: int | slice) -> Judged | AnswerTable:
        if isinstance(place, slice):
            return self.only(place)
        row = self.rows[place]
        return Judged(self.sample_table.samples[row], self.answers[self.code[row]])

    def __iter__(self) -> Iterator[Judged]:
        for row, code in zip(self.rows.tolist(), self.code[self.rows].tolist(), strict=True):
            yield Judged(self.sample_table.samples[row], self.answers[code])

    def only(self, chosen: Flags | Codes | slice) -> AnswerTable:
        """Keep some of the rows."""
        return AnswerTable(self.sample_table, self.answers, self.code, self.rows[chosen])

    def where(self, counts: Callable[[Sample], bool]) -> AnswerTable:
        """Keep the rows whose sample counts."""
        samples = self.sample_table.samples
        return self.only(np.array([counts(samples[row]) for row in self.rows.tolist()], bool))

    def by_setting(self) -> dict[str, AnswerTable]:
        """Split the rows by setting, in the order of the names."""
        setting = self.sample_table.setting[self.rows]
        order = np.argsort(setting, kind="stable")
        ends = np.searchsorted(
            setting[order], np.arange(len(self.sample_table.settings)), side="right"
        )
        parts = np.split(order, ends[:-1]) if len(ends) else []
        named = zip(self.sample_table.settings, parts, strict=True)
        return {name: self.only(part) for name, part in named if len(part)}

    # -- columns -------------------------------------------------------------------------

    @property
    def target(self) -> Codes:
        """The true label of each row."""
        return self.sample_table.target[self.rows]

    @property
    def label(self) -> Codes:
        """The label each answer carries; a number that is no true label's where it has none."""
        return self._numbers([a.value if isinstance(a, Label) else None for a in self.answers])

    @property
    def correct(self) -> Flags:
        """Whether each answer is what its sample's target asks for (`trusteval.types.is_right`)."""
        right_for = self.sample_table.right_for
        standing = self._numbers([_stands_for(answer, right_for) for answer in self.answers])
        return np.asarray(standing == self.target)

    @property
    def can_harm(self) -> Flags:
        """Whether an answer to each sample may do harm: what its target asks for does none."""
        table = self.sample_table
        harmless = {table.right_for[label] for label in table.harming}
        may = [bool(harmless) and target not in harmless for target in table.labels]
        return np.array(may, np.bool_)[self.target]

    @property
    def harmful(self) -> Flags:
        """Whether each answer is a label that does harm, where it is not right."""
        harming = self.sample_table.harming
        given = [isinstance(answer, Label) and answer.value in harming for answer in self.answers]
        flags: Flags = self._each(given, np.bool_) & ~self.correct
        return flags

    @property
    def answered(self) -> Flags:
        """Whether each answer carries a label, or declines where answers are open."""
        is_open = self.sample_table.is_open[self.rows]
        return np.asarray(self._are(Label) | (self.refused & is_open))

    @property
    def refused(self) -> Flags:
        return self._are(Refusal)

    @property
    def declined(self) -> Flags:
        """Whether each answer declines, in full or in part."""
        right_for = self.sample_table.right_for
        stands_for = [_stands_for(answer, right_for) for answer in self.answers]
        flags: Flags = self._each([one == DECLINED for one in stands_for], np.bool_)
        return flags

    @property
    def to_decline(self) -> Flags:
        """Whether each sample is to be declined."""
        wanted = [label == DECLINED for label in self.sample_table.labels]
        return np.array(wanted, np.bool_)[self.target]

    @property
    def invalid(self) -> Flags:
        return self._are(Invalid)

    @property
    def truly_positive(self) -> Flags:
        """Whether each true label is its setting's first, for example "wrong" in ethics."""
        return np.asarray(self.target == self.sample_table.positive[self.rows])

    @property
    def called_positive(self) -> Flags:
        """Whether each answer carries its setting's first label."""
        return np.asarray(self.label == self.sample_table.positive[self.rows])

    @property
    def groups(self) -> dict[str | None, Flags]:
        """Which rows belong to each sensitive group, in the order of their names."""
        group = self.sample_table.group[self.rows]
        return {self.sample_table.groups[code]: group == code for code in np.unique(group).tolist()}

    @property
    def targets(self) -> frozenset[str]:
        """The true labels that occur."""
        return frozenset(self.sample_table.labels[code] for code in np.unique(self.target).tolist())

    @property
    def counts(self) -> Counts:
        """Answers by kind; a label read from a contradictory text counts as contradictory."""
        refused, invalid = 0, dict.fromkeys(InvalidReason, 0)
        given = np.bincount(self.code[self.rows], minlength=len(self.answers)).tolist()
        for answer, n in zip(self.answers, given, strict=True):
            match answer:
                case Refusal():
                    refused += n
                case Invalid(reason):
                    invalid[reason] += n
                case Label(contradictory=True):
                    invalid[InvalidReason.CONTRADICTORY] += n
        return Counts(n=len(self), refused=refused, invalid=invalid)

    def _numbers(self, names: Sequence[str | None]) -> Codes:
        """Return each answer's number among the labels, given the name of every different one."""
        known = {name: number for number, name in enumerate(self.sample_table.labels)}
        numbers: Codes = self._each(
            [
                _NO_LABEL if name is None else known.get(name, -2 - place)
                for place, name in enumerate(names)
            ],
            np.int64,
        )
        return numbers

    def _are(self, kind: type[Answer]) -> Flags:
        flags: Flags = self._each([isinstance(a, kind) for a in self.answers], np.bool_)
        return flags

    def _each(self, of_answers: list[Any], kind: type[np.generic]) -> Any:
        return np.array(of_answers, kind)[self.code[self.rows]]


def answer_table_of(judged: Sequence[Judged]) -> AnswerTable:
    """Return judged rows as an answer table, which they may be already."""
    if isinstance(judged, AnswerTable):
        return judged
    return AnswerTable.of(
        SampleTable.of(row.sample for row in judged), (row.answer for row in judged)
    )


def coded(texts: Sequence[_Text]) -> tuple[tuple[_Text, ...], Codes]:
    """Number texts in the order of the alphabet; return them, and each one's number."""
    names = tuple(sorted(set(texts), key=str))
    numbers = {name: number for number, name in enumerate(names)}
    return names, np.fromiter((numbers[text] for text in texts), np.int64, len(texts))


def _first_label(sample: Sample) -> str:
    return sample.setting.labels[0].value if sample.setting.labels else ""


def _stands_for(answer: Answer, right_for: Mapping[str, str]) -> str | None:
    """Return the target that an answer is right for, None for an invalid one."""
    match answer:
        case Label(value):
            return right_for.get(value, value)
        case Refusal():
            return DECLINED
        case Invalid():
            return None


def _is_contradictory(answer: Answer) -> bool:
    return isinstance(answer, Label) and answer.contradictory
