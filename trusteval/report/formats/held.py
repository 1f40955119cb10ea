"""What of a run held, subject by subject, in words: the ground of a release note."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trusteval.report.formats.blocks import brief
from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.report.record import RunRecord

_NOT_DECIDED, _NOT_JUDGED = ("INCONCLUSIVE",), ("NOT RUN", "ERROR")
_NO_GATE = "-"


def held_clauses(record: RunRecord) -> list[str]:
    """Say of every subject what it held and what not, those with the same result together."""
    worst = _worst(record)
    benchmarks = list(dict.fromkeys(benchmark for _, benchmark in sorted(worst)))
    clauses: dict[str, list[str]] = {}
    for subject in dict.fromkeys([*record.subjects, *(subject for subject, _ in worst)]):
        words = {name: worst.get((subject, name), _NO_GATE) for name in benchmarks}
        clauses.setdefault(_clause(words), []).append(subject)
    return [f"{listed(map(brief, subjects))}: {clause}" for clause, subjects in clauses.items()]


def benchmark_counts(record: RunRecord) -> list[str]:
    """Return every benchmark that was scored, with how many items each subject answered."""
    found: dict[str, set[int]] = {}
    for line in record.lines:
        found.setdefault(line.benchmark, set()).add(line.score.counts.n)
    return [f"{brief(name)} (n={_range(counts)})" for name, counts in found.items()]


def listed(texts: Iterable[str], *, most: int = 20, between: str = ", ") -> str:
    """Return texts in a row, of many the first and how many more there are."""
    told = list(texts)
    more = [f"{len(told) - most} more"] if len(told) > most else []
    return between.join([*told[:most], *more])


def _worst(record: RunRecord) -> dict[tuple[str, str], str]:
    """Return the worst verdict of every subject on every benchmark that a gate asks about."""
    told = [(one.subject, one.benchmark, shown_outcome(one)) for one in record.verdicts]
    told += [(one.subject, one.benchmark or "-", one.cause.value) for one in record.unjudged]
    worst: dict[tuple[str, str], str] = {}
    for subject, benchmark, word in told:
        words = (word, worst.get((subject, benchmark), word))
        worst[subject, benchmark] = max(words, key=SEVERITY.index)
    return worst


def _clause(words: Mapping[str, str]) -> str:
    """Word one subject's results by benchmark."""
    held = [name for name, word in words.items() if word == "PASS"]
    if all(word == _NO_GATE for word in words.values()):
        return "NOT HELD to any gate"
    if len(held) == len(words):
        return f"held on all {len(held)}"
    known = ("PASS", _NO_GATE, *_NOT_DECIDED, *_NOT_JUDGED)
    groups = (
        ("NOT HELD on", [name for name, word in words.items() if word not in known]),
        ("not decided on", [name for name, word in words.items() if word in _NOT_DECIDED]),
        ("NOT JUDGED on", [name for name, word in words.items() if word in _NOT_JUDGED]),
    )
    parts = [f"held on {listed(map(brief, held))}"] if held else ["held on none"]
    for said, names in groups:
        if names:
            parts.append(f"{said} {listed(f'{brief(name)} ({words[name]})' for name in names)}")
    if unasked := [name for name, word in words.items() if word == _NO_GATE]:
        parts.append(f"no gate on {listed(map(brief, unasked))}")
    return ", ".join(parts)


def _range(counts: set[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
