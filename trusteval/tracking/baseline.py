"""What was accepted before: a run's answers, which later runs are compared with item by item.

A baseline changes only by being accepted, and keeps when, at which commit and why that was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.errors import GateError, TrackingError
from trusteval.suite.data_facts import DataFacts
from trusteval.system.files import real_path
from trusteval.system.plain import fields_in
from trusteval.system.turns import alone_in
from trusteval.tracking.answered_run import AnsweredRun, answered_run
from trusteval.tracking.answers_file import read_document, write_document
from trusteval.tracking.document_shape import check_baseline
from trusteval.tracking.items import aligned
from trusteval.tracking.reader_version import reader_of
from trusteval.tracking.rereading import read_anew
from trusteval.tracking.run_facts import RunFacts
from trusteval.tracking.score_entry import ScoreEntry, score_entry
from trusteval.types import Unavailable


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepting: when, at which commit and by which versions, what it touched, and why if it
    got worse; `left_out` says what was answered and not accepted, and why; `tries` how often each
    subject was tried since the acceptance before.
    """

    date: str
    commit: str | None
    touched: tuple[str, ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    regression: str | None = None
    left_out: tuple[str, ...] = ()
    tries: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Accepted answers, their scores and history.

    `accept_with` is the command that accepts anew what cannot be compared.
    """

    answers: AnsweredRun
    scores: Sequence[ScoreEntry] = ()
    acceptances: tuple[Acceptance, ...] = ()
    accept_with: str = "pytest --trust-accept"

    def standard(
        self,
        subject: str,
        benchmark: str,
        *,
        sample_table: SampleTable,
        facts: RunFacts,
        data: DataFacts,
    ) -> AnswerTable | Unavailable:
        """Return what was accepted of a subject, in a sample table's order, or why it cannot be.

        `facts` and `data` say how this run asks; another way of asking is no comparison. What
        another reader read is read anew.
        """
        answer_table = self.answers.answer_tables.get((subject, benchmark))
        if answer_table is None:
            return Unavailable(
                f"nothing is accepted of it there; `{self.accept_with} -k {benchmark}` does"
            )
        changed = differences(self.answers, benchmark, facts=facts, data=data)
        if changed:
            return Unavailable(
                f"asked differently from what was accepted: {'; '.join(changed)}; "
                f"`{self.accept_with}` accepts it anew"
            )
        lined_up = aligned(answer_table, sample_table)
        then, now = reader_of(self.answers.facts), reader_of(facts)
        if isinstance(lined_up, Unavailable):
            return Unavailable(f"{lined_up.why}; `{self.accept_with}` accepts it anew")
        if then == now:
            return lined_up
        anew = read_anew(self.answers, subject, benchmark, sample_table=sample_table)
        if isinstance(anew, Unavailable):
            return Unavailable(
                f"accepted as reader {then} read it, reader {now} reads now, and {anew.why}; "
                f"`{self.accept_with}` accepts it again"
            )
        return anew

    def rereading(self, facts: RunFacts) -> str:
        """Say that what was accepted is read anew, "" where the run's reader is that of then."""
        then, now = reader_of(self.answers.facts), reader_of(facts)
        return "" if then == now else f"baseline read anew: reader {then} then, {now} now"

    def discordances(self, *, reference: str) -> dict[tuple[str, str], float]:
        """Return on what share of its rows each subject differed from a reference in being right.

        By subject and benchmark, where both were accepted on the same rows.
        """
        answer_tables = self.answers.answer_tables
        return {
            (subject, benchmark): float(np.mean(answer_table.correct != standard.correct))
            for (subject, benchmark), answer_table in answer_tables.items()
            if subject != reference
            and (standard := answer_tables.get((reference, benchmark))) is not None
            and standard.sample_table is answer_table.sample_table
        }


def differences(
    before: AnsweredRun, benchmark: str, *, facts: RunFacts, data: DataFacts
) -> list[str]:
    """Say what of the data, the prompts or the protocol is not as it was."""
    pairs = (
        ("protocol", before.facts.protocol, facts.protocol),
        ("prompts", before.facts.prompts_sha256, facts.prompts_sha256),
        ("data", before.data.get(benchmark, DataFacts()).sha256, data.sha256),
    )
    return [f"{name} {_cut(old)}, now {_cut(new)}" for name, old, new in pairs if old != new]


def read_baseline(path: Path) -> Baseline:
    """Read a baseline; raises TrackingError for a file that is missing, damaged or edited."""
    document = read_document(path)
    try:
        check_baseline(document)
        return Baseline(
            answers=answered_run(document),
            scores=tuple(map(score_entry, document["scores"])),
            acceptances=tuple(
                Acceptance(
                    **{
                        **fields_in(entry, Acceptance),
                        "touched": tuple(entry["touched"]),
                        "left_out": tuple(entry.get("left_out", ())),
                    }
                )
                for entry in document["accepted"]
            ),
        )
    except (ValueError, KeyError, TypeError, IndexError, GateError) as error:
        raise TrackingError(f"{path} holds no baseline of this version: {error!r}") from error


@contextmanager
def alone_with_baseline(path: Path, *, patience: float) -> Iterator[Path]:
    """Keep others from writing a baseline meanwhile; gives the place that a link leads to.

    Raises TrackingError where no baseline can be there, or others do not let go in time.
    """
    try:
        real = real_path(path)
        if real.exists() and not real.is_file():
            raise TrackingError(f"cannot write {path}: it is no file")
        if path.is_symlink() and not real.parent.is_dir():
            raise TrackingError(f"cannot write {path}: it leads to {real}, which is not there")
        real.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(real.parent, patience=patience):
            yield real
    except TimeoutError as error:
        raise TrackingError(
            f"cannot write {path}: another process has held {error.filename} for {patience:g} "
            "seconds; nothing is accepted, see what it does and accept again"
        ) from error
    except OSError as error:
        raise TrackingError(f"cannot write {path}: {error.strerror}") from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline whole, or leave what is there."""
    document = {
        **baseline.answers.to_document(with_texts=False),
        "scores": [line.to_document() for line in baseline.scores],
        "accepted": [asdict(entry) for entry in baseline.acceptances],
    }
    write_document(path, document)


def _cut(value: Any) -> str:
    return str(value)[:12]
