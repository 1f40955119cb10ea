"""What is asked of a model in words, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who speaks; PLAIN is text to be continued as it stands, without a chat template."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


Prompt = tuple[Message, ...]


class FinishReason(StrEnum):
    """Why generation stopped: END at an end-of-text token, LENGTH at the token limit."""

    END = "end"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Response:
    """What a model said, complete up to the setting's token limit or the end of text."""

    text: str
    finish_reason: FinishReason
    n_prompt_tokens: int
    n_new_tokens: int
