"""Forward passes over packed tokens: prefill of whole prompts, decoding of a token for each."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trusteval.engines.local.attention import (
    LayerAttention,
    SharedPrefix,
    Span,
    attend,
    attend_to_prefixes,
    hide,
    padded,
)
from trusteval.engines.local.drawing import Lots

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Suffix:
    """A prompt's own tokens, after its family's prefix; `lots` where its answer is drawn."""

    tokens: Sequence[int]
    prefix: SharedPrefix | None
    lots: Lots | None = None

    @property
    def prefix_length(self) -> int:
        return 0 if self.prefix is None else self.prefix.length


@dataclass(slots=True)
class KVCache:
    """Keys and values of prompts that were read in one pass: their own and their new tokens.

    `rows` says which prompts; per layer (rows, heads, capacity, size). Allocated when the first
    layer shows its shape; zeros, since what is masked is still multiplied.
    """

    rows: list[int]
    capacity: int
    keys: list[torch.Tensor] = field(default_factory=list)
    values: list[torch.Tensor] = field(default_factory=list)

    def write(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Keep what all rows read in a layer: (rows, heads, tokens, size)."""
        if layer == len(self.keys):
            shape = (len(self.rows), keys.shape[1], self.capacity, keys.shape[3])
            self.keys.append(keys.new_zeros(shape))
            self.values.append(values.new_zeros(shape))
        self.keys[layer][:, :, : keys.shape[2]] = keys
        self.values[layer][:, :, : values.shape[2]] = values

    def keep(self, rows: Container[int]) -> None:
        """Drop all rows but these, layer by layer, so that little is held twice."""
        chosen = [place for place, row in enumerate(self.rows) if row in rows]
        self.rows = [self.rows[place] for place in chosen]
        for layer in range(len(self.keys)):
            self.keys[layer] = self.keys[layer][chosen]
            self.values[layer] = self.values[layer][chosen]

    def after(self, prefix: SharedPrefix | None) -> SharedPrefix:
        """Return the only row as the continuation of a prefix."""
        if prefix is None:
            length = self.capacity
            keys, values = ([x[0] for x in held] for held in (self.keys, self.values))
        else:
            length = prefix.length + self.capacity
            keys = _continued(prefix.keys, self.keys, prefix.length)
            values = _continued(prefix.values, self.values, prefix.length)
        return SharedPrefix(length, [padded(x) for x in keys], [padded(x) for x in values])


def _continued(
    before: Sequence[torch.Tensor], after: Sequence[torch.Tensor], length: int
) -> list[torch.Tensor]:
    import torch

    return [torch.cat([b[:, :length], a[0]], 1) for b, a in zip(before, after, strict=True)]


class Prefill:
    """Packs whole prompts, `lengths` tokens each, one behind the other."""

    def __init__(
        self,
        *,
        lengths: torch.Tensor,
        spans: Sequence[Span],
        positions: torch.Tensor,
        cache: KVCache | None,
    ) -> None:
        import torch

        self._spans, self._positions, self._cache = spans, positions, cache
        steps = torch.arange(int(lengths.max()), device=lengths.device)
        starts = lengths.cumsum(0) - lengths
        real = steps < lengths[:, None]
        self._shape = real.shape
        self._even = bool(real.all())
        self._where = (starts[:, None] + steps).where(real, 0)
        self._back = real.flatten().nonzero()[:, 0]

    def attend(
        self,
        layer: int,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        attention: LayerAttention,
    ) -> torch.Tensor:
        rows = [self._pad(x) for x in (queries, keys, values)]
        if self._cache is not None:
            self._cache.write(layer, rows[1], rows[2])
        mask = self._window(attention, rows[0])
        own, total = attend(*rows, scale=attention.scale, causal=mask is None, mask=mask)
        return attend_to_prefixes(
            queries,
            self._spans,
            self._pack(own),
            self._pack(total),
            layer=layer,
            attention=attention,
            positions=self._positions,
        )

    def _pad(self, packed: torch.Tensor) -> torch.Tensor:
        """Lay (heads, tokens, size) out as (prompts, heads, longest, size).

        Padding stands behind each prompt, where its tokens cannot look.
        """
        tokens = packed.transpose(0, 1)
        if self._even:
            return tokens.reshape(*self._shape, *tokens.shape[1:]).transpose(1, 2)
        return tokens[self._where].transpose(1, 2)

    def _pack(self, padded: torch.Tensor) -> torch.Tensor:
        """Turn (prompts, heads, longest, ...) into (tokens, heads, ...)."""
        tokens = padded.transpose(1, 2).flatten(0, 1)
        return tokens if self._even else tokens[self._back]

    def _window(self, attention: LayerAttention, queries: torch.Tensor) -> torch.Tensor | None:
        import torch

        steps = torch.arange(queries.shape[2], device=queries.device)
        if attention.window is None or len(steps) <= attention.window:
            return None
        back = steps[:, None] - steps
        return hide((back < 0) | (back >= attention.window), dtype=queries.dtype)[None, None]


class Decode:
    """Packs one new token of each row; `written` counts the row's own tokens before it.

    The rows of each of `caches` stand side by side.
    """

    def __init__(
        self,
        *,
        written: torch.Tensor,
        spans: Sequence[Span],
        positions: torch.Tensor,
        caches: Sequence[KVCache],
    ) -> None:
        self._spans, self._positions = spans, positions
        self._cached: list[_CachedRows] = []
        start = 0
        for cache in caches:
            stop = start + len(cache.rows)
            self._cached.append(_CachedRows(cache, slice(start, stop), written[start:stop]))
            start = stop

    def attend(
        self,
        layer: int,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        attention: LayerAttention,
    ) -> torch.Tensor:
        import torch

        parts = [rows.attend(layer, queries, keys, values, attention) for rows in self._cached]
        return attend_to_prefixes(
            queries,
            self._spans,
            torch.cat([own for own, _ in parts]),
            torch.cat([total for _, total in parts]),
            layer=layer,
            attention=attention,
            positions=self._positions,
        )


class _CachedRows:
    """The rows of one cache among those that are decoded: `part` of the tokens."""

    def __init__(self, cache: KVCache, part: slice, written: torch.Tensor) -> None:
        import torch

        self._cache, self._part, self._written = cache, part, written
        self._longest = int(written.max()) + 1
        self._rows = torch.arange(len(written), device=written.device)
        self._back = written[:, None] - torch.arange(self._longest, device=written.device)
        self._masks: dict[int | None, torch.Tensor] = {}

    def attend(
        self,
        layer: int,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        attention: LayerAttention,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return attention to the rows' own tokens (rows, heads, size), and its log-sum-exp."""
        own_keys, own_values = self._cache.keys[layer], self._cache.values[layer]
        own_keys[self._rows, :, self._written] = keys[:, self._part].transpose(0, 1)
        own_values[self._rows, :, self._written] = values[:, self._part].transpose(0, 1)
        heads, _, size = queries.shape
        rows = len(self._rows)
        # The heads that share keys are queries side by side.
        folded = queries[:, self._part].reshape(keys.shape[0], -1, rows, size).permute(2, 0, 1, 3)
        own, total = attend(
            folded,
            own_keys[:, :, : self._longest],
            own_values[:, :, : self._longest],
            scale=attention.scale,
            mask=self._mask(attention.window, queries.dtype),
        )
        return own.reshape(rows, heads, size), total.reshape(rows, heads)

    def _mask(self, window: int | None, dtype: torch.dtype) -> torch.Tensor:
        if window not in self._masks:
            hidden = self._back < 0
            if window is not None:
                hidden = hidden | (self._back >= window)
            self._masks[window] = hide(hidden, dtype=dtype)[:, None, None]
        return self._masks[window]


def find_spans(prompts: Sequence[Suffix], tokens: Sequence[int]) -> list[Span]:
    """Return the stretches of tokens that hang on the same prefix; `tokens` per prompt."""
    spans: list[Span] = []
    start = 0
    for prompt, n in zip(prompts, tokens, strict=True):
        stop = start + n
        if prompt.prefix is not None:
            if spans and spans[-1].stop == start and spans[-1].prefix is prompt.prefix:
                spans[-1] = Span(spans[-1].start, stop, prompt.prefix)
            else:
                spans.append(Span(start, stop, prompt.prefix))
        start = stop
    return spans
