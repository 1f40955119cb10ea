"""Which votes `trusteval ensemble` shows: those that are named, recorded, or else can be held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trusteval.ensemble.members import member, recorded_ensembles
from trusteval.errors import TrackingError, UsageError, VariantError
from trusteval.run.subjects import AUTO, UNKNOWN, parse_ensembles
from trusteval.suggestion import meant
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.confounds import VOTERS
from trusteval.types import Ensemble, Variant

_MOST_BITS = 64


def read_bits(words: Sequence[str], *, known: Sequence[str]) -> dict[str, int]:
    """Read NAME=N; raises UsageError for another form, or a name that no run has."""
    bits: dict[str, int] = {}
    for word in words:
        name, given, number = word.rpartition("=")
        if not given or not number.isascii() or not number.isdigit() or len(number) > 2:
            raise UsageError(f"--bits {word}: expected NAME=N, N from 1 to {_MOST_BITS}")
        if not 1 <= int(number) <= _MOST_BITS:
            raise UsageError(f"--bits {word}: expected N from 1 to {_MOST_BITS}")
        if name not in known:
            raise UsageError(
                f"--bits {word}: no run has a subject {name!r}; known: {', '.join(known)}"
                f"{meant(name, known)}"
            )
        if name in bits:
            raise UsageError(f"--bits {word}: {name} has {bits[name]} already")
        bits[name] = int(number)
    return bits


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who can vote in a run: the votes that it records, and its single subjects.

    Of a subject whose bits nobody says there are 0.
    """

    recorded: Mapping[str, Ensemble]
    variants: tuple[Variant, ...]

    def usual(self) -> tuple[Ensemble, ...]:
        """Return the recorded votes, or else one over the bit widths of each method.

        Raises TrackingError where none can be held.
        """
        found = tuple(self.recorded.values()) or parse_ensembles(AUTO, variants=self.variants)
        if not found:
            raise TrackingError(self._why_none())
        return found

    def called(self, word: str) -> tuple[Ensemble, ...]:
        """Return what --ensemble names: a recorded vote, vote-METHOD, auto or NAME=a+b+c.

        Raises VariantError for an unknown vote or member, or one whose bits nobody says.
        """
        if word in self.recorded:
            return (self.recorded[word],)
        mute = {variant.name for variant in self.variants if not variant.can_vote}
        for name in word.partition("=")[2].split("+"):
            if name.strip() in mute:
                member(name.strip(), bits={})  # raises, and says what to do
        found = parse_ensembles(word, variants=self.variants)
        for ensemble in found:
            if ensemble.name in self.recorded:
                raise VariantError(
                    f"--ensemble {word}: the run records a vote {ensemble.name}; name it otherwise"
                )
        if not found:
            raise VariantError(f"--ensemble {word}: {self._why_none()}")
        return found

    def _why_none(self) -> str:
        names = ", ".join(variant.name for variant in self.variants)
        mute = ", ".join(variant.name for variant in self.variants if not variant.can_vote)
        cure = f"; nobody says how many bits these have: {mute} (--bits NAME=N)" if mute else ""
        return (
            f"no vote is recorded, and none can be held over two bit widths of one method of "
            f"{names}{cure}; name one: --ensemble NAME=a+b+c"
        )


def electorate(run: AnsweredRun, *, bits: Mapping[str, int]) -> Electorate:
    """Return who can vote in a run; `bits` are those of subjects that neither it nor a name says.

    Raises VariantError for a recorded vote's member whose bits nobody says, UsageError for bits
    that the run contradicts.
    """
    recorded = {one.name: one for one in recorded_ensembles(run, bits=bits)}
    told = {variant.name: variant for vote in recorded.values() for variant in vote.members}
    for name in bits.keys() & told.keys():
        if bits[name] != told[name].bits:
            raise UsageError(f"--bits {name}={bits[name]}: the run says {told[name].bits}")
    variants = (told.get(name) or _variant(name, bits) for name in single_subjects(run))
    return Electorate(recorded, tuple(variants))


def _variant(name: str, bits: Mapping[str, int]) -> Variant:
    try:
        return member(name, bits=bits)
    except VariantError:
        return Variant(name, UNKNOWN, 0)


def single_subjects(run: AnsweredRun) -> list[str]:
    """Return the subjects of a run that are no votes."""
    votes = {key[0] for key in run.members}
    votes |= {key[0] for key, identity in run.identities.items() if VOTERS in identity}
    return [name for name in run.subjects if name not in votes]
