"""Reads recorded responses once, in every way a protocol has, and keeps the sheets.

A variant's answers are as a protocol extracts them; an ensemble's are voted from what its members
cast. What variants said is kept too, and why the run's protocol read it so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trusteval.answers.ensembles import elect
from trusteval.answers.grounds import Grounds
from trusteval.answers.responses import Said
from trusteval.answers.table import Roll, Sheet
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Extract, Protocol
from trusteval.types import Ensemble, Response, Sample, Variant


class Readings:
    """The answers of a run's subjects.

    `samples` and `responses` bring what is asked of a benchmark and what a variant said to it, in
    the same order; `responses` is called once per variant and benchmark. `protocol` is the run's.
    """

    def __init__(
        self,
        *,
        protocol: Protocol,
        samples: Callable[[str], Sequence[Sample]],
        responses: Callable[[Variant, str], Sequence[Response]],
    ) -> None:
        self._protocol = protocol
        self._samples = samples
        self._responses = responses
        self._rolls: dict[str, Roll] = {}
        self._sheets: dict[tuple[str, str], Mapping[Extract, Sheet]] = {}
        self._said: dict[tuple[str, str], Said] = {}
        self._grounds: dict[tuple[str, str], Grounds] = {}
        self._elected: dict[tuple[str, str, Extract], Sheet] = {}

    def of_variant(self, variant: Variant, benchmark: str, extract: Extract) -> Sheet:
        """Return what a variant answered to a benchmark, as `extract` reads it."""
        key = variant.name, benchmark
        if key not in self._sheets:
            self._read(key, self._responses(variant, benchmark))
        return self._sheets[key][extract]

    def said(self, variant: Variant, benchmark: str) -> Said:
        """Return what a variant said to a benchmark that was read before."""
        return self._said[variant.name, benchmark]

    def grounds(self, variant: Variant, benchmark: str) -> Grounds:
        """Return why the run's protocol read it so."""
        return self._grounds[variant.name, benchmark]

    def of_ensemble(self, ensemble: Ensemble, benchmark: str, ballot: Extract) -> Sheet:
        """Return what an ensemble elects where its members cast what `ballot` reads."""
        key = ensemble.name, benchmark, ballot
        if key not in self._elected:
            cast = [self.of_variant(member, benchmark, ballot) for member in ensemble.members]
            self._elected[key] = elect(ensemble.members, cast)
        return self._elected[key]

    def _read(self, key: tuple[str, str], responses: Sequence[Response]) -> None:
        roll, ours = self._roll(key[1]), self._protocol
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
            self._rolls[benchmark] = Roll.of(self._samples(benchmark))
        return self._rolls[benchmark]


def _ways(benchmark: str) -> tuple[Extract, ...]:
    """Return every way in which a protocol that scores a benchmark reads answers to it."""
    scoring = [protocol for protocol in PROTOCOLS.values() if protocol.scores(benchmark)]
    return tuple(dict.fromkeys(way for p in scoring for way in (p.extract, p.ballot)))
