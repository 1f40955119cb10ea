"""At which try each subject of a run is, and whether that is one too many (docs/tracking.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from trusteval.tracking.tries import Tries


@dataclass(frozen=True, slots=True)
class TryCount:
    """The tries of a run's subjects, how many each may have (None: any), and what is not known."""

    subjects: Mapping[str, Tries] = field(default_factory=dict)
    limit: int | None = None
    doubts: tuple[str, ...] = ()

    def is_beyond(self, subject: str) -> bool:
        """Whether a subject's weights came after as many tries as it may have."""
        number = self.subjects[subject].number
        return self.limit is not None and number is not None and number > self.limit

    @property
    def made(self) -> dict[str, int]:
        """How many tries each subject had, where its weights are known."""
        known = self.subjects.items()
        return {name: tries.made for name, tries in known if tries.number is not None}

    def to_document(self) -> dict[str, Any]:
        """Return plain values, for the facts of verdicts.json."""
        return {
            "limit": self.limit,
            "subjects": {name: asdict(tries) for name, tries in self.subjects.items()},
            "doubts": list(self.doubts),
        }


def try_count(document: object) -> TryCount | None:
    """Rebuild from the facts of verdicts.json; None where there is none, as of earlier versions."""
    match document:
        case {"limit": int() | None as limit, "subjects": {**subjects}, "doubts": [*doubts]}:
            found = {str(name): _tries_from_dict(tries) for name, tries in subjects.items()}
            known = {name: tries for name, tries in found.items() if tries is not None}
            return TryCount(known, limit, tuple(map(str, doubts)))
        case _:
            return None


def _tries_from_dict(values: object) -> Tries | None:
    match values:
        case {
            "number": int() | None as number,
            "made": int(made),
            "since": str() | None as since,
            "unknown": int(unknown),
        } if made >= 0:
            return Tries(number, made, since, unknown)
        case _:
            return None
