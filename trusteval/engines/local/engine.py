"""Runs one model with transformers: what prompts share is read once, answers in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from trusteval.engines.chat import render
from trusteval.engines.health import MOST_SHORTFALL, PROMPTS, health_text
from trusteval.engines.local.batching import Batch, halve, plan_batches, rows_of, without
from trusteval.engines.local.decoding import Decoder, PlainDecoder
from trusteval.engines.local.encoding import encode
from trusteval.engines.local.health_check import check_health, find_shortfall
from trusteval.engines.local.memory import default_budget, plan_memory
from trusteval.engines.local.packed_decoder import PackedDecoder
from trusteval.errors import EngineError, PromptError
from trusteval.system.files import abbreviated
from trusteval.types import Draw, FinishReason, Health, Prompt, Response

_SMOKE_TOKENS = 4
"""How many tokens of an answer the smoke run checks."""


class HFEngine:
    """One loaded model and its tokenizer; `budget` bytes are for all but its weights."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str, budget: int | None = None) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.name = name
        config = model.config.get_text_config()
        self._context_length = int(getattr(config, "max_position_embeddings", 0) or 0)
        self._stops = _stop_tokens(model, tokenizer)
        self._plan = plan_memory(model, budget=budget or default_budget(str(model.device)))
        self.decoder: Decoder = PackedDecoder(
            model,
            stops=self._stops,
            tokens_at_once=self._plan.tokens_at_once,
            threads=self._plan.threads,
        )
        if not self._decodes_faithfully():
            self.decoder = PlainDecoder(model, stops=self._stops)

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        if not prompts:
            return
        encoded = self.encode(prompts)
        self._refuse_too_long(encoded, max_new_tokens)
        finished = frozenset(done)
        for batch in self._batches(encoded, max_new_tokens):
            if missing := without(batch, finished):
                yield self._run(encoded, missing, max_new_tokens, draw)

    def check_health(self) -> Health:
        (tokens,) = self._tokens([(health_text(), True)])
        if not tokens:
            raise EngineError(f"{self.name}: the tokenizer makes no tokens from English text")
        self._refuse_unknown([tokens])
        with self._explaining_memory(len(tokens)):
            return check_health(self)

    def encode(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        """Return the prompts' tokens, as `generate` feeds them.

        Raises PromptError for a prompt that the template or the tokenizer does not let through.
        """
        texts = [self._rendered(prompt, index) for index, prompt in enumerate(prompts)]
        encoded = self._tokens(texts)
        self._refuse_merged(texts, encoded)
        self._refuse_unknown(encoded)
        return encoded

    def _tokens(self, texts: Sequence[tuple[str, bool]]) -> list[list[int]]:
        try:
            return encode(texts, self.tokenizer)
        except EngineError as error:
            raise EngineError(f"{self.name}: {error}") from error

    def _refuse_unknown(self, encoded: Sequence[Sequence[int]]) -> None:
        """Raise PromptError for a token that the model has no embedding of."""
        known = getattr(self.model.get_input_embeddings(), "num_embeddings", None)
        if known is None:
            return
        for index, tokens in enumerate(encoded):
            if tokens and max(tokens) >= known:
                raise PromptError(
                    f"{self.name}: the tokenizer makes token {max(tokens)}, the model knows "
                    f"{known}; its tokenizer is another model's",
                    index=index,
                )

    def _rendered(self, prompt: Prompt, index: int) -> tuple[str, bool]:
        try:
            return render(prompt, self.tokenizer)
        except EngineError as error:
            raise PromptError(f"{self.name}: {error}", index=index) from error

    def _refuse_merged(
        self, texts: Sequence[tuple[str, bool]], encoded: Sequence[Sequence[int]]
    ) -> None:
        """Raise PromptError if the tokenizer makes one prompt of many."""
        n_texts = len(set(texts))
        first: dict[tuple[int, ...], int] = {}
        for index, tokens in enumerate(encoded):
            first.setdefault(tuple(tokens), index)
        if n_texts > 1 and 2 * len(first) <= n_texts:
            merged = next(i for i, t in enumerate(encoded) if texts[i] != texts[first[tuple(t)]])
            raise PromptError(
                f"{self.name}: the tokenizer reads {n_texts} different prompts as {len(first)}; "
                "its files are damaged or another model's",
                index=merged,
            )

    def begin_answers(self, encoded: Sequence[Sequence[int]]) -> list[list[int]]:
        """Return the first tokens of each answer, by the way of `generate`."""
        new: dict[int, list[int]] = {}
        for batch in self._batches(encoded, _SMOKE_TOKENS):
            answers = self.decoder.answer(encoded, batch, max_new_tokens=_SMOKE_TOKENS)
            new |= zip(rows_of(batch), answers, strict=True)
        return [new[i] for i in range(len(encoded))]

    def _batches(self, encoded: Sequence[Sequence[int]], new_tokens: int) -> list[Batch]:
        limits = self._plan.limits(max(map(len, encoded)) + new_tokens)
        return plan_batches(encoded, new_tokens=new_tokens, limits=limits)

    def close(self) -> None:
        del self.model, self.decoder
        _free_memory()

    def _decodes_faithfully(self) -> bool:
        """Say whether the model can be packed, and answers as it does in a plain pass."""
        takes_other_attention = getattr(self.model, "_supports_attention_backend", False)
        if not takes_other_attention or _positions_depend_on_length(self.model):
            return False
        try:
            with self._explaining_memory(max(map(len, self.encode(PROMPTS)))):
                return find_shortfall(self) <= MOST_SHORTFALL
        except (EngineError, TypeError, AttributeError):
            return False  # it asks its attention for something else, or is broken itself

    def _refuse_too_long(self, encoded: Sequence[Sequence[int]], max_new_tokens: int) -> None:
        for index, tokens in enumerate(encoded):
            if not tokens:
                raise PromptError(f"{self.name}: the prompt is empty", index=index)
            if self._context_length and len(tokens) + max_new_tokens > self._context_length:
                raise PromptError(
                    f"{self.name}: the prompt has {len(tokens)} tokens and may get "
                    f"{max_new_tokens} more; the model's context is {self._context_length}",
                    index=index,
                )

    def _run(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        max_new_tokens: int,
        draw: Draw | None,
    ) -> dict[int, Response]:
        """Answer a batch; where memory runs out, one half after the other."""
        rows = rows_of(batch)
        new = self._answer_if_it_fits(encoded, batch, max_new_tokens, draw)
        if new is None:
            self.decoder.forget()
            _free_memory()
            first, second = halve(batch)
            return {
                **self._run(encoded, first, max_new_tokens, draw),
                **self._run(encoded, second, max_new_tokens, draw),
            }
        return {
            row: self._response(tokens, len(encoded[row]))
            for row, tokens in zip(rows, new, strict=True)
        }

    def _answer_if_it_fits(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        max_new_tokens: int,
        draw: Draw | None,
    ) -> list[list[int]] | None:
        """Return the new tokens of each row, None if several rows are too many for the memory."""
        rows = rows_of(batch)
        try:
            with self._explaining_memory(max(len(encoded[row]) for row in rows)):
                return self.decoder.answer(encoded, batch, max_new_tokens=max_new_tokens, draw=draw)
        except _OutOfMemoryError:
            if len(rows) == 1:
                raise
            return None
        except EngineError as error:
            raise EngineError(f"{self.name}: {error}") from error

    @contextmanager
    def _explaining_memory(self, n_tokens: int) -> Iterator[None]:
        """Raise EngineError where the memory is too small."""
        try:
            yield
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
            raise _OutOfMemoryError(
                f"{self.name}: out of memory on {self.model.device} with a single prompt of "
                f"{n_tokens} tokens; use a smaller dtype, packed storage, or a device with more "
                "memory"
            ) from error

    def _response(self, tokens: Sequence[int], n_prompt_tokens: int) -> Response:
        ended = bool(tokens) and tokens[-1] in self._stops
        spoken = list(tokens[:-1] if ended else tokens)
        return Response(
            text=self.tokenizer.decode(spoken, skip_special_tokens=True),
            finish_reason=FinishReason.END if ended else FinishReason.LENGTH,
            n_prompt_tokens=n_prompt_tokens,
            n_new_tokens=len(tokens),
        )


class _OutOfMemoryError(EngineError):
    """The device's memory is too small for what was asked."""


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    declared = getattr(model.generation_config, "eos_token_id", None)
    listed = declared if isinstance(declared, list) else [declared]
    stops = [token for token in (*listed, tokenizer.eos_token_id) if token is not None]
    if odd := [token for token in stops if not isinstance(token, int)]:
        raise EngineError(f"eos_token_id names {abbreviated(odd[0])}, expected numbers of tokens")
    return frozenset(stops)


def _positions_depend_on_length(model: Any) -> bool:
    """Say whether rotary embeddings change with the longest prompt of a batch."""
    rope = getattr(model.config.get_text_config(), "rope_parameters", None) or {}
    kinds = [rope, *(value for value in rope.values() if isinstance(value, dict))]
    return any(kind.get("rope_type") in ("dynamic", "longrope") for kind in kinds)


def _is_out_of_memory(error: BaseException) -> bool:
    import torch

    # On a CPU torch raises a plain RuntimeError that names its allocator.
    return isinstance(error, torch.OutOfMemoryError) or "DefaultCPUAllocator" in str(error)


def _free_memory() -> None:
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
