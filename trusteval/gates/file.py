"""Reads gates.toml: rows to gates, every mistake named with what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trusteval.errors import GateError
from trusteval.gates.gate import BASELINE, Gate
from trusteval.gates.limit_checks import POINTS, check_comparison, check_limits, check_sides
from trusteval.metrics.making import Composite
from trusteval.metrics.metric import METRICS, Metric, gated
from trusteval.suggestion import meant
from trusteval.system.bounded import loads_toml
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
    "unit": (str,),
    "point": (bool,),
    "level": (str,),
    "profiles": (list,),
}
_REQUIRED = ("benchmark", "metric", "why")
_LARGEST = 10**9
_MOST_SHOWN = 60
"""How much of a wrong value a message repeats."""


@dataclass(frozen=True, slots=True)
class Gateable:
    """What a row can name of a benchmark: its metrics, and why it cannot name others."""

    metrics: Mapping[str, Metric]
    unusable: Mapping[str, str] = field(default_factory=dict)


def load_gates(
    text: str,
    *,
    origin: str,
    metrics: Mapping[str, Metric] = METRICS,
    benchmarks: Mapping[str, Gateable] | None = None,
) -> tuple[Gate, ...]:
    """Parse gates.toml; `origin` names the file in messages, `metrics` is the table they are of.

    `benchmarks` are all that can be named, where each has metrics of its own. Raises GateError for
    an empty file, an unknown key or metric, a row without a limit or a `why`, and values of the
    wrong type or out of range.
    """
    try:
        tables = loads_toml(text)
    except ValueError as error:
        raise GateError(f"{origin} is no valid TOML: {error}") from error
    unknown = [key if key.isprintable() else repr(key) for key in tables if key != "gate"]
    if unknown:
        raise GateError(
            f"{origin}: expected only [[gate]] tables, got {', '.join(unknown)}"
            f"{meant(unknown[0], ['gate'])}"
        )
    rows = tables.get("gate", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise GateError(
            f"{origin}: gates are written as [[gate]] tables, got {type(rows).__name__}"
        )
    if not rows:
        raise GateError(f"{origin} holds no gate: add a [[gate]] table with a limit and a why")
    ours = Gateable(gated(metrics))
    gates = tuple(
        _gate(row, ours, benchmarks, number=number, where=f"{origin}, gate {number}")
        for number, row in enumerate(rows, start=1)
    )
    for gate in gates:
        if gate.is_relative and gate.reference == BASELINE and not _is_anchored(gate, gates):
            raise GateError(
                f"{origin}, gate {gate.number} ({gate.id}): drops from one accepted baseline to "
                "the next add up; give the row an at_least or at_most too, or a second row against "
                "dense"
            )
    return gates


def _is_anchored(gate: Gate, gates: Sequence[Gate]) -> bool:
    """Whether a row against the baseline is held in place by something that does not move."""
    measured = gate.benchmark, gate.setting, gate.metric
    return gate.is_anchored or any(
        other.is_relative
        and other.reference != BASELINE
        and other.rival is None
        and (other.benchmark, other.setting, other.metric) == measured
        for other in gates
    )


def _gate(
    row: Mapping[str, Any],
    ours: Gateable,
    benchmarks: Mapping[str, Gateable] | None,
    *,
    number: int,
    where: str,
) -> Gate:
    for key, value in row.items():
        _check_key(key, value, where)
    absent = [key for key in _REQUIRED if not str(row.get(key, "")).strip()]
    if absent:
        raise GateError(
            f"{where}: a gate needs {', '.join(absent)}; every row says why it is there"
        )
    where = f"{where} ({row['benchmark']} {row['metric']})"
    metrics = _metrics(row, ours, benchmarks, where=where)
    if row.get("unit", POINTS) != POINTS:
        raise GateError(f"{where}: unit can only be {POINTS!r}, got {row['unit']!r}")
    metric = metrics[row["metric"]]
    check_limits(row, metric, where=where)
    check_comparison(row, metrics, where=where)
    _check_names(row, where)
    said = {
        "subjects": tuple(row.get("subjects", ["*"])),
        "profiles": tuple(row.get("profiles", [])),
        "level": Level(row.get("level", Level.BLOCK)),
        "why": " ".join(row["why"].split()),
        "number": number,
    }
    gate = Gate(**{**{key: value for key, value in row.items() if key != "unit"}, **said})
    if gate.setting is None or not isinstance(metric.made, Composite):
        check_sides(gate, metric, where=where)  # else the protocol says what it is
    return gate


def _metrics(
    row: Mapping[str, Any],
    ours: Gateable,
    benchmarks: Mapping[str, Gateable] | None,
    *,
    where: str,
) -> Mapping[str, Metric]:
    """Return the metrics of a row's benchmark; raises GateError for one that is not known."""
    asked, name = row["metric"], row["benchmark"]
    if benchmarks is not None and name not in benchmarks:
        raise GateError(
            f"{where}: unknown benchmark {name!r}{meant(name, benchmarks)}; known: "
            f"{', '.join(benchmarks) or 'none'}"
        )
    named = ours if benchmarks is None else benchmarks[name]
    if asked not in named.metrics:
        why = f" ({named.unusable[asked]})" if asked in named.unusable else ""
        raise GateError(
            f"{where}: {'no row can be on' if why else 'unknown'} metric {asked!r}{why}"
            f"{meant(asked, named.metrics)}; known: {', '.join(named.metrics) or 'none'}"
        )
    return named.metrics


def _check_names(row: Mapping[str, Any], where: str) -> None:
    """Raise GateError for subjects, profiles or a level that name nothing."""
    subjects, profiles = row.get("subjects", ["*"]), row.get("profiles", [])
    if not subjects or not _are_texts(subjects):
        raise GateError(f"{where}: subjects is a list of name patterns, got {_shown(subjects)}")
    if "profiles" in row and (not profiles or not _are_texts(profiles)):
        raise GateError(f"{where}: profiles is a list of names, got {_shown(profiles)}")
    level = row.get("level", Level.BLOCK)
    if level not in list(Level):
        raise GateError(
            f"{where}: level is one of {', '.join(Level)}, got {level!r}{meant(level, Level)}"
        )


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) and value and value.isprintable() for value in values)


def _check_key(key: str, value: object, where: str) -> None:
    if key not in _KEYS:
        raise GateError(
            f"{where}: unknown key {key!r}{meant(key, _KEYS)}; known: {', '.join(_KEYS)}"
        )
    expected = _KEYS[key]
    right = isinstance(value, expected) and (bool in expected or not isinstance(value, bool))
    if not right:
        kind = {str: "a text", list: "a list", bool: "true or false"}.get(expected[0], "a number")
        raise GateError(f"{where}: {key} must be {kind}, got {_shown(value)}")
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        raise GateError(f"{where}: {key} is far out of range")
    words = value.split() if isinstance(value, str) and key == "why" else [value]
    if any(isinstance(word, str) and not word.isprintable() for word in words):
        raise GateError(f"{where}: {key} holds what cannot be printed, got {_shown(value)}")


def _shown(value: object) -> str:
    """Return a wrong value as TOML has it, or as much of it as helps."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits, tables in tables
        return f"one that is too long to show ({type(value).__name__})"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]} ..."
