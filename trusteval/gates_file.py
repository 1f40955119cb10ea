"""Reads gates.toml: rows to gates, every mistake named with what was expected."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from trusteval.disparities import DISPARITIES, MIN_GROUP
from trusteval.errors import GateError
from trusteval.estimates import SHIFT_FORMS
from trusteval.gates import BASELINE, Gate
from trusteval.metrics import METRICS
from trusteval.stats.power import smallest_margin
from trusteval.types import Level

_KEYS: dict[str, tuple[type, ...]] = {
    "benchmark": (str,),
    "metric": (str,),
    "why": (str,),
    "setting": (str,),
    "subjects": (list,),
    "at_least": (int, float),
    "at_most": (int, float),
    "max_drop": (int, float),
    "max_rise": (int, float),
    "gap_shift": (int, float),
    "detect_drop": (bool,),
    "reference": (str,),
    "min_group": (int,),
    "point": (bool,),
    "level": (str,),
    "profiles": (list,),
}
_REQUIRED = ("benchmark", "metric", "why")
_ABSOLUTE = ("at_least", "at_most")
_MARGINS = ("max_drop", "max_rise", "gap_shift")
_LIMITS = (*_ABSOLUTE, *_MARGINS, "detect_drop")


def load_gates(text: str, *, origin: str) -> tuple[Gate, ...]:
    """Parse gates.toml; `origin` names the file in messages.

    Raises GateError for an empty file, an unknown key or metric, a row without a limit or a
    `why`, and values of the wrong type or out of range.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GateError(f"{origin} is no valid TOML: {error}") from error
    unknown = [key for key in tables if key != "gate"]
    if unknown:
        raise GateError(f"{origin}: expected only [[gate]] tables, got {', '.join(unknown)}")
    rows = tables.get("gate", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise GateError(
            f"{origin}: gates are written as [[gate]] tables, got {type(rows).__name__}"
        )
    if not rows:
        raise GateError(f"{origin} holds no gate: add a [[gate]] table with a limit and a why")
    gates = tuple(
        _gate(row, where=f"{origin}, gate {number}") for number, row in enumerate(rows, start=1)
    )
    for number, gate in enumerate(gates, start=1):
        if gate.is_relative and gate.reference == BASELINE and not _is_anchored(gate, gates):
            raise GateError(
                f"{origin}, gate {number} ({gate.id}): drops from one accepted baseline to the "
                "next add up; give the row an at_least or at_most too, or a second row against "
                "dense"
            )
    return gates


def _is_anchored(gate: Gate, gates: Sequence[Gate]) -> bool:
    """Whether a row against the baseline is held in place by something that does not move."""
    measured = gate.benchmark, gate.setting, gate.metric
    return gate.is_absolute or any(
        other.is_relative
        and other.reference != BASELINE
        and (other.benchmark, other.setting, other.metric) == measured
        for other in gates
    )


def _gate(row: Mapping[str, Any], *, where: str) -> Gate:
    for key, value in row.items():
        _check_key(key, value, where)
    absent = [key for key in _REQUIRED if not str(row.get(key, "")).strip()]
    if absent:
        raise GateError(
            f"{where}: a gate needs {', '.join(absent)}; every row says why it is there"
        )
    where = f"{where} ({row['benchmark']} {row['metric']})"
    if row["metric"] not in METRICS:
        raise GateError(
            f"{where}: unknown metric {row['metric']!r}{_meant(row['metric'], METRICS)}; "
            f"known: {', '.join(METRICS)}"
        )
    _check_limits(row, where)
    _check_comparison(row, where)
    subjects, profiles = row.get("subjects", ["*"]), row.get("profiles", [])
    if not subjects or not _are_texts(subjects):
        raise GateError(f"{where}: subjects is a list of name patterns, got {subjects!r}")
    if "profiles" in row and (not profiles or not _are_texts(profiles)):
        raise GateError(f"{where}: profiles is a list of names, got {profiles!r}")
    level = row.get("level", Level.BLOCK)
    if level not in list(Level):
        raise GateError(f"{where}: level is one of {', '.join(Level)}, got {level!r}")
    lists = {"subjects": tuple(subjects), "profiles": tuple(profiles)}
    return Gate(**{**row, **lists, "level": Level(level)})


def _is_asked(row: Mapping[str, Any], key: str) -> bool:
    """Whether a row has a limit; `detect_drop = false` is none, a limit of 0 is."""
    return key in row and row[key] is not False


def _check_limits(row: Mapping[str, Any], where: str) -> None:
    if not any(_is_asked(row, key) for key in _LIMITS):
        raise GateError(f"{where}: a gate needs a limit, one of {', '.join(_LIMITS)}")
    for key in (*_ABSOLUTE, *_MARGINS):
        if not 0 <= row.get(key, 0) <= 100:
            raise GateError(f"{where}: {key} is in points, 0 to 100, got {row[key]}")
    for key in _MARGINS:
        if row.get(key) == 0:
            smallest = ", ".join(f"{_smallest(n):.2g} of {n:,}" for n in (200, 2109, 14_042))
            raise GateError(
                f"{where}: {key} = 0 cannot be shown by any number of samples, and what finds no "
                "significant drop is mostly few samples; the smallest margins are, in points, "
                f"{smallest} samples answered alike (detect_drop = true is a tripwire)"
            )
    if row.get("at_least", 0) > row.get("at_most", 100):
        raise GateError(
            f"{where}: no score can be at least {row['at_least']} and at most {row['at_most']}"
        )
    if row["metric"] in DISPARITIES and row.get("at_most") == 0:
        raise GateError(
            f"{where}: a gap is never measured as 0, even where there is none; give at_most the "
            "gap you accept"
        )


def _smallest(n: int) -> float:
    return 100 * smallest_margin(n)


def _check_comparison(row: Mapping[str, Any], where: str) -> None:
    """Refuse keys that say something of a comparison that the row does not make, or cannot."""
    relative = [key for key in (*_MARGINS, "detect_drop") if _is_asked(row, key)]
    if row.get("point") and relative:
        raise GateError(f"{where}: point compares a value with a limit; {relative[0]} has none")
    if "reference" in row and not relative:
        raise GateError(
            f"{where}: reference belongs to a comparison, one of {', '.join(_MARGINS)}, detect_drop"
        )
    if "max_drop" in row and "max_rise" in row:
        raise GateError(
            f"{where}: a value is worse lower (max_drop) or higher (max_rise), not both"
        )
    if row.get("detect_drop") and "max_rise" in row:
        raise GateError(f"{where}: detect_drop looks for a drop, max_rise for a rise; not both")
    if "gap_shift" in row and row["metric"] not in SHIFT_FORMS:
        raise GateError(
            f"{where}: gap_shift is for {', '.join(SHIFT_FORMS)} of a fairness benchmark, got "
            f"{row['metric']}"
        )
    if "max_drop" in row and row["metric"] in DISPARITIES and row["metric"] != "fairness":
        raise GateError(f"{where}: a gap is worse the higher it is; use max_rise or gap_shift")
    if row.get("min_group", MIN_GROUP) < MIN_GROUP:
        raise GateError(
            f"{where}: min_group is at least {MIN_GROUP}, below which no rate of a group is "
            f"measured; got {row['min_group']}"
        )


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) and value for value in values)


def _check_key(key: str, value: object, where: str) -> None:
    if key not in _KEYS:
        raise GateError(
            f"{where}: unknown key {key!r}{_meant(key, _KEYS)}; known: {', '.join(_KEYS)}"
        )
    expected = _KEYS[key]
    right = isinstance(value, expected) and (bool in expected or not isinstance(value, bool))
    if not right:
        kind = {str: "a text", list: "a list", bool: "true or false"}.get(expected[0], "a number")
        raise GateError(f"{where}: {key} must be {kind}, got {value!r}")


def _meant(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
