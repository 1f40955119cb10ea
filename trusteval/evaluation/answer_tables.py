"""Reads recorded responses once, in every way a protocol has, and keeps the tables of answers.

A variant's answers are as a protocol extracts them; an ensemble's are voted from what its members
cast. What variants said is kept too, and why the run's protocol read it so.
"""

from __future__ import annotations

from collections.abc import Mapping

from trusteval.answers.ensembles import elect
from trusteval.answers.grounds import Grounds
from trusteval.answers.responses import Said
from trusteval.answers.table import Roll, Sheet
from trusteval.evaluation.interview import Interview
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Extract
from trusteval.types import Ensemble, Subject, Variant


class AnswerTables:
    """What a run's subjects answered; every variant is asked once per benchmark.

    `protocol` is the run's, `subjects` who was asked for by subject and benchmark.
    """

    def __init__(self, interview: Interview, *, protocol: str) -> None:
        self.interview = interview
        self.protocol = protocol
        self.subjects: dict[tuple[str, str], Subject] = {}
        self._rolls: dict[str, Roll] = {}
        self._sheets: dict[tuple[str, str], Mapping[Extract, Sheet]] = {}
        self._said: dict[tuple[str, str], Said] = {}
        self._grounds: dict[tuple[str, str], Grounds] = {}
        self._elected: dict[tuple[str, str, Extract], Sheet] = {}

    def answers_of(self, subject: Subject, benchmark: str, *, protocol: str | None = None) -> Sheet:
        """Return what a subject answered to a benchmark, as a protocol, the run's, reads it."""
        read_by = PROTOCOLS[protocol or self.protocol]
        match subject:
            case Variant():
                sheet = self._of_variant(subject, benchmark, read_by.extract)
            case Ensemble():
                self.interview.admission.require_one_vocabulary(subject)
                sheet = self._of_ensemble(subject, benchmark, read_by.ballot)
        self.subjects[subject.name, benchmark] = subject
        return sheet

    def said(self, variant: Variant, benchmark: str) -> Said:
        """Return what a variant said to a benchmark that was read before."""
        return self._said[variant.name, benchmark]

    def grounds(self, variant: Variant, benchmark: str) -> Grounds:
        """Return why the run's protocol read it so."""
        return self._grounds[variant.name, benchmark]

    def close(self) -> None:
        """Free the model."""
        self.interview.recorder.close()

    def _of_variant(self, variant: Variant, benchmark: str, extract: Extract) -> Sheet:
        key = variant.name, benchmark
        if key not in self._sheets:
            self._read(variant, benchmark)
        return self._sheets[key][extract]

    def _of_ensemble(self, ensemble: Ensemble, benchmark: str, ballot: Extract) -> Sheet:
        key = ensemble.name, benchmark, ballot
        if key not in self._elected:
            cast = [self._of_variant(member, benchmark, ballot) for member in ensemble.members]
            self._elected[key] = elect(ensemble.members, cast)
        return self._elected[key]

    def _read(self, variant: Variant, benchmark: str) -> None:
        responses = self.interview.ask(variant, benchmark)
        key, roll, ours = (variant.name, benchmark), self._roll(benchmark), PROTOCOLS[self.protocol]
        readings = list(map(ours.read, roll.samples, responses))
        self._said[key], self._grounds[key] = Said.of(responses), Grounds.of(readings)
        self._sheets[key] = {
            ours.extract: Sheet.of(roll, (reading.answer for reading in readings)),
            **{
                way: Sheet.of(roll, map(way, roll.samples, responses))
                for way in _ways(key[1])
                if way is not ours.extract
            },
        }

    def _roll(self, benchmark: str) -> Roll:
        if benchmark not in self._rolls:
            asked = self.interview.questionnaire.questions(benchmark)
            self._rolls[benchmark] = Roll.of([question.sample for question in asked])
        return self._rolls[benchmark]


def _ways(benchmark: str) -> tuple[Extract, ...]:
    """Return every way in which a protocol that scores a benchmark reads answers to it."""
    scoring = [protocol for protocol in PROTOCOLS.values() if protocol.scores(benchmark)]
    return tuple(dict.fromkeys(way for p in scoring for way in (p.extract, p.ballot)))
