"""Finds the reasoning in a reply that holds no answer, wherever a server puts it.

`reasoning_content` (SGLang, llama.cpp, older vLLM, DeepSeek), `reasoning` (vLLM, Ollama, Groq,
OpenRouter), `reasoning_details` (OpenRouter, MiniMax), `thinking`, `thought`, `thinking_blocks`
(LiteLLM), parts of `content` of type "thinking" (Mistral); or only counted, in `usage`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"reasoning|think|thought|analysis|chain_of", re.IGNORECASE)
_NO_TEXT = re.compile(r"reason$|effort|signature|token|format|budget", re.IGNORECASE)
_MOST_TOKENS = 1 << 31
_OPTION = "--default-chat-template-kwargs '{\"enable_thinking\": false}'"


@dataclass(frozen=True, slots=True)
class Thought:
    """A reply without an answer: where its reasoning stood."""

    where: str

    def sentence(self, *, max_new_tokens: int, answered: int) -> str:
        """Say what is wrong and what to do; `answered` is how many other replies hold answers."""
        mixed = (
            f"{answered} other so far had a text: it thinks of some prompts only"
            if answered
            else "no answer so far had a text"
        )
        return (
            f"it thinks, although it was asked not to: a reply holds reasoning ({self.where}) and "
            f"no answer within the setting's {max_new_tokens} tokens, which no option raises; "
            f"{mixed}; switch thinking off where the server is started (vLLM, SGLang: "
            f"{_OPTION}; llama.cpp: --reasoning-budget 0; TGI: a chat template that does not "
            "think), or write MODEL?route=completions, which goes without the chat template"
        )


def find_thought(choice: Mapping[str, Any], usage: object) -> Thought | None:
    """Return where a choice without an answer holds reasoning, if it does."""
    message = choice.get("message")
    for part, path in ((message, "message."), (choice, "")):
        if isinstance(part, dict):
            for name in _reasoning_fields(part):
                return Thought(f"{path}{name}")
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list) and any(_is_thinking(part) for part in content):
        return Thought("message.content")
    details = usage.get("completion_tokens_details") if isinstance(usage, dict) else None
    counted = details.get("reasoning_tokens") if isinstance(details, dict) else None
    if isinstance(counted, int) and 0 < counted < _MOST_TOKENS:
        return Thought(f"{counted} reasoning_tokens")
    return None


def _reasoning_fields(part: Mapping[str, Any]) -> Iterator[str]:
    for name, value in part.items():
        if _NAME.search(name) and not _NO_TEXT.search(name) and _holds_something(value):
            yield name if name.isprintable() and len(name) <= 40 else "reasoning"


def _holds_something(value: object) -> bool:
    match value:
        case str():
            return bool(value.strip())
        case list() | dict():
            return bool(value)
        case _:
            return False


def _is_thinking(part: object) -> bool:
    return isinstance(part, dict) and bool(_NAME.search(str(part.get("type", ""))))
