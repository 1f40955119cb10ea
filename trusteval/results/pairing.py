"""Lays two runs' items of a task beside each other: by their content, never by their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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

    `names` are what the two are called, `shared_only` lets items be left out. An item that is
    there several times must be so on both sides: its rows are one unit, whose sum is compared.
    """
    ours, its = _by_key(before), _by_key(after)
    known = sorted(ours.keys() & its.keys())
    shared = [key for key in known if len(ours[key]) == len(its[key])]
    sides = (
        (ours, [key for key in ours if key not in its], f"only in {names[0]}"),
        (its, [key for key in its if key not in ours], f"only in {names[1]}"),
        (ours, [key for key in known if len(ours[key]) != len(its[key])], "not as often in both"),
    )
    alone = "; ".join(
        _told(side[keys[0]][0], len(keys), where) for side, keys, where in sides if keys
    )
    if not shared:
        return Unavailable(f"no item is in both: {alone}" if alone else "neither has an item")
    if alone and not shared_only:
        return Unavailable(f"other items: {alone}; --shared compares the {len(shared)} in both")
    return Paired(
        tuple(item for key in shared for item in ours[key]),
        tuple(item for key in shared for item in its[key]),
        f"over the {len(shared)} items in both: {alone}" if alone else "",
    )


def _by_key(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(item.key, []).append(item)
    return found


def _told(first: Item, n: int, where: str) -> str:
    text = " ".join(first.text.split())
    shown = text if len(text) <= _TEXT else f"{text[:_TEXT]}..."
    return f"{n} {where}, the first {item_name(first)} ({shown})"
