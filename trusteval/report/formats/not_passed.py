"""The gates that did not pass, subject by subject, worst first: what a reader looks for."""

from __future__ import annotations

from trusteval.report.formats.blocks import Block, grid
from trusteval.report.outcomes import SEVERITY, shown_outcome, signed
from trusteval.report.record import RunRecord
from trusteval.types import Level

_COLUMNS = ("verdict", "gate", "subject", "blocks", "why")
_STOPS = {Level.BLOCK: "yes", Level.WARN: "no"}


def not_passed(record: RunRecord) -> Block:
    """Return a table of the verdicts that are no PASS and of the gates without one."""
    found = [
        (shown_outcome(one), one.gate, one.subject, _blocks(one.level), one.message)
        for one in record.verdicts
    ] + [
        (one.cause.value, one.gate, one.subject, _blocks(one.level), one.why)
        for one in record.unjudged
    ]
    worst_first = sorted(
        (row for row in found if row[0] != "PASS"),
        key=lambda row: (-SEVERITY.index(row[0]), row[1] or "", row[2]),
    )
    rows = ((signed(word), gate or "-", *rest) for word, gate, *rest in worst_first)
    return grid(_COLUMNS, rows, sentences=("why",))


def _blocks(level: Level | None) -> str:
    return "-" if level is None else _STOPS[level]
