"""The key a server asks for: read from the environment, and kept out of everything written."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from trusteval.errors import UsageError

_VARIABLES = ("TRUSTEVAL_API_KEY", "OPENAI_API_KEY")
_SHORTEST_SECRET = 8
"""Shorter keys are placeholders such as EMPTY; a word of an answer is no leak of one."""


class ApiKey:
    """A key that shows itself in a request's header only."""

    __slots__ = ("_spellings", "_value")

    def __init__(self, value: str = "") -> None:
        self._value = value
        is_secret = len(value) >= _SHORTEST_SECRET
        self._spellings = tuple(dict.fromkeys(_spellings(value))) if is_secret else ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ApiKey:
        """Take TRUSTEVAL_API_KEY, else OPENAI_API_KEY, else none.

        Raises UsageError, without the key, for one that cannot stand in a header.
        """
        for name in _VARIABLES:
            value = environment.get(name, "").strip()
            if not value:
                continue
            if not (value.isascii() and value.isprintable()):
                raise UsageError(f"{name} holds characters that no HTTP header may hold")
            return cls(value)
        return cls()

    def __repr__(self) -> str:
        return f"ApiKey({'set' if self._value else 'none'})"

    def headers(self) -> dict[str, str]:
        """Return the header that carries the key."""
        return {"Authorization": f"Bearer {self._value}"} if self._value else {}

    def is_in(self, value: object) -> bool:
        """Whether a text or a JSON value repeats the key, as it is or in another spelling."""
        if not self._spellings:
            return False
        text = json.dumps(value)
        return any(json.dumps(spelling)[1:-1] in text for spelling in self._spellings)

    def without(self, text: str) -> str:
        """Return `text` with "[key]" where it repeats the key, or a long piece of it."""
        if not self._spellings:
            return text
        whole, kept, place = text.replace(self._value, "[key]"), [], 0
        while place < len(whole):
            length = max(_piece_at(whole, place, spelling) for spelling in self._spellings)
            kept.append("[key]" if length else whole[place])
            place += length or 1
        return "".join(kept)


def _spellings(key: str) -> Iterator[str]:
    """Yield a key as a server may repeat it: itself, backwards, in base64, in hex, in a URL."""
    raw = key.encode()
    yield from (key, key[::-1], quote(key, safe=""))
    yield from (raw.hex(), raw.hex().upper())
    for shift in range(3):
        # Within a longer text, three bytes become four letters, wherever the key begins; its first
        # and last letters depend on what stands beside it.
        coded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        whole = coded[(0, 2, 3)[shift] : len(coded) - (len(raw) + shift) % 3]
        yield from (whole, whole.replace("+", "-").replace("/", "_"))


def _piece_at(text: str, place: int, spelling: str) -> int:
    """Return how long a piece of a spelling begins here; 0 for one that is no secret."""
    length = _SHORTEST_SECRET
    if text[place : place + length] not in spelling or place + length > len(text):
        return 0
    while place + length < len(text) and text[place : place + length + 1] in spelling:
        length += 1
    return length
