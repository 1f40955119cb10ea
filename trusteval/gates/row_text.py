"""Writes rows of a gates.toml, as `load_gates` reads them."""

from __future__ import annotations

from glob import escape

from trusteval.gates.gate import Gate
from trusteval.system.toml_text import toml_list, toml_text
from trusteval.types import DENSE, Level

_LIMITS = ("at_least", "at_most", "max_drop", "max_rise")


def row_lines(gate: Gate) -> list[str]:
    """Return a row with its limits of rates and scores, line by line.

    A limit below one point says its unit; what is the default is left out.
    """
    limits = [(key, getattr(gate, key)) for key in _LIMITS if getattr(gate, key) is not None]
    says_unit = any(0 < limit < 1 for _, limit in limits)
    return [
        "[[gate]]",
        *([f"profiles = {toml_list(gate.profiles)}"] if gate.profiles else []),
        f"benchmark = {toml_text(gate.benchmark)}",
        *([f"setting = {toml_text(gate.setting)}"] if gate.setting is not None else []),
        f"metric = {toml_text(gate.metric)}",
        f"subjects = {toml_list(gate.subjects)}",
        *(f"{key} = {float(limit)}" for key, limit in limits),
        *(['unit = "points"'] if says_unit else []),
        *([f"reference = {toml_text(gate.reference)}"] if gate.reference != DENSE else []),
        *([f"level = {toml_text(gate.level)}"] if gate.level is not Level.BLOCK else []),
        f"why = {toml_text(gate.why)}",
    ]


def pattern_of(subject: str) -> str:
    """Return the pattern that names one subject, whatever it is called."""
    return escape(subject)
