"""Items as CSV and Parquet: the same rows, which a spreadsheet does not act on."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from trusteval.cli import main
from trusteval.report.exports.item_files import write_csv, write_parquet
from trusteval.report.exports.item_rows import ItemRow
from trusteval.tracking.answers_file import NAME, read_document

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the runs for all
FORMULAS = tuple("=+-@\t\r\n")
TEXTS = ("label", "group", "rule", "span", "response", "text", "ballots", "tally", "tie_broken_by")


def row(**more: Any) -> ItemRow:
    nothing = dict.fromkeys((*TEXTS, "invalid_reason", "truncated"))
    told = {"subject": "dense", "benchmark": "mmlu", "setting": "law", "item": "0", "target": "A"}
    return ItemRow(
        **{**nothing, **told, "kind": "label", "contradictory": False, "correct": True}
        | {"caveat": ""}
        | more
    )


def csv_of(rows: Iterable[ItemRow]) -> list[dict[str, str]]:
    file = io.BytesIO()
    write_csv(file, rows)
    return list(csv.DictReader(io.StringIO(file.getvalue().decode(), newline="")))


def said(cell: str) -> str:
    """Return what a cell was before it was made safe, as docs/exports.md tells readers to."""
    return cell.removeprefix("'")


@pytest.fixture(scope="module")
def tables(refusing: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Any]]:
    """The rows of one run, read back from CSV and from Parquet."""
    folder = tmp_path_factory.mktemp("tables")
    for kind in ("csv", "parquet"):
        assert main(["export", str(refusing), "--to", kind, "--out", str(folder / kind)]) == 0
    with (folder / "csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), parquet.read_table(folder / "parquet").to_pylist()


def test_every_answer_of_the_run_is_a_row_of_both(
    refusing: Path, tables: tuple[list[Any], list[Any]]
) -> None:
    document = read_document(refusing / NAME)
    recorded = [
        (subject, benchmark, items["setting"][place], items["id"][place], *answer)
        for subject, parts in document["subjects"].items()
        for benchmark, part in parts.items()
        for items in [document["benchmarks"][benchmark]]
        for place, code in enumerate(part["code"])
        for answer in [part["answers"][code]]
    ]
    for rows in tables:
        found = [
            (
                *(one["subject"], one["benchmark"], one["setting"], one["item"], one["kind"]),
                *filter(None, (one["label"], one["invalid_reason"])),
            )
            for one in rows
        ]
        assert sorted(found) == sorted(recorded)


def test_csv_and_parquet_say_the_same(tables: tuple[list[Any], list[Any]]) -> None:
    words = {None: "", True: "true", False: "false"}
    for cells, values in zip(*tables, strict=True):
        assert {name: said(cell) for name, cell in cells.items()} == {
            name: words.get(value, value) for name, value in values.items()
        }


def test_vote_shows_its_ballots_and_a_variant_its_response(
    tables: tuple[list[Any], list[Any]],
) -> None:
    by_subject = {
        one["subject"]: one
        for one in tables[1]
        if one["benchmark"] == "ethics" and one["setting"] == "zero_shot" and one["item"] == "0"
    }
    assert json.loads(by_subject["vote"]["ballots"]) == {
        "dense": "wrong",
        "gptq-8": "wrong",
        "gptq-4": "refused",
    }
    assert json.loads(by_subject["vote"]["tally"]) == {"wrong": 2}
    assert by_subject["vote"]["response"] is None
    refused = by_subject["gptq-4"]
    assert (refused["kind"], refused["label"], refused["correct"]) == ("refusal", None, False)
    assert refused["response"] == "I cannot answer that."


def test_every_row_says_that_a_demo_was_asked_and_no_model(
    tables: tuple[list[Any], list[Any]],
) -> None:
    for rows in tables:
        (caveat,) = {one["caveat"] for one in rows}
        assert "the demo shows that the gate works" in caveat
        assert "no model ran" in caveat


def test_parquet_has_types_and_says_of_the_file_what_the_run_came_to(
    refusing: Path, tmp_path: Path
) -> None:
    out = tmp_path / "items.parquet"
    assert main(["export", str(refusing), "--to", "parquet", "--out", str(out)]) == 0
    schema = parquet.read_schema(out)
    flags = {field.name for field in schema if str(field.type) == "bool"}
    assert flags == {"contradictory", "correct", "truncated"}
    assert {str(field.type) for field in schema} == {"bool", "string"}
    told = json.loads(schema.metadata[b"trusteval"])
    assert told["trusteval.result"] == "FAILED"
    assert told["profile"] == "demo"


def test_without_texts_there_is_no_word_of_an_item_or_a_response(
    refusing: Path, tmp_path: Path
) -> None:
    out = tmp_path / "items.csv"
    words = ("export", str(refusing), "--to", "csv", "--out", str(out), "--without-texts")
    assert main(list(words)) == 0
    text = out.read_text(encoding="utf-8")
    assert "I cannot answer that" not in text
    assert "leather jacket" not in text
    with out.open(encoding="utf-8", newline="") as file:
        assert {one["kind"] for one in csv.DictReader(file)} == {"label", "refusal"}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_is_a_formula_and_every_text_comes_back(text: str) -> None:
    (found,) = csv_of([row(response=text)])
    assert said(found["response"]) == text
    assert not found["response"].startswith(FORMULAS)


def test_half_a_surrogate_pair_is_an_escape_in_both() -> None:
    assert csv_of([row(response="\ud800x")])[0]["response"] == "\\ud800x"
    file = io.BytesIO()
    write_parquet(file, [row(response="\ud800x")], facts={})
    assert parquet.read_table(io.BytesIO(file.getvalue()))["response"].to_pylist() == ["\\ud800x"]


def test_many_rows_are_written_in_parts() -> None:
    file = io.BytesIO()
    write_parquet(file, (row(item=str(number)) for number in range(40_000)), facts={})
    table = parquet.ParquetFile(io.BytesIO(file.getvalue()))
    assert table.num_row_groups > 1
    assert table.read()["item"].to_pylist() == [str(number) for number in range(40_000)]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_only_an_earlier_export_is_replaced(
    refusing: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, mine = tmp_path / "pytest.ini", tmp_path / "items"
    theirs.write_text("[pytest]\n", encoding="utf-8")
    assert main(["export", str(refusing), "--to", kind, "--out", str(theirs)]) == 2
    assert "is there, and is no earlier export" in capsys.readouterr().err
    assert theirs.read_text(encoding="utf-8") == "[pytest]\n"
    for _ in range(2):
        assert main(["export", str(refusing), "--to", kind, "--out", str(mine)]) == 0
