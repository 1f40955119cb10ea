"""What ensembles show as plain values: the content of `trusteval ensemble --json`.

`document.schema.json` beside this file is its JSON Schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.ensemble.study import Study
from trusteval.tables import Section, document_of

SCHEMA_VERSION = 1
_KIND = "trusteval ensemble"


def ensemble_document(studies: Sequence[Study], across: Section | None) -> dict[str, Any]:
    """Return every run's sections; `across` is over all runs, where there are several."""
    return {
        "kind": _KIND,
        "schema": SCHEMA_VERSION,
        "runs": [study.to_document() for study in studies],
        "across": None if across is None else document_of([across])[0],
    }
