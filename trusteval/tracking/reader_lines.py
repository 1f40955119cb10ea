"""What a changed reader moved, told in lines or as plain values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from trusteval.tracking.reader_change import MovedItem, PartReadAnew
from trusteval.types import Score

_TEXT = 100


def reader_lines(
    parts: Sequence[PartReadAnew], *, then: int, now: int, flips: int
) -> Iterator[str]:
    """Tell per part both scores, how many answers moved where, and at most `flips` of them."""
    yield f"reader {then} then, {now} now"
    for part in parts:
        named = f"{part.subject} on {part.benchmark}"
        if part.why:
            yield f"{named}: not read anew ({part.why})"
            continue
        scores = f"score {_points(part.before)} -> {_points(part.after)}"
        yield f"{named}: {scores}, {part.n_moved} of {part.n} answers read otherwise"
        for (before, after), n in part.moves.items():
            yield f"    {n} {before} -> {after}"
        for item in part.items[:flips]:
            yield f"    {_item(item)}"
        if part.n_moved > flips > 0:
            yield f"    and {part.n_moved - flips} more (--json has all)"
    moved, left = sum(part.n_moved for part in parts), sum(bool(part.why) for part in parts)
    anew = len(parts) - left
    counted = f"{anew} part{'' if anew == 1 else 's'} read anew{f', {left} not' if left else ''}"
    yield f"{counted}: {f'{moved} answers moved' if moved else 'nothing moved'}"


def reader_document(parts: Sequence[PartReadAnew], *, then: int, now: int) -> dict[str, Any]:
    """Return both readings as plain values; scores are points."""
    return {
        "reader": {"then": then, "now": now},
        "parts": [
            {
                "subject": part.subject,
                "benchmark": part.benchmark,
                "n": part.n,
                "why": part.why,
                "before": part.before and part.before.value,
                "after": part.after and part.after.value,
                "moves": [
                    {"before": before, "after": after, "n": n}
                    for (before, after), n in part.moves.items()
                ],
                "items": [asdict(item) for item in part.items],
            }
            for part in parts
        ],
    }


def exit_code(parts: Sequence[PartReadAnew]) -> int:
    """Return 0 where everything was read anew, else 4."""
    return 4 if any(part.why for part in parts) else 0


def _item(item: MovedItem) -> str:
    moved = f"{item.id}: {item.before} -> {item.after} ({item.target} is right)"
    on = f" on {_quoted(item.span)}" if item.span else ""
    said = f", said {_quoted(item.words)}" if item.words else ""
    return f"{moved}, rule {item.rule}{on}{said}"


def _quoted(text: str) -> str:
    """Show a text in one line, cut where it is long."""
    return json.dumps(text if len(text) <= _TEXT else f"{text[: _TEXT - 3]}...", ensure_ascii=False)


def _points(score: Score | None) -> str:
    return "undefined" if score is None or score.value is None else f"{score.value:.1f}"
