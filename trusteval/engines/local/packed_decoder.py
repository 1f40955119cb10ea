"""Answers batches of prompts with packed tokens: shared prefixes once, no padding.

A batch is prefilled in a few forward passes of whole prompts; then every pass decodes one token of
every answer that has not ended. Prompts whose answers ended leave the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from trusteval.engines.local.attention import IMPLEMENTATION, Packing, SharedPrefix, install
from trusteval.engines.local.batching import Batch
from trusteval.engines.local.decoding import choose
from trusteval.engines.local.drawing import Lots
from trusteval.engines.local.passes import Decode, KVCache, Prefill, Suffix, find_spans
from trusteval.engines.local.threads import run_side_by_side
from trusteval.types import Draw

if TYPE_CHECKING:
    import torch

_MOST_FINISHED = 0.25
"""Rows are dropped when this share of them has ended; dropping copies what the others keep."""


class PackedDecoder:
    """Decoding with one transformers model; `stops` end an answer.

    `tokens_at_once` bounds the tokens of a forward pass, if no single prompt exceeds it; `threads`
    passes prefill side by side, each on its share of the processor.
    """

    def __init__(
        self, model: Any, *, stops: frozenset[int], tokens_at_once: int, threads: int = 1
    ) -> None:
        install()
        self._model = model
        self._stops = stops
        self._tokens_at_once = tokens_at_once
        self._threads = threads
        self._prefixes: dict[tuple[int, ...], SharedPrefix] = {}

    def answer(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[list[int]]:
        import torch

        with torch.inference_mode(), self._attending():
            needed: dict[tuple[int, ...], SharedPrefix] = {}
            prompts: list[Suffix] = []
            for family in batch:
                prefix = self._shared_prefix(encoded[family.rows[0]], family.cuts, needed)
                for row in family.rows:
                    lots = None if draw is None else Lots.of(encoded[row], draw)
                    prompts.append(Suffix(encoded[row][family.shared :], prefix, lots))
            self._prefixes = needed
            first, caches = self._prefill(prompts, room=max_new_tokens - 1)
            return self._decode(first, prompts, caches, max_new_tokens)

    def forget(self) -> None:
        self._prefixes = {}

    @contextmanager
    def _attending(self) -> Iterator[None]:
        before = self._model.config._attn_implementation
        self._model.set_attn_implementation(IMPLEMENTATION)
        try:
            yield
        finally:
            self._model.set_attn_implementation(before)

    # -- prefill -------------------------------------------------------------------------

    def _shared_prefix(
        self,
        tokens: Sequence[int],
        cuts: Sequence[int],
        needed: dict[tuple[int, ...], SharedPrefix],
    ) -> SharedPrefix | None:
        """Return the keys and values of what a family shares, reading what is not known."""
        prefix = None
        for cut in cuts:
            known = tuple(tokens[:cut])
            found = needed.get(known) or self._prefixes.get(known)
            if found is None:
                length = 0 if prefix is None else prefix.length
                _, (cache,) = self._prefill([Suffix(tokens[length:cut], prefix)], room=0)
                found = cache.after(prefix)
            needed[known] = prefix = found
        return prefix

    def _prefill(self, prompts: Sequence[Suffix], *, room: int) -> tuple[list[int], list[KVCache]]:
        """Return each prompt's first new token, and keys and values with `room` for more."""
        lengths = [len(prompt.tokens) for prompt in prompts]
        most = min(self._tokens_at_once, -(-sum(lengths) // self._threads))
        caches = [
            KVCache(list(rows), max(lengths[row] for row in rows) + room)
            for rows in _portions(lengths, most)
        ]
        tasks = [partial(self._pass, [prompts[row] for row in c.rows], c) for c in caches]
        first = [t for some in run_side_by_side(tasks, threads=self._threads) for t in some]
        return first, caches

    def _pass(self, some: Sequence[Suffix], cache: KVCache) -> list[int]:
        """Prefill prompts in one forward pass, return each one's first new token."""
        import torch

        device = self._model.device
        lengths = torch.tensor([len(prompt.tokens) for prompt in some], device=device)
        ids = torch.tensor([t for prompt in some for t in prompt.tokens], device=device)
        positions = torch.cat(
            [
                torch.arange(p.prefix_length, p.prefix_length + len(p.tokens), device=device)
                for p in some
            ]
        )
        packing = Prefill(
            lengths=lengths,
            spans=find_spans(some, [len(prompt.tokens) for prompt in some]),
            positions=positions,
            cache=cache,
        )
        return self._choose(ids, positions, packing, some, last=lengths.cumsum(0) - 1)

    # -- decode --------------------------------------------------------------------------

    def _decode(
        self,
        first: Sequence[int],
        prompts: Sequence[Suffix],
        caches: Sequence[KVCache],
        max_new_tokens: int,
    ) -> list[list[int]]:
        """Add tokens until every answer ended or has `max_new_tokens`."""
        import torch

        new = [[token] for token in first]
        device = self._model.device
        for step in range(max_new_tokens - 1):
            running = {row for row, tokens in enumerate(new) if tokens[-1] not in self._stops}
            caches = [cache for cache in caches if not running.isdisjoint(cache.rows)]
            if not caches:
                break
            for cache in caches:
                if len(running & set(cache.rows)) <= (1 - _MOST_FINISHED) * len(cache.rows):
                    cache.keep(running)
            rows = [row for cache in caches for row in cache.rows]
            suffixes = [prompts[row] for row in rows]
            written = torch.tensor([len(s.tokens) + step for s in suffixes], device=device)
            positions = torch.tensor([s.prefix_length for s in suffixes], device=device) + written
            ids = torch.tensor([new[row][-1] for row in rows], device=device)
            spans = find_spans(suffixes, [1] * len(suffixes))
            packing = Decode(written=written, spans=spans, positions=positions, caches=caches)
            chosen = self._choose(ids, positions, packing, suffixes, last=None)
            for row, token in zip(rows, chosen, strict=True):
                if row in running:
                    new[row].append(token)
        return new

    def _choose(
        self,
        ids: torch.Tensor,
        positions: torch.Tensor,
        packing: Packing,
        prompts: Sequence[Suffix],
        *,
        last: torch.Tensor | None,
    ) -> list[int]:
        """Return what follows the prompts' tokens at `last`, or every token, one of each."""
        logits = self._model(
            input_ids=ids[None],
            position_ids=positions[None],
            use_cache=False,
            logits_to_keep=0 if last is None else last,
            packing=packing,
        ).logits[0]
        return choose(logits, [prompt.lots for prompt in prompts if prompt.lots is not None])


def _portions(lengths: Sequence[int], most: int) -> Iterator[range]:
    """Cut prompts into runs of at most `most` tokens, or of one prompt."""
    start = held = 0
    for index, length in enumerate(lengths):
        if index > start and held + length > most:
            yield range(start, index)
            start, held = index, 0
        held += length
    yield range(start, len(lengths))
