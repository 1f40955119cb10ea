"""Early warnings in tables and words: which dimension flips next, and if the rule held so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from trusteval.answers.probabilities import Floats
from trusteval.ensemble.early_warning import EarlyWarning, early_warnings
from trusteval.ensemble.figures import POINTS, spread
from trusteval.ensemble.widths import Widths
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_DIGITS = 12
_WHERE = (
    Column("method"),
    Column("benchmark"),
    Column("dimension"),
    Column("items", Kind.COUNT),
    Column("of", Kind.COUNT),
)
_NEXT = (
    *_WHERE,
    Column("at"),
    Column("flipped there", Kind.SHARE),
    Column("next bits", Kind.NUMBER),
    Column("foretold to flip", Kind.SHARE),
)
_TRIED = (
    *_WHERE,
    Column("from"),
    Column("at"),
    Column("foretold to flip", Kind.SHARE),
    Column("flipped there", Kind.SHARE),
    Column("foretold minus seen", Kind.CHANGE),
    Column("margins told which", Kind.NUMBER),
)
_NEXT_NOTES = (
    "An extrapolation: nobody asked a member of so few bits. An item is foretold to flip (to have "
    "another likeliest label) where its margin at the lowest width is below what a leading label "
    "lost in the last step, each item's loss as likely as any other's, times how much more the "
    "next step moves if rounding errors double with each bit less. The interval is about other "
    "items; how wrong the rule is shows in the next table.",
    "Flipped there: items whose likeliest label is another than at the width above. Of several "
    "members of one width the first in the vote's order is taken.",
)
_TRIED_NOTES = (
    "The same rule foretells the lowest recorded width from the two above it, beside what was "
    "seen. Margins told which: the chance that of an item that flipped and one that did not the "
    "first had the smaller margin at the width above; 0.5 is worth nothing, 1 is perfect.",
)
Cells = tuple[Cell, ...]
Warned = Sequence[tuple[Widths, EarlyWarning | Unavailable]]


def warning_tables(found: Sequence[Widths]) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Show what is foretold, most flips of a method first, and how it was tried; and in words."""
    methods = list(dict.fromkeys(one.method for one in found))
    warned = sorted(early_warnings(found), key=lambda one: _place(*one, methods=methods))
    tables = (
        Table(
            "next_flips",
            "Early warning: whose likeliest labels flip at one bit less",
            _NEXT,
            tuple((*_where(one), *_next(warning)) for one, warning in warned),
            _NEXT_NOTES,
        ),
        Table(
            "tried",
            "The early warning tried: the lowest width, foretold and seen",
            _TRIED,
            tuple((*_where(one), *_tried(warning)) for one, warning in warned),
            _TRIED_NOTES,
        ),
    )
    return tables, tuple(line for method in methods for line in _said(method, warned))


def _place(
    widths: Widths, warning: EarlyWarning | Unavailable, *, methods: Sequence[str]
) -> tuple[int, float]:
    foretold = warning if isinstance(warning, Unavailable) else warning.foretold
    share = -1.0 if isinstance(foretold, Unavailable) else _mean(foretold)
    return methods.index(widths.method), -share


def _where(one: Widths) -> Cells:
    return one.method, one.weighed.benchmark, _dimension(one), len(one.rows), one.weighed.items


def _dimension(one: Widths) -> str:
    return one.weighed.panel.dimension.replace("_", " ")


def _next(warning: EarlyWarning | Unavailable) -> Cells:
    if isinstance(warning, Unavailable):
        return (warning,) * 4
    lowest = warning.widths.steps[-1]
    return (
        lowest.name,
        spread(warning.flipped),
        warning.bits,
        _share(warning, warning.foretold),
    )


def _tried(warning: EarlyWarning | Unavailable) -> Cells:
    if isinstance(warning, Unavailable):
        return (warning,) * 6
    *higher, lowest = (one.name for one in warning.widths.steps)
    trial = warning.trial
    return (
        " and ".join(higher[-2:]),
        lowest,
        _share(warning, trial),
        spread(warning.flipped),
        trial
        if isinstance(trial, Unavailable)
        else spread(warning.beyond_seen(trial), scale=POINTS),
        spread(warning.told_apart),
    )


def _share(warning: EarlyWarning, foretold: Floats | Unavailable) -> Cell:
    return foretold if isinstance(foretold, Unavailable) else spread(warning.share(foretold))


# -- in words ------------------------------------------------------------------------------


def _said(method: str, warned: Warned) -> Iterator[str]:
    """Say of one method which dimension flips next, and how the rule did at its lowest width."""
    own = [w for one, w in warned if one.method == method and isinstance(w, EarlyWarning)]
    foretold = _by_dimension(
        [(w, _mean(w.foretold)) for w in own if not isinstance(w.foretold, Unavailable)]
    )
    if foretold:
        yield f"{method}, extrapolated to one bit less than its lowest width: {_ranked(foretold)}"
    tried = [(w, _mean(w.trial)) for w in own if not isinstance(w.trial, Unavailable)]
    if tried:
        yield f"{method}, that rule tried at its lowest width: {_verdict(tried)}"
    elif foretold:
        yield f"{method}: the rule is untried, a third width is needed"


def _ranked(foretold: Mapping[str, float]) -> str:
    """Word in which dimensions flips are foretold, most of them first."""
    if not any(foretold.values()):
        return f"no likeliest label flips in {', '.join(foretold)}"
    first, *others = sorted(foretold.items(), key=lambda item: -item[1])
    then = f", then {', '.join(map(_percent, others))}" if others else ""
    return f"likeliest labels flip most in {_percent(first)}{then}"


def _verdict(tried: Sequence[tuple[EarlyWarning, float]]) -> str:
    """Word how far a rule was off, and in how many pairs it ranked dimensions rightly."""
    foretold = _by_dimension(tried)
    seen = _by_dimension([(w, w.flipped.value) for w, _ in tried])
    each = "; ".join(
        f"{name} foretold {100 * share:.1f} %, seen {100 * seen[name]:.1f} %"
        for name, share in foretold.items()
    )
    pairs = list(combinations(foretold, 2))
    right = sum((foretold[a] - foretold[b]) * (seen[a] - seen[b]) > 0 for a, b in pairs)
    ranked = f"; {right} of {len(pairs)} pairs of dimensions ranked as seen" if pairs else ""
    return f"{each}{ranked}"


def _by_dimension(shares: Sequence[tuple[EarlyWarning, float]]) -> Mapping[str, float]:
    """Return the mean share of each dimension's benchmarks."""
    found: dict[str, list[float]] = {}
    for warning, share in shares:
        found.setdefault(_dimension(warning.widths), []).append(share)
    return {name: float(np.mean(of)) for name, of in found.items()}


def _mean(foretold: Floats) -> float:
    return max(0.0, round(float(foretold.mean()), _DIGITS))  # rounding leaves no flips at -1e-17


def _percent(item: tuple[str, float]) -> str:
    return f"{item[0]} ({100 * item[1]:.1f} %)"
