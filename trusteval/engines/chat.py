"""Renders a conversation to the text a model reads; chat templates are full of surprises.

A system turn the template refuses or swallows joins the first user turn, one that reads content
parts gets them, today's date is pinned, thinking is switched off where it can be, and a model
without a template gets a plain layout. What a turn says is in the text, or nothing is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from trusteval.checkpoints.foreign import in_one_line
from trusteval.engines.rendering import TemplateError, renderer
from trusteval.errors import EngineError
from trusteval.printable import printable
from trusteval.types import Message, Prompt, Role

PINNED_DATE = "01 Jan 2025"
"""What templates that print the date are told, so that prompts do not change overnight."""

_IN_PARTS = (frozenset[Role](), frozenset(Role), frozenset([Role.USER]))
"""Whose turns are given as lists of content parts: one form is tried after the other."""

_FILES = ("chat_template.jinja", "chat_template.json", "tokenizer_config.json")


def render(prompt: Prompt, tokenizer: Any) -> tuple[str, bool]:
    """Return the text of `prompt` and whether the tokenizer must add its special tokens.

    Templates write their own special tokens; adding them again would double them. Raises
    EngineError naming the template's file if it fails, or leaves out a turn's text in every form.
    """
    if any(message.role is Role.PLAIN for message in prompt):
        return "".join(message.content for message in prompt), True
    if not getattr(tokenizer, "chat_template", None):
        return plain_layout(prompt), True
    template, failures = _template(tokenizer), []
    forms = [(turns, in_parts) for in_parts in _IN_PARTS for turns in _forms(prompt)]
    for turns, in_parts in forms:
        try:
            text = _apply(turns, tokenizer, template=template, in_parts=in_parts)
        except TemplateError as error:
            failures.append(printable(in_one_line(error)))
            if error.is_bound:
                raise EngineError(
                    f"{_place(tokenizer)}: the chat template fails: {failures[-1]}"
                ) from error
            continue
        if holds(text, turns):
            return text, False
    raise EngineError(
        f"{_place(tokenizer)}: the chat template fails: {failures[0]}"
        if len(failures) == len(forms)
        else f"{_place(tokenizer)}: the chat template leaves out what is asked, given as text and "
        "as a list of content parts; expected every turn's text in the prompt"
    )


def holds(text: str, prompt: Prompt) -> bool:
    """Whether a rendered text has what every turn says, in order, whatever the white space.

    The system's text may stand anywhere. A list of parts that was printed as it is does not count.
    """
    shown, at = _squeezed(text), 0
    said = [(message, _squeezed(message.content)) for message in prompt]
    printed = _squeezed("'type': 'text'")
    if shown.count(printed) > sum(content.count(printed) for _, content in said):
        return False
    for message, content in said:
        found = shown.find(content, 0 if message.role is Role.SYSTEM else at)
        if found < 0:
            return False
        if message.role is not Role.SYSTEM:
            at = found + len(content)
    return True


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _forms(prompt: Prompt) -> tuple[Prompt, ...]:
    has_system = any(message.role is Role.SYSTEM for message in prompt)
    return (prompt, fold_system(prompt)) if has_system else (prompt,)


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


def _template(tokenizer: Any) -> Any:
    """Return the template; of several that go by names the default one."""
    template = tokenizer.chat_template
    if not isinstance(template, dict):
        return template
    if "default" in template or len(template) == 1:
        return template.get("default", next(iter(template.values())))
    raise EngineError(
        f"{_place(tokenizer)}: there are several chat templates ({', '.join(sorted(template))}), "
        "and none is called default; keep the one to be used"
    )


def _apply(
    prompt: Sequence[Message], tokenizer: Any, *, template: Any, in_parts: Collection[Role]
) -> str:
    if isinstance(template, str) and "strftime_now" in template:
        # A macro of the clock's name, which also hides the one that transformers hands over.
        template = f"{{% macro strftime_now(format) %}}{PINNED_DATE}{{% endmacro %}}{template}"
    messages = [
        {
            "role": str(m.role),
            "content": [{"type": "text", "text": m.content}] if m.role in in_parts else m.content,
        }
        for m in prompt
    ]
    settings = {
        "add_generation_prompt": True,
        "enable_thinking": False,
        "date_string": PINNED_DATE,
    }
    if _applies_its_own(tokenizer):
        try:
            return str(
                tokenizer.apply_chat_template(
                    messages, chat_template=template, tokenize=False, **settings
                )
            )
        except Exception as error:  # its code was let in, and may raise anything
            raise TemplateError(in_one_line(error)) from error
    special = getattr(tokenizer, "special_tokens_map", None) or {}
    return renderer().render(
        template,
        {
            **{name: _plain(token) for name, token in special.items()},
            **settings,
            "messages": messages,
            "tools": None,
            "documents": None,
        },
    )


def _applies_its_own(tokenizer: Any) -> bool:
    """Whether a tokenizer of transformers has, as code that was let in, its own way to lay out."""
    kinds = type(tokenizer).__mro__
    base = next((kind for kind in kinds if kind.__name__ == "PreTrainedTokenizerBase"), None)
    own = getattr(type(tokenizer), "apply_chat_template", None)
    return base is not None and own is not getattr(base, "apply_chat_template", None)


def _plain(token: object) -> object:
    """Return a special token as what goes into a text; lists of them stay lists."""
    return [str(one) for one in token] if isinstance(token, list | tuple) else str(token)


def _place(tokenizer: Any) -> Path:
    """Return the file that the template comes from, or the folder."""
    folder = Path(str(getattr(tokenizer, "name_or_path", "") or "the tokenizer"))
    return next((folder / name for name in _FILES if (folder / name).is_file()), folder)
