"""Answers batches of prompts with packed tokens: shared prefixes once, no padding.

A batch is prefilled in a few forward passes of whole prompts, whose last logits also say how likely
labels are; then every pass decodes one token of every answer that has not ended. Prompts whose
answers ended leave the batch.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from trusteval.engines.local.attention import IMPLEMENTATION, SharedPrefix, install
from trusteval.engines.local.batching import Batch, rows_of
from trusteval.engines.local.decoding import Told, choose
from trusteval.engines.local.drawing import Lots
from trusteval.engines.local.label_paths import LabelSums, tell
from trusteval.engines.local.label_tokens import LabelTokens
from trusteval.engines.local.packed_reading import read_next, read_prompts
from trusteval.engines.local.passes import KVCache, Suffix
from trusteval.engines.local.threads import run_side_by_side
from trusteval.types import Draw

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
        nothing: dict[int, LabelTokens] = dict.fromkeys(rows_of(batch), ())
        told = self.weigh(
            encoded, batch, labels=nothing, answered=(), max_new_tokens=max_new_tokens, draw=draw
        )
        return [one.new for one in told]

    def weigh(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        labels: Mapping[int, LabelTokens],
        answered: Container[int],
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[Told]:
        """Look first tokens up where the prompt ends, and read on for those that follow them."""
        import torch

        rows = rows_of(batch)
        asked = {place for place, row in enumerate(rows) if row not in answered}
        sums = [LabelSums(labels[row]) for row in rows]
        deepest = max((len(path) for own in sums for path in own.paths), default=0)
        with torch.inference_mode(), self._attending():
            prompts = self._suffixes(encoded, batch, draw)
            room = max(max_new_tokens - 1 if asked else 0, deepest)
            first, caches = self._prefill(prompts, room=room, sums=sums)
            self._read_labels(prompts, caches, sums)
            new = self._decode(first, prompts, caches, max_new_tokens, asked=asked)
        return [
            Told(tokens if place in asked else [], own.totals)
            for place, (tokens, own) in enumerate(zip(new, sums, strict=True))
        ]

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

    def _suffixes(
        self, encoded: Sequence[Sequence[int]], batch: Batch, draw: Draw | None
    ) -> list[Suffix]:
        """Read what families share, and return what each prompt has beside that."""
        needed: dict[tuple[int, ...], SharedPrefix] = {}
        prompts: list[Suffix] = []
        for family in batch:
            prefix = self._shared_prefix(encoded[family.rows[0]], family.cuts, needed)
            for row in family.rows:
                lots = None if draw is None else Lots.of(encoded[row], draw)
                prompts.append(Suffix(encoded[row][family.shared :], prefix, lots))
        self._prefixes = needed
        return prompts

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
                suffix = Suffix(tokens[length:cut], prefix)
                _, (cache,) = self._prefill([suffix], room=0, sums=[LabelSums(())])
                found = cache.after(prefix)
            needed[known] = prefix = found
        return prefix

    def _prefill(
        self, prompts: Sequence[Suffix], *, room: int, sums: Sequence[LabelSums]
    ) -> tuple[list[int], list[KVCache]]:
        """Return each prompt's first new token, and keys and values with `room` for more.

        `sums` are told the first tokens of each prompt's labels.
        """
        lengths = [len(prompt.tokens) for prompt in prompts]
        most = min(self._tokens_at_once, -(-sum(lengths) // self._threads))
        caches = [
            KVCache(list(rows), max(lengths[row] for row in rows) + room)
            for rows in _portions(lengths, most)
        ]
        tasks = [
            partial(self._pass, [prompts[row] for row in c.rows], c, [sums[row] for row in c.rows])
            for c in caches
        ]
        first = [t for some in run_side_by_side(tasks, threads=self._threads) for t in some]
        return first, caches

    def _pass(self, some: Sequence[Suffix], cache: KVCache, sums: Sequence[LabelSums]) -> list[int]:
        """Prefill prompts in one forward pass, return each one's first new token."""
        logits = read_prompts(self._model, some, cache=cache)
        first = choose(logits, _lots(some))
        tell(sums, [()] * len(sums), logits)
        return first

    # -- decode --------------------------------------------------------------------------

    def _read_labels(
        self, prompts: Sequence[Suffix], caches: Sequence[KVCache], sums: Sequence[LabelSums]
    ) -> None:
        """Read what labels of several tokens begin with, one token of every prompt in each pass.

        Its keys and values stand where those of the answer will be, which overwrite them.
        """
        for step in range(max((len(own.paths) for own in sums), default=0)):
            reading = [c for c in caches if any(step < len(sums[row].paths) for row in c.rows)]
            rows = [row for cache in reading for row in cache.rows]
            # A prompt whose labels are read reads anything once more.
            paths = [sums[row].paths[step] if step < len(sums[row].paths) else None for row in rows]
            logits = read_next(
                self._model,
                [path[-1] if path else 0 for path in paths],
                behind=[len(path) - 1 if path else 0 for path in paths],
                prompts=prompts,
                caches=reading,
            )
            choose(logits)
            tell([sums[row] for row in rows], paths, logits)

    def _decode(
        self,
        first: Sequence[int],
        prompts: Sequence[Suffix],
        caches: Sequence[KVCache],
        max_new_tokens: int,
        *,
        asked: Container[int],
    ) -> list[list[int]]:
        """Add tokens until every answer that is asked for ended or has `max_new_tokens`."""
        new = [[token] for token in first]
        for step in range(max_new_tokens - 1):
            running = {
                row
                for row, tokens in enumerate(new)
                if row in asked and tokens[-1] not in self._stops
            }
            caches = [cache for cache in caches if not running.isdisjoint(cache.rows)]
            if not caches:
                break
            for cache in caches:
                if len(running & set(cache.rows)) <= (1 - _MOST_FINISHED) * len(cache.rows):
                    cache.keep(running)
            rows = [row for cache in caches for row in cache.rows]
            logits = read_next(
                self._model,
                [new[row][-1] for row in rows],
                behind=[step] * len(rows),
                prompts=prompts,
                caches=caches,
            )
            chosen = choose(logits, _lots([prompts[row] for row in rows]))
            for row, token in zip(rows, chosen, strict=True):
                if row in running:
                    new[row].append(token)
        return new


def _lots(prompts: Sequence[Suffix]) -> list[Lots]:
    """Return what the answers to these prompts are drawn by; nothing where they are greedy."""
    return [prompt.lots for prompt in prompts if prompt.lots is not None]


def _portions(lengths: Sequence[int], most: int) -> Iterator[range]:
    """Cut prompts into runs of at most `most` tokens, or of one prompt."""
    start = held = 0
    for index, length in enumerate(lengths):
        if index > start and held + length > most:
            yield range(start, index)
            start, held = index, 0
        held += length
    yield range(start, len(lengths))
