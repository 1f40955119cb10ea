"""Forward passes over packed tokens: reading whole prompts, adding a token to each."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trusteval.engines.local.attention import (
    Beginning,
    How,
    Span,
    attend,
    attend_to_beginnings,
    hide,
    padded,
)

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """A prompt's own tokens, after its family's beginning."""

    tokens: Sequence[int]
    beginning: Beginning | None

    @property
    def begun(self) -> int:
        return 0 if self.beginning is None else self.beginning.length


@dataclass(slots=True)
class Kept:
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

    def after(self, beginning: Beginning | None) -> Beginning:
        """Return the only row as the continuation of a beginning."""
        if beginning is None:
            length = self.capacity
            keys, values = ([x[0] for x in held] for held in (self.keys, self.values))
        else:
            length = beginning.length + self.capacity
            keys = _continued(beginning.keys, self.keys, beginning.length)
            values = _continued(beginning.values, self.values, beginning.length)
        return Beginning(length, [padded(x) for x in keys], [padded(x) for x in values])


def _continued(
    before: Sequence[torch.Tensor], after: Sequence[torch.Tensor], length: int
) -> list[torch.Tensor]:
    import torch

    return [torch.cat([b[:, :length], a[0]], 1) for b, a in zip(before, after, strict=True)]


class Reading:
    """Packs whole prompts, `lengths` tokens each, one behind the other."""

    def __init__(
        self,
        *,
        lengths: torch.Tensor,
        spans: Sequence[Span],
        positions: torch.Tensor,
        kept: Kept | None,
    ) -> None:
        import torch

        self._spans, self._positions, self._kept = spans, positions, kept
        steps = torch.arange(int(lengths.max()), device=lengths.device)
        starts = lengths.cumsum(0) - lengths
        real = steps < lengths[:, None]
        self._shape = real.shape
        self._even = bool(real.all())
        self._where = (starts[:, None] + steps).where(real, 0)
        self._back = real.flatten().nonzero()[:, 0]

    def attend(
        self, layer: int, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, how: How
    ) -> torch.Tensor:
        rows = [self._pad(x) for x in (queries, keys, values)]
        if self._kept is not None:
            self._kept.write(layer, rows[1], rows[2])
        mask = self._window(how, rows[0])
        own, total = attend(*rows, scale=how.scale, causal=mask is None, mask=mask)
        return attend_to_beginnings(
            queries,
            self._spans,
            self._pack(own),
            self._pack(total),
            layer=layer,
            how=how,
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

    def _window(self, how: How, queries: torch.Tensor) -> torch.Tensor | None:
        import torch

        steps = torch.arange(queries.shape[2], device=queries.device)
        if how.window is None or len(steps) <= how.window:
            return None
        back = steps[:, None] - steps
        return hide((back < 0) | (back >= how.window), dtype=queries.dtype)[None, None]


class Speaking:
    """Packs one new token of each row; `written` counts the row's own tokens before it.

    The rows of each of `kept` stand side by side.
    """

    def __init__(
        self,
        *,
        written: torch.Tensor,
        spans: Sequence[Span],
        positions: torch.Tensor,
        kept: Sequence[Kept],
    ) -> None:
        self._spans, self._positions = spans, positions
        self._shares: list[_Share] = []
        start = 0
        for some in kept:
            stop = start + len(some.rows)
            self._shares.append(_Share(some, slice(start, stop), written[start:stop]))
            start = stop

    def attend(
        self, layer: int, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, how: How
    ) -> torch.Tensor:
        import torch

        parts = [share.attend(layer, queries, keys, values, how) for share in self._shares]
        return attend_to_beginnings(
            queries,
            self._spans,
            torch.cat([own for own, _ in parts]),
            torch.cat([total for _, total in parts]),
            layer=layer,
            how=how,
            positions=self._positions,
        )


class _Share:
    """The rows of one pass among those that speak: `part` of the tokens."""

    def __init__(self, kept: Kept, part: slice, written: torch.Tensor) -> None:
        import torch

        self._kept, self._part, self._written = kept, part, written
        self._longest = int(written.max()) + 1
        self._rows = torch.arange(len(written), device=written.device)
        self._back = written[:, None] - torch.arange(self._longest, device=written.device)
        self._masks: dict[int | None, torch.Tensor] = {}

    def attend(
        self, layer: int, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, how: How
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return attention to the rows' own tokens (rows, heads, size), and its log-sum-exp."""
        own_keys, own_values = self._kept.keys[layer], self._kept.values[layer]
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
            scale=how.scale,
            mask=self._mask(how.window, queries.dtype),
        )
        return own.reshape(rows, heads, size), total.reshape(rows, heads)

    def _mask(self, window: int | None, dtype: torch.dtype) -> torch.Tensor:
        if window not in self._masks:
            hidden = self._back < 0
            if window is not None:
                hidden = hidden | (self._back >= window)
            self._masks[window] = hide(hidden, dtype=dtype)[:, None, None]
        return self._masks[window]


def find_spans(prompts: Sequence[OwnTokens], tokens: Sequence[int]) -> list[Span]:
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
