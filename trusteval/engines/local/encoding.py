"""Turns texts into the tokens a model reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.checkpoints.foreign import in_one_line, is_theirs
from trusteval.engines.chat import render
from trusteval.errors import EngineError, PromptError
from trusteval.printable import printable
from trusteval.types import Prompt

Rendered = tuple[str, bool]
"""A prompt's text, and whether the tokenizer adds its special tokens."""


def encode(texts: Sequence[Rendered], tokenizer: Any) -> list[list[int]]:
    """Return the tokens of each rendered text, with special tokens where they are to be added.

    Raises EngineError for whatever the tokenizer raises.
    """
    encoded: dict[int, list[int]] = {}
    for special in {special for _, special in texts}:
        some = [i for i, (_, adds) in enumerate(texts) if adds is special]
        try:
            tokens = tokenizer([texts[i][0] for i in some], add_special_tokens=special)["input_ids"]
        except BaseException as error:
            if not is_theirs(error) or isinstance(error, MemoryError):
                raise
            raise EngineError(f"the tokenizer fails: {printable(in_one_line(error))}") from error
        encoded |= zip(some, tokens, strict=True)
    return [encoded[i] for i in range(len(texts))]


class Encoder:
    """The tokens of prompts for one model, called `name`; refuses what it cannot be fed.

    `known` is how many tokens it has an embedding of, None where it does not say.
    """

    def __init__(self, tokenizer: Any, *, name: str, known: int | None) -> None:
        self._tokenizer = tokenizer
        self._name = name
        self._known = known

    def rendered(self, prompts: Sequence[Prompt]) -> list[Rendered]:
        """Return the prompts' texts; raises PromptError for one that a template does not take."""
        return [self._rendered(prompt, index) for index, prompt in enumerate(prompts)]

    def encoded(self, texts: Sequence[Rendered]) -> list[list[int]]:
        """Return the tokens of prompts; raises PromptError for what the model cannot be fed."""
        encoded = self.tokens(texts)
        self._refuse_merged(texts, encoded)
        self.refuse_unknown(encoded)
        return encoded

    def tokens(self, texts: Sequence[Rendered]) -> list[list[int]]:
        """Return the tokens of texts, whatever they are."""
        try:
            return encode(texts, self._tokenizer)
        except EngineError as error:
            raise EngineError(f"{self._name}: {error}") from error

    def refuse_unknown(self, encoded: Sequence[Sequence[int]]) -> None:
        """Raise PromptError for a token that the model has no embedding of."""
        for index, tokens in enumerate(encoded):
            if self._known is not None and tokens and max(tokens) >= self._known:
                raise PromptError(
                    f"{self._name}: the tokenizer makes token {max(tokens)}, the model knows "
                    f"{self._known}; its tokenizer is another model's",
                    index=index,
                )

    def _rendered(self, prompt: Prompt, index: int) -> Rendered:
        try:
            return render(prompt, self._tokenizer)
        except EngineError as error:
            raise PromptError(f"{self._name}: {error}", index=index) from error

    def _refuse_merged(self, texts: Sequence[Rendered], encoded: Sequence[Sequence[int]]) -> None:
        """Raise PromptError if the tokenizer makes one prompt of many."""
        n_texts = len(set(texts))
        first: dict[tuple[int, ...], int] = {}
        for index, tokens in enumerate(encoded):
            first.setdefault(tuple(tokens), index)
        if n_texts > 1 and 2 * len(first) <= n_texts:
            merged = next(i for i, t in enumerate(encoded) if texts[i] != texts[first[tuple(t)]])
            raise PromptError(
                f"{self._name}: the tokenizer reads {n_texts} different prompts as {len(first)}; "
                "its files are damaged or another model's",
                index=merged,
            )
