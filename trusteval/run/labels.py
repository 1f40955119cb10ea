"""Reads the labels of people that a run names, and refuses those of nobody in it."""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.audit.people import PeopleLabels, read_people
from trusteval.errors import UsageError
from trusteval.run.options import Options

_FLAG = "--trust-judge-labels"


def labels_of(options: Options, *, subjects: Sequence[str]) -> PeopleLabels | None:
    """Return what people said of texts, None where no table is named.

    Raises UsageError where nobody judges, or no label is of a subject of this run.
    """
    if not options.judge_labels:
        return None
    if options.judge is None:
        raise UsageError(f"{_FLAG} says how a judge errs, and there is none: add --trust-judge")
    labels = read_people(options.judge_labels)
    if not set(labels.subjects) & set(subjects):
        raise UsageError(
            f"{_FLAG}: the labels are of {', '.join(labels.subjects)}, and this run has "
            f"{', '.join(subjects)}; label a sheet of `trusteval audit` drawn from such a run"
        )
    return labels
