"""Answers batches of prompts with packed tokens: shared beginnings once, no padding, greedily.

A batch is read in a few forward passes of whole prompts; then every pass adds a token to all
prompts that still speak. Prompts that ended leave the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trusteval.engines.batching import Batch
from trusteval.engines.decoding import choose
from trusteval.engines.packed_attention import (
    IMPLEMENTATION,
    Beginning,
    How,
    Span,
    attend,
    attend_to_beginnings,
    hide,
    install,
)

if TYPE_CHECKING:
    import torch

_MOST_FINISHED = 0.25
"""Rows are dropped when this share of them has ended; dropping copies what the others keep."""


class PackedDecoder:
    """Greedy decoding with one transformers model; `stops` end an answer.

    `tokens_at_once` bounds the tokens of a forward pass, if no single prompt exceeds it.
    """

    def __init__(self, model: Any, *, stops: frozenset[int], tokens_at_once: int) -> None:
        install()
        self._model = model
        self._stops = stops
        self._tokens_at_once = tokens_at_once
        self._beginnings: dict[tuple[int, ...], Beginning] = {}

    def answer(
        self, encoded: Sequence[Sequence[int]], batch: Batch, *, max_new_tokens: int
    ) -> list[list[int]]:
        import torch

        with torch.inference_mode(), self._attending():
            needed: dict[tuple[int, ...], Beginning] = {}
            prompts: list[_Prompt] = []
            for family in batch:
                beginning = self._begin(encoded[family.rows[0]], family.cuts, needed)
                prompts += [_Prompt(encoded[r][family.shared :], beginning) for r in family.rows]
            self._beginnings = needed
            longest = max(len(prompt.tokens) for prompt in prompts)
            kept = _Kept(rows=len(prompts), capacity=longest + max_new_tokens - 1)
            first = self._read(prompts, kept)
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
                kept = _Kept(rows=1, capacity=cut - begun)
                self._read([_Prompt(tokens[begun:cut], beginning)], kept)
                found = kept.after(beginning)
            needed[known] = beginning = found
        return beginning

    def _read(self, prompts: Sequence[_Prompt], kept: _Kept) -> list[int]:
        """Read prompts, keep their keys and values, return each one's first new token."""
        import torch

        first: list[int] = []
        device = self._model.device
        for start, stop in _portions([len(p.tokens) for p in prompts], self._tokens_at_once):
            some = prompts[start:stop]
            lengths = torch.tensor([len(prompt.tokens) for prompt in some], device=device)
            ids = torch.tensor([t for prompt in some for t in prompt.tokens], device=device)
            positions = torch.cat(
                [torch.arange(p.begun, p.begun + len(p.tokens), device=device) for p in some]
            )
            packing = _Reading(
                lengths=lengths,
                spans=_spans(some, [len(prompt.tokens) for prompt in some]),
                positions=positions,
                kept=kept,
                start=start,
            )
            first += self._choose(ids, positions, packing, last=lengths.cumsum(0) - 1)
        return first

    # -- speaking ------------------------------------------------------------------------

    def _speak(
        self, first: Sequence[int], prompts: Sequence[_Prompt], kept: _Kept, max_new_tokens: int
    ) -> list[list[int]]:
        """Add tokens until every answer ended or has `max_new_tokens`."""
        import torch

        new = [[token] for token in first]
        held = list(range(len(prompts)))
        device = self._model.device
        for step in range(max_new_tokens - 1):
            running = [row for row in held if new[row][-1] not in self._stops]
            if not running:
                break
            if len(running) <= (1 - _MOST_FINISHED) * len(held):
                kept.keep([i for i, row in enumerate(held) if new[row][-1] not in self._stops])
                held = running
            some = [prompts[row] for row in held]
            ids = torch.tensor([new[row][-1] for row in held], device=device)
            written = torch.tensor([len(p.tokens) + step for p in some], device=device)
            begun = torch.tensor([p.begun for p in some], device=device)
            packing = _Speaking(
                written=written,
                longest=int(written.max()) + 1,
                spans=_spans(some, [1] * len(some)),
                positions=begun + written,
                kept=kept,
            )
            chosen = self._choose(ids, begun + written, packing, last=None)
            for row, token in zip(held, chosen, strict=True):
                if new[row][-1] not in self._stops:
                    new[row].append(token)
        return new

    def _choose(
        self,
        ids: torch.Tensor,
        positions: torch.Tensor,
        packing: _Reading | _Speaking,
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


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A prompt's own tokens, after its family's beginning."""

    tokens: Sequence[int]
    beginning: Beginning | None

    @property
    def begun(self) -> int:
        return 0 if self.beginning is None else self.beginning.length


@dataclass(slots=True)
class _Kept:
    """Keys and values of the prompts' own and new tokens: per layer (rows, heads, capacity, size).

    Allocated when the first layer shows its shape; zeros, since what is masked is still multiplied.
    """

    rows: int
    capacity: int
    keys: list[torch.Tensor] = field(default_factory=list)
    values: list[torch.Tensor] = field(default_factory=list)

    def write(self, layer: int, start: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Keep what rows from `start` on read: (rows, heads, tokens, size)."""
        if layer == len(self.keys):
            shape = (self.rows, keys.shape[1], self.capacity, keys.shape[3])
            self.keys.append(keys.new_zeros(shape))
            self.values.append(values.new_zeros(shape))
        part = slice(start, start + len(keys))
        self.keys[layer][part, :, : keys.shape[2]] = keys
        self.values[layer][part, :, : values.shape[2]] = values

    def keep(self, rows: list[int]) -> None:
        """Drop all rows but these."""
        self.keys = [keys[rows] for keys in self.keys]
        self.values = [values[rows] for values in self.values]

    def after(self, beginning: Beginning | None) -> Beginning:
        """Return the only row as the continuation of a beginning."""
        import torch

        before = beginning or Beginning(0, [k[0, :, :0] for k in self.keys], [])
        values = before.values or [v[0, :, :0] for v in self.values]
        return Beginning(
            before.length + self.capacity,
            [torch.cat([b, k[0]], 1) for b, k in zip(before.keys, self.keys, strict=True)],
            [torch.cat([b, v[0]], 1) for b, v in zip(values, self.values, strict=True)],
        )


class _Reading:
    """Packs whole prompts, `lengths` tokens each, one behind the other."""

    def __init__(
        self,
        *,
        lengths: torch.Tensor,
        spans: Sequence[Span],
        positions: torch.Tensor,
        kept: _Kept,
        start: int,
    ) -> None:
        import torch

        self._spans, self._positions, self._kept, self._start = spans, positions, kept, start
        steps = torch.arange(int(lengths.max()), device=lengths.device)
        starts = lengths.cumsum(0) - lengths
        real = steps < lengths[:, None]
        self._where = (starts[:, None] + steps).where(real, 0)
        self._back = real.flatten().nonzero()[:, 0]

    def attend(
        self, layer: int, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, how: How
    ) -> torch.Tensor:
        # Padding stands behind each prompt, where its tokens cannot look.
        rows = [x.transpose(0, 1)[self._where].transpose(1, 2) for x in (queries, keys, values)]
        self._kept.write(layer, self._start, rows[1], rows[2])
        mask = self._window(how, rows[0])
        own, total = attend(*rows, scale=how.scale, causal=mask is None, mask=mask)
        return attend_to_beginnings(
            queries,
            self._spans,
            own.transpose(1, 2).flatten(0, 1)[self._back],
            total.transpose(1, 2).flatten(0, 1)[self._back],
            layer=layer,
            how=how,
            positions=self._positions,
        )

    def _window(self, how: How, queries: torch.Tensor) -> torch.Tensor | None:
        import torch

        steps = torch.arange(queries.shape[2], device=queries.device)
        if how.window is None or len(steps) <= how.window:
            return None
        back = steps[:, None] - steps
        return hide((back < 0) | (back >= how.window), dtype=queries.dtype)[None, None]


class _Speaking:
    """Packs one new token of each row; `written` counts the row's own tokens before it."""

    def __init__(
        self,
        *,
        written: torch.Tensor,
        longest: int,
        spans: Sequence[Span],
        positions: torch.Tensor,
        kept: _Kept,
    ) -> None:
        import torch

        self._written, self._spans, self._positions = written, spans, positions
        self._kept, self._longest = kept, longest
        self._rows = torch.arange(len(written), device=written.device)
        self._back = written[:, None] - torch.arange(longest, device=written.device)

    def attend(
        self, layer: int, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, how: How
    ) -> torch.Tensor:
        kept_keys, kept_values = self._kept.keys[layer], self._kept.values[layer]
        kept_keys[self._rows, :, self._written] = keys.transpose(0, 1)
        kept_values[self._rows, :, self._written] = values.transpose(0, 1)
        hidden = self._back < 0
        if how.window is not None:
            hidden = hidden | (self._back >= how.window)
        heads, n, size = queries.shape
        # The heads that share keys are queries side by side.
        folded = queries.view(keys.shape[0], -1, n, size).permute(2, 0, 1, 3)
        own, total = attend(
            folded,
            kept_keys[:, :, : self._longest],
            kept_values[:, :, : self._longest],
            scale=how.scale,
            mask=hide(hidden, dtype=queries.dtype)[:, None, None],
        )
        return attend_to_beginnings(
            queries,
            self._spans,
            own.reshape(n, heads, size),
            total.reshape(n, heads),
            layer=layer,
            how=how,
            positions=self._positions,
        )


def _spans(prompts: Sequence[_Prompt], tokens: Sequence[int]) -> list[Span]:
    """Return the stretches of tokens that hang on the same beginning; `tokens` per prompt."""
    spans: list[Span] = []
    start = 0
    for prompt, n in zip(prompts, tokens, strict=True):
        stop = start + n
        if prompt.beginning is not None:
            if spans and spans[-1].stop == start and spans[-1].beginning is prompt.beginning:
                spans[-1] = Span(spans[-1].start, stop, prompt.beginning)
            else:
                spans.append(Span(start, stop, prompt.beginning))
        start = stop
    return spans


def _portions(lengths: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Cut prompts into runs of at most `most` tokens, or of one prompt."""
    start = held = 0
    for index, length in enumerate(lengths):
        if index > start and held + length > most:
            yield start, index
            start, held = index, 0
        held += length
    yield start, len(lengths)
