"""Says at which try a subject is, and what that does to its verdict (docs/tracking.md)."""

from __future__ import annotations

from trusteval.report.record import RunRecord
from trusteval.report.try_count import TryCount
from trusteval.stats.retries import retry_range
from trusteval.tracking.tries import Tries


def tries_lines(record: RunRecord) -> list[str]:
    """Say of every subject that was tried more than once what that does to its verdict."""
    count = record.tries or TryCount()
    order = record.places
    said = []
    for subject, tries in sorted(count.subjects.items(), key=lambda item: order.get(item[0], -1)):
        if tries.number is None:
            if count.limit is not None:
                said.append(
                    f"TRIES {subject}: not counted, since its weights cannot be identified; "
                    f"--trust-tries={count.limit} does not limit it"
                )
        elif tries.number and tries.made > 1:
            low, high = (f"{100 * chance:.0f}" for chance in retry_range(tries.made))
            said.append(
                f"TRIES {_which(subject, tries)}; a drop on the margin passes at least "
                f"one of {tries.made} tries in {low} to {high} % of cases"
            )
    doubts = count.doubts if count.limit is not None else ()
    return [*said, *too_many_tries(record), *(f"TRIES: {doubt}" for doubt in doubts)]


def too_many_tries(record: RunRecord) -> list[str]:
    """Say who does not pass because it was tried too often, as the other lines on tries do."""
    return [f"TRIES {line}" for line in beyond_lines(record)]


def beyond_lines(record: RunRecord) -> list[str]:
    """Say whose weights came after as many tries as --trust-tries allows: these pass nothing."""
    count = record.tries or TryCount()
    return [
        f"{_which(subject, count.subjects[subject])}, --trust-tries allows {count.limit}: it does "
        "not pass, whatever its gates say; ask other items, or accept with a reason "
        "(--trust-accept-regression), which restarts the count of tries"
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
