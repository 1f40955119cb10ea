"""Says at which try a subject is, and whether that is one too many (docs/tracking.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from trusteval.report.record import RunRecord
from trusteval.stats.retries import retry_range
from trusteval.tracking.tries import Tries

FACT = "tries"
"""Under which name the facts of a record hold them."""


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


def tries_of(record: RunRecord) -> TryCount:
    """Rebuild the tries from a record's facts; none where an earlier version kept none."""
    match record.facts.get(FACT):
        case {"limit": int() | None as limit, "subjects": {**subjects}, "doubts": [*doubts]}:
            found = {str(name): _tries_from_dict(tries) for name, tries in subjects.items()}
            known = {name: tries for name, tries in found.items() if tries is not None}
            return TryCount(known, limit, tuple(map(str, doubts)))
        case _:
            return TryCount()


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


def tries_lines(record: RunRecord) -> list[str]:
    """Say of every subject that was tried more than once what that does to its verdict."""
    count = tries_of(record)
    order = {name: place for place, name in enumerate(record.subjects)}
    said = []
    for subject, tries in sorted(count.subjects.items(), key=lambda item: order.get(item[0], -1)):
        if tries.number is None:
            if count.limit is not None:
                said.append(
                    f"TRIES {subject}: not counted, since nothing tells its weights from others; "
                    f"--trust-tries={count.limit} does not hold it"
                )
        elif tries.number and tries.made > 1:
            low, high = (f"{100 * chance:.0f}" for chance in retry_range(tries.made))
            said.append(
                f"TRIES {_which(subject, tries)}; a drop on the margin passes some of "
                f"{tries.made} tries in {low} to {high} % of cases"
            )
    doubts = count.doubts if count.limit is not None else ()
    too_many = (f"TRIES {line}" for line in beyond_lines(record))
    return [*said, *too_many, *(f"TRIES: {doubt}" for doubt in doubts)]


def beyond_lines(record: RunRecord) -> list[str]:
    """Say whose weights came after as many tries as --trust-tries allows: these pass nothing."""
    count = tries_of(record)
    return [
        f"{_which(subject, count.subjects[subject])}, --trust-tries allows {count.limit}: it does "
        "not pass, whatever its gates say; ask other items, or accept with a reason "
        "(--trust-accept-regression), from which tries are counted anew"
        for subject in count.subjects
        if count.is_beyond(subject)
    ]


def _which(subject: str, tries: Tries) -> str:
    number = f"{tries.number}" if tries.number == tries.made else f"{tries.number} of {tries.made}"
    since = (
        "of this model, profile and gates"
        if tries.since is None
        else "since the baseline was accepted"
    )
    unknown = f" ({tries.unknown} earlier runs of unknown weights beside)" if tries.unknown else ""
    return f"{subject}: try {number} {since}{unknown}"
