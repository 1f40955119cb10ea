"""Texts of others as a judge is shown them: not too long, without a model's control words.

Nothing keeps a model from being talked to by what it reads. What can be done is done: what is
shown ends at a mark that nobody can foresee, and closes no turn of the conversation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trusteval.judging.texts import JudgeTexts
from trusteval.system.digests import digest

MOST_ASKED, MOST_ANSWERED = 4_000, 8_000
"""Characters of a question and of an answer that are shown; an answer of 256 tokens has 1,500."""
_HEAD = 2 / 3
"""What is kept of the beginning of a text that is too long; the rest is its end."""
_CONTROL = re.compile(
    r"<(?=\||/?s>|/?<?/?sys>>|(?:start|end)_of_turn>|(?:begin|end)[ _]conversation>|/?think>)"
    r"|\[(?=/?inst\])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text as it is shown, and how many of its characters are left out in the middle."""

    text: str
    n_left_out: int = 0


def excerpt(text: str, *, most: int, texts: JudgeTexts) -> Excerpt:
    """Show at most `most` characters of a text: both ends, and how many are left out between."""
    if len(text) <= most:
        return Excerpt(defused(text))
    head = int(most * _HEAD)
    n = len(text) - most
    middle = texts.text("shown", "left_out", n=n)
    return Excerpt(defused(f"{text[:head]}\n{middle}\n{text[head + n :]}"), n)


def defused(text: str) -> str:
    """Part what a chat template or a guard would take for its own: <|im_end|>, [/INST], </s>."""
    return _CONTROL.sub(lambda found: f"{found[0]} ", text)


def mark_of(*texts: str) -> str:
    """Return the mark that texts are shown between: of these texts alone, and in none of them."""
    return digest(texts)[:12]
