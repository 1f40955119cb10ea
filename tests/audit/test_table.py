"""The table of an audit: no cell is a formula, and what spreadsheets make of it is read back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trusteval.audit.card import SHOWN, Card, digest
from trusteval.audit.table import COLUMNS, read_table, table_text
from trusteval.errors import DataError, UsageError

HOSTILE = (
    *(
        "=1+1",
        "'=1",
        "''",
        "+1",
        "-2",
        "@x",
        "\t=1",
        "\r",
        "\r\n=2",
        '"',
        '","',
        ";",
        "1/2",
        "TRUE",
    ),
    *("(1)", "1.0", "Mar 1", "\ufeff", "\x00", "\x85", "\u2028", "\uff1d1", "5 pm", "1e5"),
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(HOSTILE)
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def card(response: str, *, text: str = "The sun is cold.", options: str = "") -> Card:
    return Card("ethics", "zero_shot", "17", text, options, response, False, ("wrong", "not wrong"))


def written(folder: Path, *cards: Card) -> Path:
    path = folder / "audit.csv"
    named = {f"a1b2c-{number:03}": one for number, one in enumerate(cards, start=1)}
    path.write_bytes(table_text(named).encode())
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audit")


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
@example([("=cmd|' /C calc'!A0", "'", '"')])
def test_hostile_texts_come_back_as_they_were(
    folder: Path, texts: list[tuple[str, str, str]]
) -> None:
    cards = [card(response, text=text, options=options) for response, text, options in texts]
    path = written(folder, *cards)
    rows = read_table(path)
    assert [{name: row.cells[name] for name in SHOWN} for row in rows] == [
        one.shown for one in cards
    ]
    cells = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    assert not [cell for row in cells for cell in row if cell.startswith(FORMULA)]


@pytest.mark.parametrize(
    "text", ["1.0", "01", "(1)", "1/2", "1-2", "3 %", "Mar 1", "1 Jan 2020", "TRUE", "5 pm", "1e5"]
)
def test_what_a_spreadsheet_would_change_is_kept_as_text(tmp_path: Path, text: str) -> None:
    assert f'"\'{text}"' in written(tmp_path, card(text)).read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["Wrong.", "A", "2", "1 is the answer", "may be", "I'm not sure"])
def test_plain_words_and_numbers_stay_as_they_are(tmp_path: Path, text: str) -> None:
    assert f'"{text}"' in written(tmp_path, card(text)).read_text(encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_table_as_spreadsheets_save_it_is_read(
    tmp_path: Path, delimiter: str, ending: str, mark: str
) -> None:
    said = ['wrong; or not, "who" knows\nI don\'t', "=1+1", "", "Ärger 😀"]
    path = written(tmp_path, *map(card, said))
    digests = [digest(row.cells) for row in read_table(path)]
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending)
    writer.writerow([*reversed(rows[0]), "my notes"])  # columns moved, one added
    writer.writerows([*reversed(row), "hm"] for row in reversed(rows[1:]))
    writer.writerow([""] * 11)
    path.write_bytes((mark + out.getvalue()).encode())
    found = read_table(path)
    assert [digest(row.cells) for row in reversed(found)] == digests
    assert [row.cells["response"] for row in reversed(found)] == said
    assert found[0].line == 2


def test_lines_are_counted_where_rows_begin(tmp_path: Path) -> None:
    path = written(tmp_path, card("one\ntwo\nthree"), card("four"))
    assert [row.line for row in read_table(path)] == [2, 5]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: expected columns row, benchmark"),
        (b"a,b\n1,2\n", "line 1: expected columns row, benchmark"),
        (b"\xff\xfe", "line 1: not valid UTF-8"),
        ((",".join(COLUMNS) + "\nx,y\n").encode(), "line 2: expected 10 cells, got 2"),
        ((",".join(COLUMNS) + '\n"x').encode(), "no CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "audit.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as raised:
        read_table(path)
    assert "\n" not in str(raised.value)


def test_missing_table_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_table(tmp_path / "none.csv")
