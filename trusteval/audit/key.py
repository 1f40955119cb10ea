"""The key to a table: what the labeller does not see. It is a file of its own, audit.key.json.

It knows every row by a digest, so that a table that was edited, or belongs to another key, is
refused; and the key itself by one over all it holds.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trusteval.errors import DataError, UsageError
from trusteval.system.bounded import MIB, read_bytes
from trusteval.system.files import abbreviated, decode, parse_json
from trusteval.system.shape import list_of, number, record, table_of, text
from trusteval.types import Answer, Invalid, InvalidReason, Label, Refusal

NAME = "audit.key.json"
SCHEMA_VERSION = 1
_KIND = "trusteval audit key"
_MOST = 64 * MIB
"""What a key may hold."""


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A row of the table: what a digest makes of what it shows, and the labels it may get."""

    digest: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """A drawn answer: the row that shows it, who gave it, and how and why it is read.

    `stratum` indexes the key's strata; `rivals` says how other readers read it, in words.
    """

    row: str
    subject: str
    benchmark: str
    stratum: int
    answer: Answer
    rule: str
    span: str
    rivals: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KeyedStratum:
    """Where answers had equal chances: `drawn` of `size`, each standing for `weight`."""

    name: tuple[str, ...]
    size: int
    drawn: int

    @property
    def weight(self) -> float:
        return self.size / self.drawn


@dataclass(frozen=True, slots=True)
class Key:
    """`contested` counts the run's answers that two readers read differently."""

    run: str
    reader: int
    seed: int
    contested: int
    strata: tuple[KeyedStratum, ...]
    rows: Mapping[str, KeyedRow]
    answers: tuple[KeyedAnswer, ...]

    @property
    def population(self) -> int:
        """How many answers the run has."""
        return sum(stratum.size for stratum in self.strata)


def key_text(key: Key) -> str:
    """Return the content of a key's file."""
    document: dict[str, Any] = {
        "kind": _KIND,
        "schema": SCHEMA_VERSION,
        "run": key.run,
        "reader": key.reader,
        "seed": key.seed,
        "contested": key.contested,
        "strata": [{**asdict(one), "weight": one.weight} for one in key.strata],
        "rows": {name: asdict(row) for name, row in key.rows.items()},
        "answers": [
            {**asdict(one), "answer": _plain(one.answer), "rivals": dict(one.rivals)}
            for one in key.answers
        ],
    }
    return json.dumps({**document, "digest": document_digest(document)}, indent=1, sort_keys=True)


def read_key(path: Path) -> Key:
    """Read a key; raises UsageError where there is none, DataError for one that was changed."""
    try:
        document = parse_json(decode(read_bytes(path, most=_MOST), path=path), path=path)
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}; the key lies beside the table, or name it "
            "with --key"
        ) from error
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise DataError(f"{path} is no key of an audit")
    if document.get("schema") != SCHEMA_VERSION:
        raise DataError(
            f"{path} has schema {abbreviated(document.get('schema'))}, this version reads "
            f"{SCHEMA_VERSION}"
        )
    if document.pop("digest", None) != document_digest(document):
        raise DataError(f"{path} is not as it was written; restore the original file")
    try:
        _SHAPE(document, "")
        key = _key(document)
        _check_strata(key)
        return key
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is no key of this version: {error}") from error


def _check_strata(key: Key) -> None:
    """Raise ValueError unless as many answers as were drawn lie in strata that hold them."""
    seen = Counter(one.stratum for one in key.answers)
    if not seen.keys() <= set(range(len(key.strata))):
        raise ValueError("answers: expected the number of a stratum")
    for place, stratum in enumerate(key.strata):
        if not seen[place] <= stratum.drawn <= stratum.size:
            raise ValueError(
                f"strata: {stratum.drawn} drawn of {stratum.size}, and {seen[place]} are there"
            )


def _count(value: Any, where: str) -> None:
    number(value, where)
    if not value:
        raise ValueError(f"{where}: expected a number from 1 on")


_SHAPE = record(
    {
        **{"run": text, "reader": number, "seed": number, "contested": number},
        "strata": list_of(record({"name": list_of(text), "size": number, "drawn": _count})),
        "rows": table_of(record({"digest": text, "allowed": list_of(text)})),
        "answers": list_of(
            record(
                {
                    **dict.fromkeys(("row", "subject", "benchmark", "rule", "span"), text),
                    **{"stratum": number, "answer": table_of(text), "rivals": table_of(text)},
                }
            )
        ),
    }
)


def _key(document: Mapping[str, Any]) -> Key:
    return Key(
        run=document["run"],
        reader=document["reader"],
        seed=document["seed"],
        contested=document["contested"],
        strata=tuple(
            KeyedStratum(tuple(one["name"]), one["size"], one["drawn"])
            for one in document["strata"]
        ),
        rows={
            name: KeyedRow(row["digest"], tuple(row["allowed"]))
            for name, row in document["rows"].items()
        },
        answers=tuple(
            KeyedAnswer(**{**one, "answer": _answer(one["answer"])}) for one in document["answers"]
        ),
    )


def document_digest(document: Mapping[str, Any]) -> str:
    """Hash all that a key's file holds but this."""
    whole = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode()).hexdigest()


def _plain(answer: Answer) -> dict[str, str]:
    match answer:
        case Label(value):
            return {"answer": "label", "label": value}
        case Refusal():
            return {"answer": "refusal"}
        case Invalid(reason):
            return {"answer": "invalid", "reason": reason.value}


def _answer(plain: Mapping[str, str]) -> Answer:
    match plain["answer"]:
        case "label":
            return Label(plain["label"])
        case "refusal":
            return Refusal()
        case "invalid":
            return Invalid(InvalidReason(plain["reason"]))
        case unknown:
            raise ValueError(f"no answer: {unknown!r}")
