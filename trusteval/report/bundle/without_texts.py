"""Takes what was asked and said out of a run's answers: benchmarks under licence, harmful texts.

What was answered, scored and fingerprinted stays, so that scores can still be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OF_ITEMS = ("text", "options", "prompts")
_OF_PARTS = ("responses", "readings")


def without_texts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of answers without prompts, items' texts and responses."""
    return {
        **document,
        "benchmarks": {
            name: _without(items, _OF_ITEMS) for name, items in document["benchmarks"].items()
        },
        "subjects": {
            subject: {name: _without(part, _OF_PARTS) for name, part in of_subject.items()}
            for subject, of_subject in document["subjects"].items()
        },
    }


def _without(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
