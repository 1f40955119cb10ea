"""The table of docs/options.md, from the fields; run as a module, it brings the page up to date."""

from __future__ import annotations

from pathlib import Path

from trusteval.run.option import Option, options_of
from trusteval.run.options import Options

PAGE = Path(__file__).parents[2] / "docs" / "options.md"
_HEAD = ("| option | in `pytest.ini` | default | what it is |", "|---|---|---|---|")


def table(kind: type) -> str:
    """Return the table of the options that a dataclass declares."""
    return "\n".join([*_HEAD, *map(row, options_of(kind))]) + "\n"


def row(option: Option) -> str:
    """Return the row of one option."""
    flag = f"`{option.flag}`" if option.metavar is None else f"`{option.flag}={option.metavar}`"
    twin = f"`{option.dest}`" if option.has_twin else ""
    default = "" if option.default is None else f"`{option.default}`"
    cells = (flag, twin, default, option.details)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def with_table(page: str) -> str:
    """Return the page with its one table as the fields have it."""
    before, head, rest = page.partition(f"{_HEAD[0]}\n")
    assert head, f"{PAGE} has no line {_HEAD[0]}"
    _, _, after = rest.partition("\n\n")
    return f"{before}{table(Options)}\n{after}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
