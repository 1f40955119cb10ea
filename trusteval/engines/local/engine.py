"""Runs one model with transformers: what prompts share is read once, answers in batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from trusteval.engines.engine import Weighed
from trusteval.engines.health import MOST_SHORTFALL, PROMPTS, health_text
from trusteval.engines.local.batching import Batch, halve, plan_batches, rows_of, without
from trusteval.engines.local.decoding import Decoder, PlainDecoder, stop_tokens
from trusteval.engines.local.encoding import Encoder, Rendered
from trusteval.engines.local.health_check import check_health, find_shortfall
from trusteval.engines.local.label_tokens import LabelTokens, label_logs, label_tokens
from trusteval.engines.local.memory import (
    default_budget,
    free_memory,
    is_out_of_memory,
    plan_memory,
)
from trusteval.engines.local.packed_decoder import PackedDecoder
from trusteval.errors import EngineError, PromptError
from trusteval.types import Draw, FinishReason, Health, Prompt, Response

_T = TypeVar("_T")
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
        known = getattr(model.get_input_embeddings(), "num_embeddings", None)
        self._encoder = Encoder(tokenizer, name=name, known=known)
        self._stops = stop_tokens(model, tokenizer)
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
        encoded = self.encode(prompts)

        def answer(batch: Batch) -> dict[int, Response]:
            new = self.decoder.answer(encoded, batch, max_new_tokens=max_new_tokens, draw=draw)
            return {
                row: self._response(tokens, len(encoded[row]))
                for row, tokens in zip(rows_of(batch), new, strict=True)
            }

        yield from self._run(encoded, answer, max_new_tokens=max_new_tokens, done=done)

    def weigh(
        self,
        prompts: Sequence[Prompt],
        *,
        labels: Sequence[str],
        max_new_tokens: int,
        done: Collection[int] = (),
        answered: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Weighed]]:
        texts = self._encoder.rendered(prompts)
        encoded = self._encoder.encoded(texts)
        tokens = dict(enumerate(self._label_tokens(texts, labels)))
        finished = frozenset(answered)

        def weigh(batch: Batch) -> dict[int, Weighed]:
            told = self.decoder.weigh(
                encoded,
                batch,
                labels=tokens,
                answered=finished,
                max_new_tokens=max_new_tokens,
                draw=draw,
            )
            return {
                row: Weighed(
                    None if row in finished else self._response(one.new, len(encoded[row])),
                    label_logs(labels, tokens[row], one.logs),
                )
                for row, one in zip(rows_of(batch), told, strict=True)
            }

        yield from self._run(encoded, weigh, max_new_tokens=max_new_tokens, done=done)

    def check_health(self) -> Health:
        (tokens,) = self._encoder.tokens([(health_text(), True)])
        if not tokens:
            raise EngineError(f"{self.name}: the tokenizer makes no tokens from English text")
        self._encoder.refuse_unknown([tokens])
        with self._explaining_memory(len(tokens)):
            return check_health(self)

    def encode(self, prompts: Sequence[Prompt]) -> list[list[int]]:
        """Return the prompts' tokens, as `generate` feeds them.

        Raises PromptError for a prompt that the template or the tokenizer does not let through.
        """
        return self._encoder.encoded(self._encoder.rendered(prompts))

    def _label_tokens(self, texts: Sequence[Rendered], labels: Sequence[str]) -> list[LabelTokens]:
        try:
            tokens = label_tokens([text for text, _ in texts], labels, self.tokenizer)
        except EngineError as error:
            raise EngineError(f"{self.name}: {error}") from error
        self._encoder.refuse_unknown(
            [[token for label in of_one for token in label] for of_one in tokens]
        )
        return tokens

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
        free_memory()

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
        doing: Callable[[Batch], dict[int, _T]],
        *,
        max_new_tokens: int,
        done: Collection[int],
    ) -> Iterator[dict[int, _T]]:
        """Do something to each batch, without what is done."""
        if not encoded:
            return
        self._refuse_too_long(encoded, max_new_tokens)
        finished = frozenset(done)
        for batch in self._batches(encoded, max_new_tokens):
            if missing := without(batch, finished):
                yield self._within_memory(encoded, missing, doing)

    def _within_memory(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        doing: Callable[[Batch], dict[int, _T]],
    ) -> dict[int, _T]:
        """Do something to a batch; where memory runs out, to one half after the other."""
        rows = rows_of(batch)
        try:
            with self._explaining_memory(max(len(encoded[row]) for row in rows)):
                return doing(batch)
        except _OutOfMemoryError:
            if len(rows) == 1:
                raise
        except EngineError as error:
            raise EngineError(f"{self.name}: {error}") from error
        self.decoder.forget()
        free_memory()
        first, second = halve(batch)
        done = self._within_memory(encoded, first, doing)
        return {**done, **self._within_memory(encoded, second, doing)}

    @contextmanager
    def _explaining_memory(self, n_tokens: int) -> Iterator[None]:
        """Raise EngineError where the memory is too small."""
        try:
            yield
        except RuntimeError as error:
            if not is_out_of_memory(error):
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


def _positions_depend_on_length(model: Any) -> bool:
    """Say whether rotary embeddings change with the longest prompt of a batch."""
    rope = getattr(model.config.get_text_config(), "rope_parameters", None) or {}
    kinds = [rope, *(value for value in rope.values() if isinstance(value, dict))]
    return any(kind.get("rope_type") in ("dynamic", "longrope") for kind in kinds)
