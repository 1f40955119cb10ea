"""Runs one model with transformers: shared prefix prefilled once, batched greedy decoding."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from trusteval.engines.batching import common_prefix_length, plan_batches
from trusteval.engines.chat import render
from trusteval.engines.examination import examine
from trusteval.errors import EngineError, PromptError
from trusteval.health import sanity_text
from trusteval.types import FinishReason, Health, Prompt, Response

if TYPE_CHECKING:
    import torch

_TOKEN_BUDGET = 32_768
"""Most key-value cache entries (rows x tokens) of a batch."""


class HFEngine:
    """One loaded model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.name = name
        config = model.config.get_text_config()
        self._context_length = int(getattr(config, "max_position_embeddings", 0) or 0)
        self._has_window = bool(getattr(config, "sliding_window", None))
        self._stops = _stop_tokens(model, tokenizer)

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        if not prompts:
            return
        encoded = [self.encode(prompt) for prompt in prompts]
        self._refuse_too_long(encoded, max_new_tokens)
        shared = common_prefix_length(encoded)
        batches = plan_batches(
            [len(tokens) - shared for tokens in encoded],
            shared=shared,
            new_tokens=max_new_tokens,
            budget=_TOKEN_BUDGET,
            # Padding stands between prefix and prompt: with no prefix there would be rows that
            # see nothing, and a sliding window would count the padding.
            padding=shared > 0 and not self._has_window,
        )
        missing = [batch for batch in batches if not set(batch) <= set(done)]
        if not missing:
            return
        prefix = self._prefill(encoded[0][:shared])
        for batch in missing:
            yield self._run(encoded, batch, prefix, max_new_tokens)

    def examine(self) -> Health:
        with self._explaining_memory(len(self.tokenizer(sanity_text())["input_ids"])):
            return examine(self)

    def encode(self, prompt: Prompt) -> list[int]:
        """Return a prompt's tokens, as `generate` feeds them."""
        text, add_special_tokens = render(prompt, self.tokenizer)
        encoded = self.tokenizer(text, add_special_tokens=add_special_tokens)["input_ids"]
        return [int(token) for token in encoded]

    def first_tokens(self, encoded: Sequence[Sequence[int]]) -> list[int]:
        """Return the first token of each answer, by the way of `generate`."""
        shared = common_prefix_length(encoded)
        prefix = self._prefill(encoded[0][:shared])
        batch = range(len(encoded))
        if shared == 0 or self._has_window:
            return [self._continue(encoded, [i], prefix, 1)[0][0] for i in batch]
        return [tokens[0] for tokens in self._continue(encoded, batch, prefix, 1)]

    def close(self) -> None:
        self.model = None
        _free_memory()

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

    def _prefill(self, tokens: Sequence[int]) -> Any:
        """Return the key-value cache of the shared tokens, None if there are none."""
        import torch

        if not tokens:
            return None
        ids = torch.tensor([list(tokens)], device=self.model.device)
        with torch.inference_mode(), self._explaining_memory(len(tokens)):
            return self.model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values

    def _run(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Sequence[int],
        prefix: Any,
        max_new_tokens: int,
    ) -> dict[int, Response]:
        """Answer a batch; where memory runs out, one half after the other."""
        new = self._continue_if_it_fits(encoded, batch, prefix, max_new_tokens)
        if new is None:
            _free_memory()
            middle = len(batch) // 2
            return {
                **self._run(encoded, batch[:middle], prefix, max_new_tokens),
                **self._run(encoded, batch[middle:], prefix, max_new_tokens),
            }
        return {
            index: self._response(tokens, len(encoded[index]))
            for index, tokens in zip(batch, new, strict=True)
        }

    def _continue_if_it_fits(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Sequence[int],
        prefix: Any,
        max_new_tokens: int,
    ) -> list[list[int]] | None:
        """Return what `_continue` does, None if several rows are too many for the memory."""
        if len(batch) == 1:
            with self._explaining_memory(len(encoded[batch[0]])):
                return self._continue(encoded, batch, prefix, max_new_tokens)
        try:
            return self._continue(encoded, batch, prefix, max_new_tokens)
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
            return None

    @contextmanager
    def _explaining_memory(self, n_tokens: int) -> Iterator[None]:
        """Raise EngineError where a single prompt is too much for the memory."""
        try:
            yield
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
            raise EngineError(
                f"{self.name}: out of memory on {self.model.device} with a single prompt of "
                f"{n_tokens} tokens; use a smaller dtype, packed storage, or a device with more "
                "memory"
            ) from error

    def _continue(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Sequence[int],
        prefix: Any,
        max_new_tokens: int,
    ) -> list[list[int]]:
        """Return each row's new tokens; `prefix` is the cache of what all rows begin with."""
        import torch

        shared = 0 if prefix is None else prefix.get_seq_length()
        own = [encoded[index][shared:] for index in batch]
        width = max(map(len, own))
        device = self.model.device
        ids = torch.tensor([[0] * (width - len(t)) + list(t) for t in own], device=device)
        mask = torch.tensor(
            [[1] * shared + [0] * (width - len(t)) + [1] * len(t) for t in own], device=device
        )
        cache = copy.deepcopy(prefix)
        if cache is not None:
            cache.batch_repeat_interleave(len(batch))
        with torch.inference_mode():
            return self._decode(ids, mask, cache, max_new_tokens)

    def _decode(
        self, ids: torch.Tensor, mask: torch.Tensor, cache: Any, max_new_tokens: int
    ) -> list[list[int]]:
        """Return each row's new tokens, the stop token included where one came."""
        import torch

        rows = len(ids)
        new: list[list[int]] = [[] for _ in range(rows)]
        running = set(range(rows))
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        for step in range(max_new_tokens):
            output = self.model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            logits = output.logits[:, -1]
            if not bool(torch.isfinite(logits).all()):
                raise EngineError(f"{self.name}: the model's logits are not finite (NaN or Inf)")
            chosen = logits.argmax(-1)
            for row, token in enumerate(chosen.tolist()):
                if row in running:
                    new[row].append(token)
                    if token in self._stops:
                        running.discard(row)
            if not running or step == max_new_tokens - 1:
                break
            cache, ids = output.past_key_values, chosen[:, None]
            mask = torch.cat([mask, mask.new_ones(rows, 1)], dim=1)
            positions = positions[:, -1:] + 1
        return new

    def _response(self, tokens: Sequence[int], n_prompt_tokens: int) -> Response:
        ended = bool(tokens) and tokens[-1] in self._stops
        spoken = list(tokens[:-1] if ended else tokens)
        return Response(
            text=self.tokenizer.decode(spoken, skip_special_tokens=True),
            finish_reason=FinishReason.END if ended else FinishReason.LENGTH,
            n_prompt_tokens=n_prompt_tokens,
            n_new_tokens=len(tokens),
        )


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    declared = getattr(model.generation_config, "eos_token_id", None)
    listed = declared if isinstance(declared, list) else [declared]
    return frozenset(t for t in (*listed, tokenizer.eos_token_id) if t is not None)


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
