"""Lays two runs' items of a task beside each other: by their content, never by their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from trusteval.printable import shortened
from trusteval.results.tool_run import Item
from trusteval.types import Unavailable

_TEXT = 40
"""How much of an item's text stands beside its name."""


@dataclass(frozen=True, slots=True)
class Paired:
    """What two runs recorded of the same items, in one order.

    `left_out` says which items only one of them has, "" where both have all.
    """

    before: tuple[Item, ...]
    after: tuple[Item, ...]
    left_out: str = ""


def item_name(item: Item) -> str:
    """Return what an item is called: as much of its hash as tells items apart."""
    return item.key[:12]


def pair_items(
    before: Iterable[Item],
    after: Iterable[Item],
    *,
    names: tuple[str, str] = ("the first run", "the second run"),
    shared_only: bool = False,
) -> Paired | Unavailable:
    """Return the items of both, or say which are in one of the two only.

    `names` are what the two are called, `shared_only` lets items be left out.
    """
    ours, its = ({item.key: item for item in items} for items in (before, after))
    shared = sorted(ours.keys() & its.keys())
    sides = (
        ([item for key, item in ours.items() if key not in its], f"only in {names[0]}"),
        ([item for key, item in its.items() if key not in ours], f"only in {names[1]}"),
    )
    alone = "; ".join(_told(items, where) for items, where in sides if items)
    if not shared:
        return Unavailable(f"no item is in both: {alone}" if alone else "neither has an item")
    if alone and not shared_only:
        return Unavailable(f"other items: {alone}; --shared compares the {len(shared)} in both")
    return Paired(
        tuple(ours[key] for key in shared),
        tuple(its[key] for key in shared),
        f"over the {len(shared)} items in both: {alone}" if alone else "",
    )


def _told(items: Sequence[Item], where: str) -> str:
    shown = shortened(items[0].text, most=_TEXT)
    return f"{len(items)} {where}, the first {item_name(items[0])} ({shown})"
