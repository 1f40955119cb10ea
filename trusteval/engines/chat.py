"""Renders a conversation to the text a model reads; chat templates are full of surprises.

A system turn the template refuses or swallows joins the first user turn, today's date is pinned,
thinking is switched off where it can be, and a model without a template gets a plain layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.types import Message, Prompt, Role

PINNED_DATE = "01 Jan 2025"
"""What templates that print the date are told, so that prompts do not change overnight."""


def render(prompt: Prompt, tokenizer: Any) -> tuple[str, bool]:
    """Return the text of `prompt` and whether the tokenizer must add its special tokens.

    Templates write their own special tokens; adding them again would double them.
    """
    if any(message.role is Role.PLAIN for message in prompt):
        return "".join(message.content for message in prompt), True
    if not getattr(tokenizer, "chat_template", None):
        return plain_layout(prompt), True
    system = next((m.content for m in prompt if m.role is Role.SYSTEM), None)
    if system is None:
        return _apply(prompt, tokenizer), False
    from jinja2 import TemplateError

    try:
        rendered = _apply(prompt, tokenizer)
    except TemplateError:
        return _apply(fold_system(prompt), tokenizer), False
    if system.strip() not in rendered:
        rendered = _apply(fold_system(prompt), tokenizer)
    return rendered, False


def fold_system(prompt: Prompt) -> Prompt:
    """Move the system text to the head of the first user turn."""
    system = "\n\n".join(m.content for m in prompt if m.role is Role.SYSTEM)
    turns = [m for m in prompt if m.role is not Role.SYSTEM]
    first = next(i for i, m in enumerate(turns) if m.role is Role.USER)
    turns[first] = Message(Role.USER, f"{system}\n\n{turns[first].content}")
    return tuple(turns)


def plain_layout(prompt: Prompt) -> str:
    """Lay a conversation out for a model without a chat template.

    System text and questions stand alone, answers follow on a line of their own.
    """
    parts = []
    for message in prompt:
        match message.role:
            case Role.ASSISTANT:
                parts.append(f"Answer: {message.content}\n\n")
            case Role.USER:
                parts.append(f"{message.content}\n")
            case _:
                parts.append(f"{message.content}\n\n")
    return "".join(parts) + "Answer:"


def _apply(prompt: Sequence[Message], tokenizer: Any) -> str:
    template = tokenizer.chat_template
    if isinstance(template, str) and "strftime_now" in template:
        # transformers hands the template this clock itself; a macro of the same name hides it.
        template = f"{{% macro strftime_now(format) %}}{PINNED_DATE}{{% endmacro %}}{template}"
    return str(
        tokenizer.apply_chat_template(
            [{"role": str(m.role), "content": m.content} for m in prompt],
            chat_template=template,
            tokenize=False,
            add_generation_prompt=True,
            enable_thinking=False,
            date_string=PINNED_DATE,
        )
    )
