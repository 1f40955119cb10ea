"""A benchmark on the Hugging Face hub, and how its rows are rewritten as the original files.

A conversion raises DataError for a row that is not as expected; the row knows where it stands.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trusteval.benchmarks.source import Row

Tables = Iterable[Sequence[Row]]
"""The rows of a dataset's files, in the order in which it declares them, read one by one."""
Convert = Callable[[Tables], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class HubDataset:
    """One benchmark on the hub: `files` of a repository at a commit, and their conversion.

    Files, not configurations: a configuration prepares all its splits to read one. `convert`
    returns the original files by name; it raises DataError for a row it does not understand.
    """

    repository: str
    revision: str
    files: tuple[str, ...]
    convert: Convert


def decoding_trust(files: Iterable[str], convert: Convert) -> HubDataset:
    """Read the columns that DecodingTrust's own code reads from its gated repository."""
    commit = "214d9a81ef9d333039faeda85a24e045ded71d5d"
    return HubDataset("AI-Secure/DecodingTrust", commit, files=tuple(files), convert=convert)


def json_bytes(value: object) -> bytes:
    """Serialise as the other files of a converted dataset are written."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def csv_bytes(lines: Iterable[tuple[str, ...]]) -> bytes:
    """Write lines of cells as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def array_bytes(values: Sequence[int] | Sequence[str]) -> bytes:
    """Write a one-dimensional NumPy array that needs no pickle."""
    import numpy as np

    content = io.BytesIO()
    np.save(content, np.array(values), allow_pickle=False)
    return content.getvalue()
