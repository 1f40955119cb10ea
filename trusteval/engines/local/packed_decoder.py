"""Answers batches of prompts with packed tokens: shared beginnings once, no padding, greedily.

A batch is read in a few forward passes of whole prompts; then every pass adds a token to all
prompts that still speak. Prompts that ended leave the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from trusteval.engines.local.attention import IMPLEMENTATION, Beginning, Packing, install
from trusteval.engines.local.batching import Batch
from trusteval.engines.local.decoding import choose
from trusteval.engines.local.passes import Kept, OwnTokens, Reading, Speaking, find_spans
from trusteval.engines.local.threads import run_side_by_side

if TYPE_CHECKING:
    import torch

_MOST_FINISHED = 0.25
"""Rows are dropped when this share of them has ended; dropping copies what the others keep."""


class PackedDecoder:
    """Greedy decoding with one transformers model; `stops` end an answer.

    `tokens_at_once` bounds the tokens of a forward pass, if no single prompt exceeds it; `crew`
    passes read side by side, each on its share of the processor.
    """

    def __init__(
        self, model: Any, *, stops: frozenset[int], tokens_at_once: int, crew: int = 1
    ) -> None:
        install()
        self._model = model
        self._stops = stops
        self._tokens_at_once = tokens_at_once
        self._crew = crew
        self._beginnings: dict[tuple[int, ...], Beginning] = {}

    def answer(
        self, encoded: Sequence[Sequence[int]], batch: Batch, *, max_new_tokens: int
    ) -> list[list[int]]:
        import torch

        with torch.inference_mode(), self._attending():
            needed: dict[tuple[int, ...], Beginning] = {}
            prompts: list[OwnTokens] = []
            for family in batch:
                beginning = self._begin(encoded[family.rows[0]], family.cuts, needed)
                prompts += [OwnTokens(encoded[r][family.shared :], beginning) for r in family.rows]
            self._beginnings = needed
            first, kept = self._read(prompts, room=max_new_tokens - 1)
            return self._speak(first, prompts, kept, max_new_tokens)

    def forget(self) -> None:
        self._beginnings = {}

    @contextmanager
    def _attending(self) -> Iterator[None]:
        before = self._model.config._attn_implementation
        self._model.set_attn_implementation(IMPLEMENTATION)
        try:
            yield
        finally:
            self._model.set_attn_implementation(before)

    # -- reading -------------------------------------------------------------------------

    def _begin(
        self,
        tokens: Sequence[int],
        cuts: Sequence[int],
        needed: dict[tuple[int, ...], Beginning],
    ) -> Beginning | None:
        """Return the keys and values of what a family shares, reading what is not known."""
        beginning = None
        for cut in cuts:
            known = tuple(tokens[:cut])
            found = needed.get(known) or self._beginnings.get(known)
            if found is None:
                begun = 0 if beginning is None else beginning.length
                _, (kept,) = self._read([OwnTokens(tokens[begun:cut], beginning)], room=0)
                found = kept.after(beginning)
            needed[known] = beginning = found
        return beginning

    def _read(self, prompts: Sequence[OwnTokens], *, room: int) -> tuple[list[int], list[Kept]]:
        """Return each prompt's first new token, and keys and values with `room` for more."""
        lengths = [len(prompt.tokens) for prompt in prompts]
        most = min(self._tokens_at_once, -(-sum(lengths) // self._crew))
        kept = [
            Kept(list(rows), max(lengths[row] for row in rows) + room)
            for rows in _portions(lengths, most)
        ]
        tasks = [partial(self._pass, [prompts[row] for row in some.rows], some) for some in kept]
        first = [t for some in run_side_by_side(tasks, crew=self._crew) for t in some]
        return first, kept

    def _pass(self, some: Sequence[OwnTokens], kept: Kept) -> list[int]:
        """Read prompts in one forward pass, return each one's first new token."""
        import torch

        device = self._model.device
        lengths = torch.tensor([len(prompt.tokens) for prompt in some], device=device)
        ids = torch.tensor([t for prompt in some for t in prompt.tokens], device=device)
        positions = torch.cat(
            [torch.arange(p.begun, p.begun + len(p.tokens), device=device) for p in some]
        )
        packing = Reading(
            lengths=lengths,
            spans=find_spans(some, [len(prompt.tokens) for prompt in some]),
            positions=positions,
            kept=kept,
        )
        return self._choose(ids, positions, packing, last=lengths.cumsum(0) - 1)

    # -- speaking ------------------------------------------------------------------------

    def _speak(
        self,
        first: Sequence[int],
        prompts: Sequence[OwnTokens],
        kept: Sequence[Kept],
        max_new_tokens: int,
    ) -> list[list[int]]:
        """Add tokens until every answer ended or has `max_new_tokens`."""
        import torch

        new = [[token] for token in first]
        device = self._model.device
        for step in range(max_new_tokens - 1):
            running = {row for row, tokens in enumerate(new) if tokens[-1] not in self._stops}
            kept = [some for some in kept if not running.isdisjoint(some.rows)]
            if not kept:
                break
            for some in kept:
                if len(running & set(some.rows)) <= (1 - _MOST_FINISHED) * len(some.rows):
                    some.keep(running)
            held = [row for some in kept for row in some.rows]
            own = [prompts[row] for row in held]
            written = torch.tensor([len(p.tokens) + step for p in own], device=device)
            positions = torch.tensor([p.begun for p in own], device=device) + written
            ids = torch.tensor([new[row][-1] for row in held], device=device)
            spans = find_spans(own, [1] * len(own))
            packing = Speaking(written=written, spans=spans, positions=positions, kept=kept)
            chosen = self._choose(ids, positions, packing, last=None)
            for row, token in zip(held, chosen, strict=True):
                if row in running:
                    new[row].append(token)
        return new

    def _choose(
        self,
        ids: torch.Tensor,
        positions: torch.Tensor,
        packing: Packing,
        *,
        last: torch.Tensor | None,
    ) -> list[int]:
        """Return the likeliest token after those at `last`, or after every token."""
        logits = self._model(
            input_ids=ids[None],
            position_ids=positions[None],
            use_cache=False,
            logits_to_keep=0 if last is None else last,
            packing=packing,
        ).logits[0]
        return choose(logits)


def _portions(lengths: Sequence[int], most: int) -> Iterator[range]:
    """Cut prompts into runs of at most `most` tokens, or of one prompt."""
    start = held = 0
    for index, length in enumerate(lengths):
        if index > start and held + length > most:
            yield range(start, index)
            start, held = index, 0
        held += length
    yield range(start, len(lengths))
