"""The JSON Schemas that are shipped, each beside the code that writes its document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from trusteval.errors import UsageError
from trusteval.suggestion import meant


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema's name, the package and file that hold it, and which document it is of."""

    name: str
    package: str
    file: str
    document: str

    @property
    def text(self) -> str:
        """The schema as it is shipped."""
        return (files(self.package) / self.file).read_text(encoding="utf-8")

    @property
    def version(self) -> int:
        """The number that a document of this schema says in its key `schema`."""
        described: Any = json.loads(self.text)["properties"]["schema"]
        number: int = described["const"]
        return number


_BUNDLE = "trusteval.report.bundle"
SCHEMAS = (
    Schema("verdicts", "trusteval.report", "verdicts.schema.json", "verdicts.json"),
    Schema("run", "trusteval.report", "run.schema.json", "run.json"),
    Schema("answers", "trusteval.tracking", "answers.schema.json", "answers.json.gz, unpacked"),
    Schema("baseline", "trusteval.tracking", "baseline.schema.json", "a baseline, unpacked"),
    Schema("history", "trusteval.tracking", "history.schema.json", "a line of history.jsonl"),
    Schema("ensemble", "trusteval.ensemble", "document.schema.json", "trusteval ensemble --json"),
    Schema("bundle", _BUNDLE, "manifest.schema.json", "manifest.json of a bundle"),
    Schema(
        "evidence", "trusteval.report.bundle", "evidence.schema.json", "a bundle's evidence.json"
    ),
)


def schema_named(name: str) -> Schema:
    """Return a schema by its name; raises UsageError, with the known ones, for another."""
    known = {schema.name: schema for schema in SCHEMAS}
    if name not in known:
        raise UsageError(f"no schema {name!r}; known: {', '.join(known)}{meant(name, [*known])}")
    return known[name]
