"""What may be drawn: every response of a run that a variant gave, as the reader reads it now.

An answer is contested where another reader disagrees: `comptrust`, or the reader that the run was
judged with. To `comptrust` a refusal is what has no label, so that only labels are compared with
it, and whether there is one. What `comptrust` does not ask it does not contest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trusteval.audit.drawing import Names
from trusteval.errors import TrackingError, UsageError
from trusteval.protocols import PROTOCOLS
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Answer, Invalid, Label, Reading, Refusal, Response, Sample

_READER, _RIVAL = PROTOCOLS["strict"], PROTOCOLS["comptrust"]


@dataclass(frozen=True, slots=True)
class Heard:
    """One response: who gave it to what, how it is read, and how `rivals` read it otherwise."""

    subject: str
    sample: Sample
    response: Response
    reading: Reading
    rivals: tuple[tuple[str, Answer], ...]

    @property
    def path(self) -> Names:
        """The names of the stratum that it is drawn in, the first ones mattering most."""
        benchmark = self.sample.setting.benchmark
        return (standing(self.reading.answer), self.reading.rule, self.subject, benchmark)


def standing(answer: Answer) -> str:
    """Return "label", "refusal", or why an answer is neither."""
    match answer:
        case Label():
            return "label"
        case Refusal():
            return "refusal"
        case Invalid(reason):
            return reason.value


def heard(
    run: AnsweredRun, *, subject: str | None = None, benchmark: str | None = None
) -> list[Heard]:
    """Return all that the variants of a run, or one of them, said, or said to one benchmark.

    Raises TrackingError where no responses are recorded, of a vote or by an older version, or no
    texts of items, in a baseline; UsageError for a benchmark that the run did not ask.
    """
    if benchmark not in (None, *run.benchmarks):
        raise UsageError(f"--benchmark: the run asked {', '.join(run.benchmarks)}, not {benchmark}")
    kept = [key for key in sorted(run.said) if subject in (None, key[0]) and run.answer_tables[key]]
    if not kept:
        raise TrackingError(
            f"{subject or 'the run'} has no responses to read: votes and runs of older versions "
            "have none; name a variant, or run again (recorded answers are not asked anew)"
        )
    if not any(
        sample.fields for key in kept for sample in run.answer_tables[key].sample_table.samples
    ):
        raise TrackingError(
            "the items' texts are not there, as in a baseline; name a reports folder"
        )
    return [one for key in kept if benchmark in (None, key[1]) for one in _heard(run, key)]


def _heard(run: AnsweredRun, key: tuple[str, str]) -> Iterator[Heard]:
    said, answer_table = run.said[key], run.answer_tables[key]
    read_strictly = run.facts.protocol == _READER.name
    recorded = f"reader {1 if run.facts.reader is None else run.facts.reader}"

    has_rival = _RIVAL.scores(key[1])
    # The same words to the same question are read once.
    known: dict[tuple[str, tuple[str, ...], int, bool], tuple[Reading, Answer | None]] = {}
    for row, judged in zip(answer_table.rows.tolist(), answer_table, strict=True):
        sample, response = judged.sample, said.at(row)
        words = (sample.setting.name, sample.options, int(said.code[row]), bool(said.cut[row]))
        if words not in known:
            rival = _RIVAL.ballot(sample, response) if has_rival else None
            known[words] = _READER.read(sample, response), rival
        reading, rival = known[words]
        rivals: list[tuple[str, Answer]] = []
        if rival is not None and _label(rival) != _label(reading.answer):
            rivals.append((_RIVAL.name, rival))
        if read_strictly and judged.answer != reading.answer:
            rivals.append((recorded, judged.answer))
        yield Heard(key[0], sample, response, reading, tuple(rivals))


def _label(answer: Answer) -> str | None:
    return answer.value if isinstance(answer, Label) else None
