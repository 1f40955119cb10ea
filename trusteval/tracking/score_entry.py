"""A subject's score on a benchmark as histories and baselines keep it, and its document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from trusteval.types import Interval

_MOST_POINTS = 1000.0
_MOST_ROWS = 2**53
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """One headline score, points, or None where it is undefined or an earlier version kept none.

    `weights` and `data` are fingerprints, of the subject's weights and of the rows it was asked;
    `reader` is the version that read it, where that is not the one of the file it stands in.
    """

    subject: str
    benchmark: str
    dimension: str | None = None
    value: float | None = None
    interval: Interval | None = None
    n: int | None = None
    non_answer_rate: float | None = None
    verdict: str | None = None
    weights: str | None = None
    data: str | None = None
    reader: int | None = None

    def to_document(self) -> dict[str, Any]:
        """Return plain values."""
        document = asdict(self)
        if self.reader is None:
            del document["reader"]
        return document


def score_entry(document: Mapping[str, Any]) -> ScoreEntry:
    """Rebuild from a document; raises KeyError, TypeError or ValueError for what is no score."""
    return ScoreEntry(
        subject=_text(document["subject"]),
        benchmark=_text(document["benchmark"]),
        dimension=_or_none(_text, document.get("dimension")),
        value=_or_none(_in_points, document.get("value")),
        interval=_or_none(_interval, document.get("interval")),
        n=_or_none(_count, document.get("n")),
        non_answer_rate=_or_none(_in_points, document.get("non_answer_rate")),
        verdict=_or_none(_text, document.get("verdict")),
        weights=_or_none(_text, document.get("weights")),
        data=_or_none(_text, document.get("data")),
        reader=_or_none(_count, document.get("reader")),
    )


def _or_none(kind: Callable[[Any], _Kind], value: Any) -> _Kind | None:
    return None if value is None else kind(value)


def _interval(value: Any) -> Interval:
    return Interval(_in_points(value["low"]), _in_points(value["high"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {type(value).__name__}")
    return value


def _in_points(value: Any) -> float:
    """Return a number of points; what is not finite, or beyond all scores, is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, got {type(value).__name__}")
    if not -_MOST_POINTS <= value <= _MOST_POINTS:
        raise ValueError(f"expected points, got {value}")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_ROWS:
        raise ValueError("expected a number of rows")
    return value
