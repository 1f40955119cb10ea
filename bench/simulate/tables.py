"""The simulation's tables as markdown; figures the rules were chosen by stand in parentheses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.simulate.families import Ladder
from bench.simulate.sections import Section, expected_of
from bench.simulate.shares import Row, Shares

_HEAD = (
    *("gate on", "discordance", "limit"),
    *("at limit: PASS", "FAIL", "of 42", "unchanged: PASS", "FAIL", "beyond: FAIL", "of 42"),
    *("INCONCLUSIVE", "bare: red unchanged", "green at limit", "green beyond"),
)
_LADDER_HEAD = (*("N", "true drop", "correlation", "some FAIL", "uncorrected", "bare: some red"),)


def table(section: Section) -> str:
    """Write a section down: what it is about, its rows, and its largest errors."""
    lines = [f"### {section.title}", "", *_lines(_HEAD, map(_cells, section.rows))]
    if section.most is not None:
        lines += ["", _worst(section)]
    return "\n".join(lines) + "\n"


def ladder_table(ladders: Sequence[Ladder]) -> str:
    """Write families down."""
    rows = (
        [
            f"{one.n:,}",
            f"{one.drop:g}",
            f"{one.correlation:g}",
            *(f"{share:.1f}" for share in (one.failed, one.failed_uncorrected, one.red)),
        ]
        for one in ladders
    )
    title = f"### Seven subjects, six gates, {ladders[0].runs:,} runs"
    return "\n".join([title, "", *_lines(_LADDER_HEAD, rows)]) + "\n"


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(row)} |" for row in cells]


def _cells(row: Row) -> list[str]:
    was = expected_of(row)
    unchanged, at_limit, worse = row.unchanged, row.at_limit, row.worse
    return [
        row.what,
        "" if row.discordance is None else f"{row.discordance:g} %",
        f"{row.limit:g}",
        _with(at_limit.passed, was and was.false_pass),
        _with(at_limit.failed, was and was.false_fail),
        f"{at_limit.failed_of_many:.2f}",
        _with(unchanged.passed, was and was.passed_unchanged),
        f"{unchanged.failed:.1f}",
        _with(worse.failed, was and was.failed_worse),
        f"{worse.failed_of_many:.1f}",
        " / ".join(f"{one.inconclusive:.0f}" for one in (at_limit, unchanged, worse)),
        f"{unchanged.red:.1f}",
        f"{at_limit.green:.1f}",
        f"{worse.green:.1f}",
    ]


def _with(share: float, was: float | None) -> str:
    return f"{share:.1f}" if was is None else f"{share:.1f} ({was:g})"


def _worst(section: Section) -> str:
    """Say the largest errors; a FAIL of what did not change is one too."""
    assert section.most is not None
    at_limit = [row.at_limit for row in section.rows]
    passed = max(at_limit, key=lambda shares: shares.passed)
    failed = max(
        [*at_limit, *(row.unchanged for row in section.rows)], key=lambda shares: shares.failed
    )
    most_passed, most_failed = section.most
    return (
        f"Most false PASS {_with_error(passed, passed.passed)} ({most_passed:g}), most false "
        f"FAIL {_with_error(failed, failed.failed)} ({most_failed:g})."
    )


def _with_error(shares: Shares, share: float) -> str:
    return f"{share:.1f}" if shares.draws is None else f"{share:.1f} +- {shares.error(share):.1f}"
