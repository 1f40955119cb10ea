"""Reads recorded responses once, in every way a protocol has, and keeps the tables of answers.

A variant's answers are as a protocol extracts them; an ensemble's are voted from what its members
cast. What variants said is kept too, and why the run's protocol read it so.
"""

from __future__ import annotations

from collections.abc import Mapping

from trusteval.answers.ensembles import elect
from trusteval.answers.fallback import fall_back
from trusteval.answers.grounds import Grounds
from trusteval.answers.oracle import oracle, worst
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.evaluation.interview import Interview
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Extract
from trusteval.types import Cost, Ensemble, Subject, Variant


class AnswerTables:
    """What a run's subjects answered; every variant is asked once per benchmark.

    `protocol` is the run's, `subjects` who was asked for by subject and benchmark.
    """

    def __init__(self, interview: Interview, *, protocol: str) -> None:
        self.interview = interview
        self.protocol = protocol
        self.subjects: dict[tuple[str, str], Subject] = {}
        self._sample_tables: dict[str, SampleTable] = {}
        self._answer_tables: dict[tuple[str, str], Mapping[Extract, AnswerTable]] = {}
        self._said: dict[tuple[str, str], ResponseTable] = {}
        self._grounds: dict[tuple[str, str], Grounds] = {}
        self._costs: dict[tuple[str, str], Cost] = {}
        self._probabilities: dict[tuple[str, str], LabelProbabilities | None] = {}
        self._elected: dict[tuple[str, str, Extract], AnswerTable] = {}

    def answers_of(
        self, subject: Subject, benchmark: str, *, protocol: str | None = None
    ) -> AnswerTable:
        """Return what a subject answered to a benchmark, as a protocol, the run's, reads it."""
        read_by = PROTOCOLS[protocol or self.protocol]
        match subject:
            case Variant():
                answer_table = self._of_variant(subject, benchmark, read_by.extract)
            case Ensemble():
                self.interview.admission.require_one_vocabulary(subject)
                answer_table = self._of_ensemble(subject, benchmark, read_by.ballot)
        self.subjects[subject.name, benchmark] = subject
        return answer_table

    def chain_of(self, vote: Ensemble, benchmark: str) -> AnswerTable:
        """Return what a vote's fallback chain answers, of the ballots of the run's protocol."""
        return fall_back(vote.members, self._cast(vote, benchmark, PROTOCOLS[self.protocol].ballot))

    def oracle_of(
        self, vote: Ensemble, benchmark: str, *, protocol: str | None = None
    ) -> AnswerTable:
        """Return what an oracle that picks among a vote's ballots answers."""
        read_by = PROTOCOLS[protocol or self.protocol]
        return oracle(self._cast(vote, benchmark, read_by.ballot))

    def worst_of(
        self, vote: Ensemble, benchmark: str, *, protocol: str | None = None
    ) -> AnswerTable:
        """Return what answers harmfully wherever any of a vote's ballots does."""
        read_by = PROTOCOLS[protocol or self.protocol]
        return worst(self._cast(vote, benchmark, read_by.ballot))

    def said(self, variant: Variant, benchmark: str) -> ResponseTable:
        """Return what a variant said to a benchmark that was read before."""
        return self._said[variant.name, benchmark]

    def grounds(self, variant: Variant, benchmark: str) -> Grounds:
        """Return why the run's protocol read it so."""
        return self._grounds[variant.name, benchmark]

    def cost(self, variant: Variant, benchmark: str) -> Cost:
        """Return what it took to say that."""
        return self._costs[variant.name, benchmark]

    def probabilities(self, variant: Variant, benchmark: str) -> LabelProbabilities | None:
        """Return how likely it made each label, where that was recorded."""
        return self._probabilities[variant.name, benchmark]

    def close(self) -> None:
        """Free the model."""
        self.interview.recorder.close()

    def _of_variant(self, variant: Variant, benchmark: str, extract: Extract) -> AnswerTable:
        key = variant.name, benchmark
        if key not in self._answer_tables:
            self._read(variant, benchmark)
        return self._answer_tables[key][extract]

    def _of_ensemble(self, ensemble: Ensemble, benchmark: str, ballot: Extract) -> AnswerTable:
        key = ensemble.name, benchmark, ballot
        if key not in self._elected:
            self._elected[key] = elect(ensemble.members, self._cast(ensemble, benchmark, ballot))
        return self._elected[key]

    def _cast(self, ensemble: Ensemble, benchmark: str, ballot: Extract) -> list[AnswerTable]:
        return [self._of_variant(member, benchmark, ballot) for member in ensemble.members]

    def _read(self, variant: Variant, benchmark: str) -> None:
        responses, cost = self.interview.ask(variant, benchmark)
        key, sample_table, ours = (
            (variant.name, benchmark),
            self._sample_table(benchmark),
            PROTOCOLS[self.protocol],
        )
        readings = list(map(ours.read, sample_table.samples, responses))
        self._costs[key] = cost
        self._probabilities[key] = self.interview.probabilities(variant, benchmark)
        self._said[key], self._grounds[key] = ResponseTable.of(responses), Grounds.of(readings)
        self._answer_tables[key] = {
            ours.extract: AnswerTable.of(sample_table, (reading.answer for reading in readings)),
            **{
                way: AnswerTable.of(sample_table, map(way, sample_table.samples, responses))
                for way in _ways(key[1])
                if way is not ours.extract
            },
        }

    def _sample_table(self, benchmark: str) -> SampleTable:
        if benchmark not in self._sample_tables:
            asked = self.interview.questionnaire.questions(benchmark)
            self._sample_tables[benchmark] = SampleTable.of([question.sample for question in asked])
        return self._sample_tables[benchmark]


def _ways(benchmark: str) -> tuple[Extract, ...]:
    """Return every way in which a protocol that scores a benchmark reads answers to it."""
    scoring = [protocol for protocol in PROTOCOLS.values() if protocol.scores(benchmark)]
    return tuple(dict.fromkeys(way for p in scoring for way in (p.extract, p.ballot)))
