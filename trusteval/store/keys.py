"""Addresses of responses: the hash of everything that decided one, never a name."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.system.as_declared import shown
from trusteval.system.digests import canonical_json, digest
from trusteval.types import Prompt

_KEY = re.compile("[0-9a-f]{64}")
_MEASURED = "natural logarithm of the whole label, 1"
"""What is recorded of a label; another definition needs another number."""


def response_key(context: str, prompt: Prompt, *, max_new_tokens: int) -> str:
    """Address one response: what ran (a context's digest), what was asked, how long it may be."""
    asked = {"context": context, "messages": _messages(prompt), "max_new_tokens": max_new_tokens}
    return digest(asked)


def probabilities_key(response: str, labels: Sequence[str]) -> str:
    """Address the log-probabilities of labels at the start of the response of a key."""
    return digest({"response": response, "labels": list(labels), "measured": _MEASURED})


def address(key: str) -> bytes:
    """Return a key as rows hold it; raises ValueError for one that is none."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValueError(f"expected a key of 64 hexadecimal digits, got {shown(key)}")
    return bytes.fromhex(key)


@dataclass(frozen=True, slots=True)
class AskedPrompts:
    """Prompts as they are hashed; what all of them begin with is held, and hashed, once.

    Every variant is asked the same, and few-shot prompts share most of their text.
    """

    shared: bytes
    own: tuple[bytes, ...]

    @classmethod
    def of(cls, prompts: Sequence[Prompt]) -> AskedPrompts:
        """Serialise prompts."""
        asked = [canonical_json(_messages(prompt)).encode() for prompt in prompts]
        shared = os.path.commonprefix(asked) or b""  # noqa: RUF071  (of any bytes)
        return cls(shared, tuple(messages[len(shared) :] for messages in asked))

    def keys(self, context: str, *, max_new_tokens: int) -> list[str]:
        """Return the `response_key` of each prompt."""
        # Keys of a canonical object are in the order of the alphabet: the messages come last.
        first = canonical_json({"context": context, "max_new_tokens": max_new_tokens})[:-1]
        begun = hashlib.sha256(f'{first},"messages":'.encode() + self.shared)
        keys = []
        for own in self.own:
            whole = begun.copy()
            whole.update(own + b"}")
            keys.append(whole.hexdigest())
        return keys


def _messages(prompt: Prompt) -> list[list[str]]:
    return [[message.role, message.content] for message in prompt]
