"""Tells whether rows are the published ones: a hash of their content, whatever file holds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

from trusteval.benchmarks.benchmark import Question
from trusteval.types import Setting


def fingerprint(questions: Iterable[Question]) -> str:
    """Return the sha256 over everything that questions take from the data, in order.

    The texts around the items are not among it.
    """
    total = hashlib.sha256()
    for question in questions:
        sample = question.sample
        row = [sample.id, sample.target, sample.group, sample.options, dict(sample.fields)]
        row.append(question.material)
        total.update(json.dumps(row, sort_keys=True).encode())
        total.update(b"\n")
    return total.hexdigest()


def published_fingerprint(setting: Setting) -> str | None:
    """Return the fingerprint of a setting's published rows, None where it is not known."""
    return _published().get(setting.id)


@lru_cache(maxsize=1)
def _published() -> Mapping[str, str]:
    text = (files("trusteval.suite") / "fingerprints.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found
