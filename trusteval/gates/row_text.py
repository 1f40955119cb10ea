"""Writes rows of a gates.toml, as `load_gates` reads them."""

from __future__ import annotations

from collections.abc import Sequence
from glob import escape

from trusteval.gates.gate import Gate
from trusteval.types import Level

_LIMITS = ("at_least", "at_most", "max_drop", "max_rise")


def row_lines(gate: Gate) -> list[str]:
    """Return a row with its limits of rates and scores, line by line.

    A limit below one point says its unit; what is the default is left out.
    """
    limits = [(key, getattr(gate, key)) for key in _LIMITS if getattr(gate, key) is not None]
    says_unit = any(0 < limit < 1 for _, limit in limits)
    return [
        "[[gate]]",
        *([f"profiles = {_list(gate.profiles)}"] if gate.profiles else []),
        f"benchmark = {_text(gate.benchmark)}",
        *([f"setting = {_text(gate.setting)}"] if gate.setting is not None else []),
        f"metric = {_text(gate.metric)}",
        f"subjects = {_list(gate.subjects)}",
        *(f"{key} = {float(limit)}" for key, limit in limits),
        *(['unit = "points"'] if says_unit else []),
        *([f"reference = {_text(gate.reference)}"] if gate.reference != "dense" else []),
        *([f"level = {_text(gate.level)}"] if gate.level is not Level.BLOCK else []),
        f"why = {_text(gate.why)}",
    ]


def pattern_of(subject: str) -> str:
    """Return the pattern that names one subject, whatever it is called."""
    return escape(subject)


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
