"""Looks at a gate again with the values that a judge's reading corrects: may they flip the verdict?

A judge takes a PASS or FAIL back, and gives none: where the corrected values do not decide as the
reading alone does, nothing is decided. A break that one of the two shows is suspected, which no run
excuses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trusteval.gates.claims import claims_of
from trusteval.gates.correction_words import correction_words
from trusteval.gates.evidence import Comparison, Evidence
from trusteval.gates.gate import Gate
from trusteval.gates.ruling import Ruling, rule
from trusteval.metrics.corrections import Amended
from trusteval.types import Correction, Outcome, Undecided


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A gate's value, and how much worse the subject is, corrected for a judge's errors.

    `worse` is None where nothing is compared; `obstacle` says why there is neither.
    """

    value: Amended | None = None
    worse: Amended | None = None
    obstacle: str = ""

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What is told of both."""
        return tuple(one.told for one in (self.value, self.worse) if one is not None)


@dataclass(frozen=True, slots=True)
class LookedAgain:
    """A ruling after the second look, and what is said of that."""

    ruling: Ruling
    said: tuple[str, ...]


def look_again(
    gate: Gate, evidence: Evidence, look: SecondLook, first: Ruling, *, subject: str, family: int
) -> LookedAgain:
    """Take back what the corrected values do not bear out; say why they are not known."""
    if (missing := _missing(gate, look, subject=subject)) is not None:
        return LookedAgain(first, (missing,))
    shown = _shown(gate, look, subject=subject)
    said = tuple(correction_words(one.told) for one in shown)
    again = _ruled_again(gate, evidence, look, subject=subject, family=family)
    undecided = _undecided(first, again)
    if undecided is first.undecided:
        return LookedAgain(first, said)
    flipped = (
        f"read, it would be {first.outcome}; corrected, {again.outcome}: "
        "the judge's errors can turn the verdict"
    )
    return LookedAgain(
        replace(first, outcome=Outcome.INCONCLUSIVE, undecided=undecided), (*said, flipped)
    )


def _undecided(first: Ruling, again: Ruling) -> Undecided | None:
    """Return what two rulings leave open together, what the first one does where that stands."""
    if first.outcome is again.outcome:
        is_suspect = again.undecided is Undecided.SUSPECT and first.undecided is Undecided.SAMPLES
        return Undecided.SUSPECT if is_suspect else first.undecided
    if first.outcome is Outcome.INCONCLUSIVE:
        is_broken = again.outcome is Outcome.FAIL and first.undecided is Undecided.SAMPLES
        return Undecided.SUSPECT if is_broken else first.undecided
    is_suspect = Outcome.FAIL in (first.outcome, again.outcome)
    is_suspect = is_suspect or again.undecided is Undecided.SUSPECT
    return Undecided.SUSPECT if is_suspect else Undecided.SAMPLES


def _shown(gate: Gate, look: SecondLook, *, subject: str) -> list[Amended]:
    """Return what the gate decides by."""
    value = [look.value] if gate.is_absolute and look.value is not None else []
    worse = [look.worse] if gate.compares(subject) and look.worse is not None else []
    return [*value, *worse]


def _missing(gate: Gate, look: SecondLook, *, subject: str) -> str | None:
    """Say which value that the gate decides by has no correction, None where all have."""
    if look.obstacle:
        return f"not corrected for the judge's errors: {look.obstacle}"
    if gate.gap_shift is not None and gate.compares(subject):
        return "not corrected for the judge's errors: the gap between groups is no share of rows"
    without = [one for one in _shown(gate, look, subject=subject) if one.estimate is None]
    return correction_words(without[0].told) if without else None


def _ruled_again(
    gate: Gate, evidence: Evidence, look: SecondLook, *, subject: str, family: int
) -> Ruling:
    corrected = evidence
    if look.value is not None and look.value.estimate is not None:
        told = look.value.told
        score = replace(evidence.score, value=told.value, interval=told.interval)
        corrected = replace(corrected, score=score, estimate=look.value.estimate)
    if look.worse is not None and look.worse.estimate is not None:
        corrected = replace(corrected, comparison=Comparison(look.worse.estimate))
    compared = corrected.comparison if gate.compares(subject) else None
    claims = claims_of(gate, corrected, compared=compared)
    return rule(gate, corrected, claims, subject=subject, family=family)
