"""Sheets of `trusteval audit` that somebody labelled, as a person saves them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Labeller = Callable[[Mapping[str, Any], Mapping[str, str]], str]
"""Says the label of a drawn answer: what its key knows, and what is shown of it."""


def as_read(answer: Mapping[str, Any], shown: Mapping[str, str]) -> str:
    """Label an answer as the reader reads it."""
    read = answer["answer"]
    return str(read.get("label") or read.get("reason") or "refusal")


def label_sheet(folder: Path, labeller: Labeller = as_read) -> Path:
    """Fill in the column of labels of a drawn sheet."""
    key = json.loads((folder / "audit.key.json").read_text(encoding="utf-8"))
    of_row = {answer["row"]: answer for answer in key["answers"]}
    path = folder / "audit.csv"
    with io.StringIO(path.read_text(encoding="utf-8-sig"), newline="") as text:
        rows = list(csv.DictReader(text))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, "label": labeller(of_row[row["row"]], row)} for row in rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path
