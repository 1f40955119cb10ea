"""Lets a judge read a subject's answers again: what is drawn is asked once, and recorded.

The judge answers questions of its own, as a variant does, so that its replies are stored under what
decided them: the judge, its texts, what was asked and what was answered. A vote's answers are voted
from what the judge reads in its members'.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable
from trusteval.benchmarks.benchmark import Question
from trusteval.engines.engine import Backend
from trusteval.errors import ItemError, TrustEvalError
from trusteval.evaluation.answer_tables import AnswerTables
from trusteval.evaluation.recorder import Recorder
from trusteval.judging.drawing import draw
from trusteval.judging.format import JudgeFormat
from trusteval.judging.questions import judge_question
from trusteval.judging.record import JudgeFacts
from trusteval.judging.replies import read_reply
from trusteval.judging.second_reading import SecondReading, Unread, only_rows, read_among
from trusteval.judging.texts import judge_texts
from trusteval.system.digests import digest
from trusteval.tracking.items import item_name
from trusteval.types import (
    DENSE,
    Answer,
    Ensemble,
    LabelForm,
    Response,
    Sample,
    Setting,
    Subject,
    Variant,
)

JUDGE = Variant(name="judge", method=DENSE, bits=16.0)
"""Who is asked: the model under test of the judge's own backend."""
_MOST_REJECTED = 20
"""So many questions of a list may be rejected before the rest is left alone."""
_FINGERPRINT = 16
"""Characters of a digest that are shown."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who judges, and what is known of it."""

    facts: JudgeFacts
    backend: Backend

    @property
    def format(self) -> JudgeFormat:
        return JudgeFormat(self.facts.format)


@dataclass(slots=True)
class _Read:
    """What a judge made of one variant's answers to some rows."""

    answers: dict[int, Answer] = field(default_factory=dict)
    unread: Counter[Unread] = field(default_factory=Counter)
    why: str = ""
    n_cut: int = 0

    def lack(self, reason: Unread, why: str = "") -> None:
        """Count an answer without a reading; what went wrong first is kept."""
        self.unread[reason] += 1
        self.why = self.why or why


class SecondOpinion:
    """What a judge reads of the answers in a run's tables, each subject and benchmark once."""

    def __init__(self, judge: Judge, recorder: Recorder, tables: AnswerTables) -> None:
        self._judge = judge
        self._recorder = recorder
        self._tables = tables
        self._readings: dict[tuple[str, str], SecondReading] = {}

    def why_not(self, benchmark: str) -> str:
        """Say why the judge cannot read answers to a benchmark at all; "" where it can."""
        forms = {question.sample.setting.form for question in self._questions(benchmark)}
        return next(filter(None, map(self._judge.format.why_not, sorted(forms))), "")

    def reading(self, subject: Subject, benchmark: str) -> SecondReading:
        """Return what the judge reads of a drawn part of a subject's answers.

        Raises what keeps the subject itself from being read; what keeps the judge is counted.
        """
        key = subject.name, benchmark
        if key not in self._readings:
            self._readings[key] = self._read(subject, benchmark)
        return self._readings[key]

    def read_rows(self, variant: Variant, benchmark: str, rows: Sequence[int]) -> AnswerTable:
        """Return what the judge reads of some of a variant's answers, drawn or not.

        Those without a reading are not among them.
        """
        first = self._tables.answers_of(variant, benchmark)
        return read_among(first, self._of_variant(variant, benchmark, rows).answers)

    def _questions(self, benchmark: str) -> Sequence[Question]:
        return self._tables.interview.questionnaire.questions(benchmark)

    def _read(self, subject: Subject, benchmark: str) -> SecondReading:
        first = self._tables.answers_of(subject, benchmark)
        strata = draw(first, most=self._judge.facts.sample, seed=self._judge.facts.seed)
        rows = sorted(row for stratum in strata for row in stratum.rows)
        match subject:
            case Variant():
                found = self._of_variant(subject, benchmark, rows)
                second = read_among(first, found.answers)
            case Ensemble():
                found, second = self._of_vote(subject, benchmark, first=first, rows=rows)
        return SecondReading(
            subject.name,
            benchmark,
            first=only_rows(first, rows),
            second=second,
            strata=strata,
            unread=found.unread,
            why=found.why,
            is_binary=self._judge.format.is_guard,
            n_cut=found.n_cut,
            fingerprint=self._fingerprint(),
        )

    def _of_vote(
        self, vote: Ensemble, benchmark: str, *, first: AnswerTable, rows: Sequence[int]
    ) -> tuple[_Read, AnswerTable]:
        """Elect what the judge reads in the members' answers, where it reads all of them."""
        members = [
            self._of_variant(member, benchmark, rows, within=f" for {vote.name}")
            for member in vote.members
        ]
        found = _Read(
            why=next((one.why for one in members if one.why), ""),
            n_cut=max(one.n_cut for one in members),
        )
        cast = [read_among(first, one.answers) for one in members]
        whole = [row for row in rows if all(row in one.answers for one in members)]
        if len(whole) < len(rows):
            found.unread[Unread.MEMBER] = len(rows) - len(whole)
        return found, only_rows(elect(vote.members, cast), whole)

    def _of_variant(
        self, variant: Variant, benchmark: str, rows: Sequence[int], *, within: str = ""
    ) -> _Read:
        """Return what the judge reads of some of a variant's answers, asking what is missing."""
        self._tables.answers_of(variant, benchmark)
        asked, said = self._questions(benchmark), self._tables.said(variant, benchmark)
        setting = _setting(benchmark, f"answers of {variant.name}{within}", self._judge.format)
        found, questions = _Read(), []
        for row in rows:
            question = judge_question(
                asked[row], said.at(row), to=self._judge.format, texts=judge_texts()
            )
            found.n_cut += question.is_cut
            sample = Sample(_id(row, asked[row].sample), setting, unit=str(row), target="")
            questions.append(Question(sample, question.prompt))
        replies = self._replies(questions, found)
        for row in rows:
            if (reply := replies.get(_id(row, asked[row].sample))) is None:
                continue
            answer = read_reply(reply, asked[row].sample.setting, by=self._judge.format)
            if answer is None:
                item = item_name(asked[row].sample)
                found.lack(
                    Unread.GARBAGE,
                    f"of {variant.name}, item {item}: {len(reply.text)} characters that name no "
                    "reading",
                )
            else:
                found.answers[row] = answer
        return found

    def _replies(self, questions: Sequence[Question], found: _Read) -> Mapping[str, Response]:
        """Return replies by the ids of questions, after asking; count those that are lacking."""
        left, why = list(questions), ""
        for _ in range(_MOST_REJECTED):
            if not left:
                return {}
            try:
                replies = self._recorder.responses(JUDGE, left)
                return dict(zip([one.sample.id for one in left], replies, strict=True))
            except ItemError as error:
                found.lack(Unread.REJECTED, str(error))
                left = [one for one in left if one.sample.id != error.item]
            except TrustEvalError as error:
                why = str(error)
                break
        known = self._recorded(left)
        for question in left:
            if question.sample.id not in known:
                found.lack(Unread.UNASKED, why)
        return known

    def _recorded(self, questions: Sequence[Question]) -> Mapping[str, Response]:
        """Return what is recorded; nothing where it cannot be told what it would be called."""
        try:
            replies = self._recorder.recorded(JUDGE, questions)
        except TrustEvalError:
            return {}
        ids = [question.sample.id for question in questions]
        return {name: reply for name, reply in zip(ids, replies, strict=True) if reply is not None}

    def _fingerprint(self) -> str:
        """Return what tells this judge from others, "" where it is not known."""
        try:
            return digest(self._recorder.context(JUDGE))[:_FINGERPRINT]
        except TrustEvalError:
            return ""


def _id(row: int, sample: Sample) -> str:
    """Name an item among those of a benchmark, where its own name may stand twice."""
    return f"{row}: {item_name(sample)}"


def _setting(benchmark: str, name: str, judge: JudgeFormat) -> Setting:
    """Return the setting that a judge is asked in: it has no labels, its replies are its own."""
    return Setting(
        benchmark=benchmark,
        name=name,
        labels=(),
        max_new_tokens=judge.max_new_tokens,
        n_expected=None,
        form=LabelForm.OPEN,
    )
