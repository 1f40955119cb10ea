"""The key a server asks for: read from the environment, and kept out of everything written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from trusteval.errors import UsageError

_VARIABLES = ("TRUSTEVAL_API_KEY", "OPENAI_API_KEY")
_SHORTEST_SECRET = 8
"""Shorter keys are placeholders such as EMPTY; a word of an answer is no leak of one."""


class ApiKey:
    """A key that shows itself in a request's header only."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

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
        """Whether a text or a JSON value repeats the key."""
        return len(self._value) >= _SHORTEST_SECRET and json.dumps(self._value)[1:-1] in json.dumps(
            value
        )

    def without(self, text: str) -> str:
        """Return `text` with "[key]" where it repeats the key, or a long piece of it."""
        if len(self._value) < _SHORTEST_SECRET:
            return text
        whole, kept, place = text.replace(self._value, "[key]"), [], 0
        while place < len(whole):
            length = self._piece_at(whole, place)
            kept.append("[key]" if length else whole[place])
            place += length or 1
        return "".join(kept)

    def _piece_at(self, text: str, place: int) -> int:
        """Return how long a piece of the key begins here; 0 for one that is no secret."""
        length = _SHORTEST_SECRET
        if text[place : place + length] not in self._value or place + length > len(text):
            return 0
        while place + length < len(text) and text[place : place + length + 1] in self._value:
            length += 1
        return length
