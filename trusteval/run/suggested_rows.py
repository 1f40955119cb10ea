"""Rows of gates.toml that a recorded run's samples resolve, and what they cannot, said beside them.

Subjects that can be held to the same limits share a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from trusteval.benchmarks import BENCHMARKS
from trusteval.gates.gate import BASELINE, Gate
from trusteval.gates.row_text import pattern_of, row_lines
from trusteval.printable import printable, printable_line
from trusteval.run.recorded_benchmark import recorded_benchmark
from trusteval.run.subject_limits import SubjectLimits, gate_of, subject_limits
from trusteval.run.suggestion_words import head_of, remarks_of, why_of
from trusteval.suite.profiles import PROFILES
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.selection import Selection
from trusteval.types import DENSE


@dataclass(frozen=True, slots=True)
class SuggestedRows:
    """The rows suggested for one benchmark, and what has to be said of those that are not."""

    benchmark: str
    rows: tuple[Gate, ...]
    remarks: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """The part of gates.toml: remarks as comments, then the rows."""
        ruled = f"# -- {self.benchmark} ".ljust(90, "-")
        comments = [f"# {printable_line(remark)}" for remark in self.remarks]
        rows = [line for row in self.rows for line in ("", *row_lines(row))]
        return ["", ruled, *comments, *rows]


def suggested_file(
    chosen: Selection, rows: Sequence[SuggestedRows], *, named: str, power: float
) -> str:
    """Return the text of a gates.toml of rows suggested from a run that was called `named`."""
    head = head_of(chosen.run, named=named, power=power, incomplete=chosen.incomplete)
    lines = [f"# {printable_line(said)}" for said in head]
    return "\n".join([*lines, *(line for part in rows for line in part.lines)]) + "\n"


def suggested_rows(
    run: AnsweredRun, *, power: float, subject: str | None = None
) -> Iterator[SuggestedRows]:
    """Yield what is suggested for each benchmark of a run; of one subject, where it is named."""
    has_dense = DENSE in run.subjects
    for name in BENCHMARKS:
        if name not in run.benchmarks:
            continue
        asked = recorded_benchmark(run, name)
        names = [one for one in asked.answers if subject in (None, one)]
        said = [*_unaskable(asked.missing, name), *_unnameable(names)]
        if BENCHMARKS[name].draw is not None or asked.missing or not names:
            yield SuggestedRows(name, (), tuple(said))
            continue
        reference: str | None = DENSE if has_dense else BASELINE
        if has_dense and DENSE not in asked.answers:
            said.append("dense did not answer it, so there is nothing to compare with: no margin")
            reference = None
        rows: list[Gate] = []
        for metric in asked.metrics:
            found = [
                subject_limits(
                    asked, metric, one, reference=None if one == DENSE else reference, power=power
                )
                for one in names
                if one.isprintable()
            ]
            rows += _rows(found, profile=run.facts.profile)
            said += remarks_of(found)
        yield SuggestedRows(name, tuple(rows), tuple(said))


def _rows(found: Sequence[SubjectLimits], *, profile: str | None) -> Iterator[Gate]:
    """Yield a row for all who can be held to the same."""
    for limits, subjects in _alike(found):
        first = subjects[0]
        row = gate_of(first.benchmark, first.metric, limits, why=why_of(subjects))
        yield replace(
            row,
            subjects=tuple(pattern_of(one.subject) for one in subjects),
            reference=first.reference if row.is_relative else DENSE,
            profiles=(profile,) if profile in PROFILES else (),
        )


def _alike(
    found: Sequence[SubjectLimits],
) -> Iterator[tuple[Mapping[str, float], list[SubjectLimits]]]:
    """Yield limits with those who can be held to them; no margin holds the reference itself."""
    alike: dict[tuple[tuple[str, float], ...], list[SubjectLimits]] = {}
    for one in sorted(found, key=lambda one: one.subject == DENSE):
        limits = tuple(one.limits.items())
        if one.subject == DENSE:
            limits = next((key for key in alike if limits and key[:1] == limits), limits)
        if limits:
            alike.setdefault(limits, []).append(one)
    for shared, subjects in alike.items():
        yield dict(shared), subjects


def _unaskable(missing: Sequence[str], benchmark: str) -> Iterator[str]:
    if BENCHMARKS[benchmark].draw is not None:
        yield "a row on it names its draw as setting: write one by hand"
    elif missing:
        shown = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        yield f"no data for {shown}, so its score is undefined: no row"


def _unnameable(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if not name.isprintable():
            yield f"{printable(name)} has a name that no row can have"
