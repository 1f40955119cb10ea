"""Refuses limits that cannot be meant: on the wrong side, fractions, nothing that can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.errors import GateError
from trusteval.gates.gate import Gate, Rival
from trusteval.metrics.disparities import MIN_GROUP
from trusteval.metrics.metric import Metric
from trusteval.stats.power import smallest_margin

ABSOLUTE = ("at_least", "at_most")
MARGINS = ("max_drop", "max_rise", "gap_shift")
LIMITS = (*ABSOLUTE, *MARGINS, "detect_drop")
POINTS = "points"
"""What a row says its unit is where a limit below one point is meant."""


def is_asked(row: Mapping[str, Any], key: str) -> bool:
    """Say whether a row has a limit; `detect_drop = false` is none, a limit of 0 is."""
    return key in row and row[key] is not False


def check_limits(row: Mapping[str, Any], metric: Metric, *, where: str) -> None:
    """Raise GateError for a row without a limit, or with one that no answers can keep or break."""
    if not any(is_asked(row, key) for key in LIMITS):
        raise GateError(f"{where}: a gate needs a limit, one of {', '.join(LIMITS)}")
    for key in (*ABSOLUTE, *MARGINS):
        if not 0 <= row.get(key, 0) <= 100:
            raise GateError(f"{where}: {key} is in points, 0 to 100, got {row[key]:.6g}")
        if 0 < row.get(key, 0) < 1 and row.get("unit") != POINTS:
            raise GateError(
                f"{where}: limits are points, 0 to 100, got {key} = {row[key]}: for "
                f"{100 * row[key]:g} % write {100 * row[key]:g}; where {row[key]} of a point is "
                f'meant, add unit = "{POINTS}" to the row'
            )
    for key in MARGINS:
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
    if metric.is_disparity and row.get("at_most") == 0:
        raise GateError(
            f"{where}: a gap is never measured as 0, even where there is none; give at_most the "
            "gap you accept"
        )


def _smallest(n: int) -> float:
    return 100 * smallest_margin(n)


def check_comparison(row: Mapping[str, Any], metrics: Mapping[str, Metric], *, where: str) -> None:
    """Raise GateError for keys on a comparison that the row does not make, or cannot.

    `metrics` are those that a gate can name.
    """
    relative = [key for key in (*MARGINS, "detect_drop") if is_asked(row, key)]
    if row.get("point") and relative:
        raise GateError(f"{where}: point compares a value with a limit; {relative[0]} has none")
    if "reference" in row and not relative:
        raise GateError(
            f"{where}: reference belongs to a comparison, one of {', '.join(MARGINS)}, detect_drop"
        )
    if metrics[row["metric"]].of_members and relative:
        raise GateError(
            f"{where}: {row['metric']} is of the members of one vote and compared with nobody's: "
            f"at_most instead of {relative[0]}"
        )
    if row.get("reference") == Rival.BEST_MEMBER and "gap_shift" in row:
        raise GateError(
            f"{where}: a gap that moves is no better or worse, so no member is best at it; name "
            f"one as reference, or {str(Rival.FALLBACK)!r}"
        )
    if "max_drop" in row and "max_rise" in row:
        raise GateError(
            f"{where}: a value is worse lower (max_drop) or higher (max_rise), not both"
        )
    if row.get("detect_drop") and "max_rise" in row:
        raise GateError(f"{where}: detect_drop looks for a drop, max_rise for a rise; not both")
    if "gap_shift" in row and not metrics[row["metric"]].shifts:
        shifting = sorted(metric.name for metric in metrics.values() if metric.shifts)
        raise GateError(
            f"{where}: gap_shift is for {', '.join(shifting) or 'gaps'} of a fairness benchmark, "
            f"got {row['metric']}"
        )
    if row.get("min_group", MIN_GROUP) < MIN_GROUP:
        raise GateError(
            f"{where}: min_group is at least {MIN_GROUP}, below which no rate of a group is "
            f"measured; got {row['min_group']}"
        )


def check_sides(gate: Gate, metric: Metric, *, where: str) -> None:
    """Raise GateError for a limit that whoever is worst keeps best.

    `metric` is what the gate's is of its part. An absolute limit on the wrong side may stand beside
    one on the right side, as in a band.
    """
    whole = "" if gate.setting is None else f" of {gate.setting}"
    said = f"of {gate.metric}{whole} {metric.direction}"
    if metric.is_better_high:
        if gate.max_rise is not None:
            raise GateError(f"{where}: {said}, and max_rise holds only a rise; max_drop is meant")
        if gate.at_least is None and gate.at_most is not None:
            raise GateError(
                f"{where}: {said}, and at_most holds only those that are good; at_least is meant "
                "(a ceiling that is meant has an at_least beside it, if only of 0)"
            )
        return
    if gate.max_drop is not None or gate.detect_drop:
        wrong = "detect_drop" if gate.max_drop is None else "max_drop"
        other = " or gap_shift" if metric.shifts else ""
        raise GateError(f"{where}: {said}, and {wrong} holds only a drop; max_rise{other} is meant")
    if gate.at_most is None and gate.at_least is not None:
        raise GateError(
            f"{where}: {said}, and at_least holds only those that are good; at_most is meant "
            "(a floor that is meant has an at_most beside it, if only of 100)"
        )
