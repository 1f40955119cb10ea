"""Reads recorded responses once, in every way a protocol has, and keeps the sheets.

A variant's answers are as a protocol extracts them; an ensemble's are voted from what its members
cast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from trusteval.election import elect
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Extract
from trusteval.sheet import Roll, Sheet
from trusteval.types import Ensemble, Response, Sample, Variant

_EXTRACTS = tuple(dict.fromkeys(way for p in PROTOCOLS.values() for way in (p.extract, p.ballot)))


class Readings:
    """The answers of a run's subjects.

    `samples` and `responses` bring what is asked of a benchmark and what a variant said to it, in
    the same order; `responses` is called once per variant and benchmark.
    """

    def __init__(
        self,
        *,
        samples: Callable[[str], Sequence[Sample]],
        responses: Callable[[Variant, str], Sequence[Response]],
    ) -> None:
        self._samples = samples
        self._responses = responses
        self._rolls: dict[str, Roll] = {}
        self._sheets: dict[tuple[str, str], Mapping[Extract, Sheet]] = {}
        self._elected: dict[tuple[str, str, Extract], Sheet] = {}

    def of_variant(self, variant: Variant, benchmark: str, extract: Extract) -> Sheet:
        """Return what a variant answered to a benchmark, as `extract` reads it."""
        key = variant.name, benchmark
        if key not in self._sheets:
            responses = self._responses(variant, benchmark)
            roll = self._roll(benchmark)
            self._sheets[key] = {
                way: Sheet.of(roll, map(way, roll.samples, responses)) for way in _EXTRACTS
            }
        return self._sheets[key][extract]

    def of_ensemble(self, ensemble: Ensemble, benchmark: str, ballot: Extract) -> Sheet:
        """Return what an ensemble elects where its members cast what `ballot` reads."""
        key = ensemble.name, benchmark, ballot
        if key not in self._elected:
            cast = [self.of_variant(member, benchmark, ballot) for member in ensemble.members]
            self._elected[key] = elect(ensemble.members, cast)
        return self._elected[key]

    def _roll(self, benchmark: str) -> Roll:
        if benchmark not in self._rolls:
            self._rolls[benchmark] = Roll.of(self._samples(benchmark))
        return self._rolls[benchmark]
