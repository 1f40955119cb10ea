"""`trusteval schema`: the JSON Schemas of the files that trusteval writes."""

from __future__ import annotations

import argparse
from typing import Any

from trusteval.system.printing import say


def add_schema(commands: Any) -> None:
    """Declare `trusteval schema`."""
    schema = commands.add_parser(
        "schema",
        help="list the JSON Schemas of what trusteval writes, or print one",
        epilog="Exit code: 0; 2 for a name that is not known.",
    )
    schema.add_argument("name", nargs="?", help="the schema to print (default: list them)")
    schema.set_defaults(run=_schema)


def _schema(asked: argparse.Namespace) -> int:
    from trusteval.report.schemas import SCHEMAS, schema_named

    if asked.name is not None:
        say(schema_named(asked.name).text.splitlines())
        return 0
    say([f"{one.name:<9} version {one.version}  {one.document}" for one in SCHEMAS])
    return 0
