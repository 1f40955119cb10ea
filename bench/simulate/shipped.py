"""The shipped rows, read as a run reads them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from trusteval.gates.file import load_gates
from trusteval.gates.gate import Gate, family_size

_FILE = Path(__file__).parents[2] / "trust_tests/gates.toml"
SUBJECT = "gptq-4"
"""A subject that is compared with dense."""


@cache
def shipped(profile: str) -> tuple[Gate, ...]:
    """Return the rows of a profile that hold SUBJECT."""
    gates = load_gates(_FILE.read_text(encoding="utf-8"), origin=_FILE.name)
    return tuple(one for one in gates if one.is_for(profile) and one.applies_to(SUBJECT))


def score_row(benchmark: str, profile: str) -> Gate:
    """Return the row that says how far a benchmark's score may drop."""
    (found,) = (
        one
        for one in shipped(profile)
        if one.benchmark == benchmark and one.metric == "score" and one.max_drop is not None
    )
    return found


def family(profile: str) -> int:
    """Count the blocking rows that hold SUBJECT under a profile."""
    return family_size(shipped(profile), SUBJECT)
