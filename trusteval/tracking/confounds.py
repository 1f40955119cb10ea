"""What besides the weights differs in how two subjects ran; a difference may come from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

VOTERS = "vote over"
"""What of a vote's identity names its members, with the identity of each."""
TOKENIZING = "tokenizing"
"""What of an identity says what the tokenizer does, where its files are called `tokenizer`."""
_FILES = "tokenizer"
_WEIGHTS = ("weights", "script", "recording", "variant", "model", VOTERS)
_DIGITS = 40


def confounds(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what differs between the identities of two subjects; a vote ran as its members did.

    Tokenizers are compared by what they do where both sides know, else by their files, which
    differ when they are saved again too.
    """
    ours, its = _values(before), _values(after)
    known = all(any(map(_is_of(TOKENIZING), side)) for side in (ours, its))
    left_out = _is_of(_FILES if known else TOKENIZING)
    ours, its = (
        {name: found for name, found in side.items() if not left_out(name)} for side in (ours, its)
    )
    names = sorted({*ours, *its})
    if ours.get("engine") != its.get("engine"):  # what only one engine knows follows from that
        names = ["engine", *(n for n in names if n != "engine" and n in ours and n in its)]
    return tuple(
        f"{_called(name)}: {_shown(name, ours)} before, {_shown(name, its)} after"
        for name in names
        if ours.get(name) != its.get(name)
    )


def _values(identity: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the different values of each name, over a vote's members."""
    found: dict[str, set[str]] = {}
    for part in identity.get(VOTERS, {"": identity}).values():
        for name, value in _flat(part):
            found.setdefault(name, set()).add(value)
    return {name: sorted(values) for name, values in found.items()}


def _flat(described: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in described.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name} ")
        elif prefix or name not in _WEIGHTS:
            yield f"{prefix}{name}", str(value)


def _is_of(part: str) -> Callable[[str], bool]:
    return lambda name: name.split(" ")[0] == part


def _called(name: str) -> str:
    return f"{_FILES}{name.removeprefix(TOKENIZING)}" if _is_of(TOKENIZING)(name) else name


def _shown(name: str, values: Mapping[str, list[str]]) -> str:
    nothing = "none" if _is_of(TOKENIZING)(name) else "unknown"
    return " and ".join(value[:_DIGITS] for value in values.get(name, ())) or nothing
