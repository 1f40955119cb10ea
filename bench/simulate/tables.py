"""The simulation's tables as markdown; figures the rules were chosen by stand in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bench.simulate.listing import Cell, Listing
from bench.simulate.sections import Section, Table, expected_of
from bench.simulate.shares import FAMILY, Row, Shares

_HEAD = (
    *("gate on", "psi", "limit", "unchanged: PASS", "FAIL", "SUSPECT"),
    *("at limit: PASS", "FAIL", "SUSPECT", "beyond by", "FAIL", "SUSPECT"),
    *("open", "bare: red unchanged", "green at limit", "green beyond"),
)


def table(shown: Table) -> str:
    """Write a table down: what it is about, its rows, and its largest errors."""
    rows = map(_cells, shown.rows) if isinstance(shown, Section) else map(_row, shown.rows)
    head = _HEAD if isinstance(shown, Section) else shown.head
    worst = _worst(shown) if isinstance(shown, Section) else _worst_of(shown)
    lines = [f"### {shown.title}", "", *_lines(head, rows), *(["", worst] if worst else [])]
    return "\n".join(lines) + "\n"


def rewritten(docs: str, tables: Iterable[Table]) -> str:
    """Put tables in the place of those of the same title; raises ValueError where there is none."""
    for one in tables:
        place = re.compile(rf"^### {re.escape(one.title)}\n.*?(?=^#|\Z)", re.M | re.S)
        if (found := place.search(docs)) is None:
            raise ValueError(f"expected a table under '### {one.title}'")
        start, end = found.span()
        docs = f"{docs[:start]}{table(one)}\n{docs[end:]}"
    return docs.rstrip("\n") + "\n"


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
        _with(unchanged.passed, was and was.passed_unchanged),
        *_red(unchanged),
        _with(at_limit.passed, was and was.false_pass),
        *_red(at_limit),
        f"{row.beyond:.3g}",
        *_red(worse),
        " / ".join(f"{one.inconclusive:.0f}" for one in (unchanged, at_limit, worse)),
        f"{unchanged.red:.1f}",
        f"{at_limit.green:.1f}",
        f"{worse.green:.1f}",
    ]


def _red(shares: Shares) -> list[str]:
    return [f"{shares.failed:.1f}", f"{shares.suspected:.1f}"]


def _row(cells: Sequence[Cell]) -> list[str]:
    return [_cell(one) for one in cells]


def _cell(one: Cell) -> str:
    match one:
        case None:
            return ""
        case str():
            return one
        case _:
            return f"{one:,g}" if float(one).is_integer() else f"{one:.1f}"


def _with(share: float, was: float | None) -> str:
    return f"{share:.1f}" if was is None else f"{share:.1f} ({was:g})"


def _worst(section: Section) -> str:
    """Say the largest errors; a FAIL of what did not change is one too."""
    if section.most is None:
        return ""
    at_limit = [row.at_limit for row in section.rows]
    passed = max(at_limit, key=lambda shares: shares.passed)
    broken = max(
        [*at_limit, *(row.unchanged for row in section.rows)], key=lambda shares: shares.broken
    )
    most_passed, most_broken = section.most
    return (
        f"Most false PASS {_with_error(passed, passed.passed)} (promised {most_passed:g}); most "
        f"false FAIL of a row alone {_with_error(broken, broken.broken)} (promised "
        f"{most_broken:g}), of one of {FAMILY} {max(one.failed for one in at_limit):.2f} "
        f"({most_broken / FAMILY:g})."
    )


def _worst_of(listing: Listing) -> str:
    said = [
        f"{name}: at most {max(listing.column(name)):.1f} (promised {most:g})"
        for name, most in listing.most.items()
    ]
    return f"{'; '.join(said)}." if said else ""


def _with_error(shares: Shares, share: float) -> str:
    return f"{share:.1f}" if shares.draws is None else f"{share:.1f} +- {shares.error(share):.1f}"
