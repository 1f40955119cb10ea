"""Words what a run lacks that judges recorded answers alone, and what the store holds instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from trusteval.engines.engine import Backend
from trusteval.errors import UnrecordedError
from trusteval.evaluation.sheet import Sheet
from trusteval.store import ResponseStore
from trusteval.store.inventory import descriptions
from trusteval.types import Variant

_ASKS_NOBODY = "a run with --trust-recorded-only asks nobody"
_MOST_SHOWN = 3
_MOST_LETTERS = 24
"""What tells two values apart: digests are longer."""


def refuse_unrecorded(sheet: Sheet, variant: Variant, context: Mapping[str, Any]) -> None:
    """Raise UnrecordedError if answers to a setting are missing."""
    if sheet.n_unanswered:
        raise UnrecordedError(
            f"response store {sheet.store.path} lacks {sheet.n_unanswered:,} of {len(sheet):,} "
            f"answers of {variant.name} to {sheet.setting.id}, and {_ASKS_NOBODY}"
            f"{_instead(sheet.store, variant, context)}"
        )


def refuse_unseen(
    store: ResponseStore, backend: Backend, variant: Variant, context: Mapping[str, Any]
) -> None:
    """Raise UnrecordedError if a variant with weights was never looked at.

    What has no tokens here has no weights here either: there is nothing to look at.
    """
    if backend.vocabularies(variant):
        raise UnrecordedError(
            f"response store {store.path} holds no look at {variant.name}, and {_ASKS_NOBODY}"
            f"{_instead(store, variant, context)}"
        )


def _instead(store: ResponseStore, variant: Variant, context: Mapping[str, Any]) -> str:
    """Say in what the recorded contexts differ from this one; nothing if it is among them."""
    here = dict(_values(context))
    others = [dict(_values(description)) for description in descriptions(store)]
    if not others:
        return ": nothing is recorded in it"
    if here in others:
        return ""
    apart = min((_apart(here, there) for there in others), key=len)
    shown = "; ".join(
        f"{name} {_short(there)} there, {_short(here)} here"
        for name, (there, here) in list(apart.items())[:_MOST_SHOWN]
    )
    return (
        f"; nothing in it is of {variant.name} as it is here, what comes nearest differs: {shown}"
    )


def _apart(here: Mapping[str, str], there: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    names = sorted(here.keys() | there.keys())
    found = {name: (there.get(name, "none"), here.get(name, "none")) for name in names}
    return {name: (one, other) for name, (one, other) in found.items() if one != other}


def _values(description: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in description.items():
        if isinstance(value, Mapping):
            yield from _values(value, f"{within}{name} ")
        else:
            yield f"{within}{name}", str(value)


def _short(value: str) -> str:
    return value if len(value) <= _MOST_LETTERS else f"{value[: _MOST_LETTERS // 2]}..."
