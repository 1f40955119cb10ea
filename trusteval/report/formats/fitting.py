"""Puts parts of a report into a place that has a limit: the first parts stay, the last are shed.

What is shed is named, with where it is found; what is shortened says how many rows it lacks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trusteval.report.formats.blocks import Block

_PARTED = "\n\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is shown, which shows at most `limit` of what `size` counts.

    `elsewhere` is where readers find what is left out.
    """

    limit: int
    size: Callable[[str], int]
    elsewhere: str


def _bytes(text: str) -> int:
    return len(text.encode("utf-8"))


COMMENT = Place(60_000, len, "in report.md of the run's reports folder")
"""GitHub takes 65,536 characters; the rest is for what a workflow adds of its own."""
SUMMARY = Place(900 * 1024, _bytes, "in verdicts.json of the run's reports folder")
"""GitHub takes 1 MiB a step, and loses summaries just below it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks under a heading of `level`, "" for none; `is_folded` shows the heading alone at first.

    `share` is the most of a place that it takes, so that those after it find room.
    """

    title: str
    blocks: tuple[Block, ...]
    share: float = 1.0
    level: int = 2
    is_folded: bool = False


def fitted(parts: Sequence[Part], place: Place) -> str:
    """Return the parts as Markdown that ends in a line feed and keeps the place's limit.

    Parts without a block are left out; titles are taken for Markdown.
    """
    told = [part for part in parts if part.blocks]
    titles = [part.title for part in told]
    room = place.limit - place.size(_shed(titles, place)) - 1
    shown: list[str] = []
    for n_shown, part in enumerate(told):
        most = min(room, int(part.share * place.limit)) - len(_PARTED)
        text = _fitting(part, most, place)
        if text is None:
            shown.append(_shed(titles[n_shown:], place))
            break
        shown.append(text)
        room -= place.size(text) + len(_PARTED)
    return _PARTED.join(shown) + "\n"


def _shed(titles: Sequence[str], place: Place) -> str:
    named = ", ".join(filter(None, titles))
    return f"*Left out, since this place has a limit: {named}. All of it is {place.elsewhere}.*"


def _fitting(part: Part, most: int, place: Place) -> str | None:
    """Return a part that takes at most so much, shortened if need be; None where it cannot be.

    A part shows at least one row of its first block.
    """
    n_all = sum(len(block.rows) for block in part.blocks)
    if place.size(whole := _laid_out(part, n_all, place)) <= most:
        return whole
    n_least = min(1, len(part.blocks[0].rows))
    n_fitting = bisect_left(
        range(n_least, n_all), True, key=lambda n: place.size(_laid_out(part, n, place)) > most
    )
    return _laid_out(part, n_least + n_fitting - 1, place) if n_fitting else None


def _laid_out(part: Part, n_rows: int, place: Place) -> str:
    """Return a part with so many of its rows, from the first block on."""
    texts: list[str] = []
    for block in part.blocks:
        if n_rows <= 0 and texts and block.rows:
            texts.append(f"*More of this part is {place.elsewhere}.*")
            break
        texts.append(block.text(min(n_rows, len(block.rows))))
        n_rows -= len(block.rows)
    body = _PARTED.join(filter(None, texts))
    if part.is_folded:
        return f"<details>\n<summary>{part.title}</summary>\n\n{body}\n\n</details>"
    return f"{'#' * part.level} {part.title}\n\n{body}" if part.title else body
