"""What a gate answers, and whether the run may end well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trusteval.types.corrections import Correction
from trusteval.types.samples import Dimension
from trusteval.types.scores import Change, Interval, Score


class Outcome(StrEnum):
    """PASS: the evidence shows that the limit holds; FAIL: that it does not."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


class Undecided(StrEnum):
    """Why a verdict is INCONCLUSIVE.

    SAMPLES: more of them could decide. SUSPECT: that a limit is broken is shown by this row alone,
    not beside the subject's other rows, or by one of two readings. TRIPWIRE: nothing is found by
    what can never pass. NEVER: no number of samples decides, because something is missing or
    undefined. FIRST: what it compares with is what this run is accepted as.
    """

    SAMPLES = "samples"
    SUSPECT = "suspect"
    TRIPWIRE = "tripwire"
    NEVER = "never"
    FIRST = "first"


class Level(StrEnum):
    """What a failed gate does: BLOCK fails the run, WARN only says so."""

    BLOCK = "block"
    WARN = "warn"


_NO_EXCUSE: Mapping[Undecided | None, str] = {
    Undecided.NEVER: "UNDECIDABLE",
    Undecided.SUSPECT: "SUSPECT",
}


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """What one limit of a gate was held against, in points: an estimate with its interval.

    `is_change` says that the estimate is how much worse the subject is than its reference.
    """

    name: str
    value: float
    interval: Interval | None
    at_least: float | None = None
    at_most: float | None = None
    is_change: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate's answer about one subject, with the sentence that says why.

    `p` is that of the claim that a limit is broken, which a FAIL needs to be at most 0.05 /
    `family`; None where nothing was tested. `change` is there where a reference was compared.
    `undecided` says what an INCONCLUSIVE lacks, `why` why the row is there. `setting` is what of
    the benchmark is judged, None for all of it; `reference` what the subject was compared with;
    `limits` hold what each limit was compared with, none where that has no estimate. Runs of
    earlier versions have none of the three. `corrections` are the value, and how much worse it is,
    as a judge's reading corrects them.
    """

    gate: str
    subject: str
    benchmark: str = field(kw_only=True)
    dimension: Dimension
    outcome: Outcome
    level: Level
    message: str
    score: Score
    p: float | None = None
    family: int = 1
    change: Change | None = None
    undecided: Undecided | None = None
    why: str = ""
    setting: str | None = None
    reference: str | None = None
    limits: tuple[LimitCheck, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether the run must not end well, whatever is done with few samples."""
        broken = self.outcome is Outcome.FAIL or self.undecided in _NO_EXCUSE
        return self.level is Level.BLOCK and broken

    @property
    def word(self) -> str:
        """What the outcome is called: an INCONCLUSIVE that blocks has a name of its own."""
        return _NO_EXCUSE.get(self.undecided, self.outcome.value)
