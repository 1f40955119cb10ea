"""What a decoder does, and the one for models whose attention is their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from trusteval.engines.local.batching import Batch, rows_of
from trusteval.engines.local.drawing import Lots, draw_tokens
from trusteval.errors import EngineError
from trusteval.types import Draw

if TYPE_CHECKING:
    import torch


class Decoder(Protocol):
    """Answers batches of encoded prompts: greedily, or with what is drawn."""

    def answer(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[list[int]]:
        """Return each prompt's new tokens, in the order of the batch's rows.

        The token that ended an answer is its last. Raises EngineError for logits that are not
        finite.
        """
        ...

    def forget(self) -> None:
        """Free what is kept for the next batch, whose prefixes may be the same."""
        ...


def choose(logits: torch.Tensor, lots: Sequence[Lots] = ()) -> list[int]:
    """Return the likeliest token of each row, or the one that its lot falls on.

    Raises EngineError for NaN or Inf.
    """
    best = logits.max(-1)  # NaN where there is one
    if not bool(best.values.isfinite().all()):
        raise EngineError("the model's logits are not finite (NaN or Inf)")
    if lots:
        return draw_tokens(logits, lots)
    return [int(token) for token in best.indices.tolist()]


class PlainDecoder:
    """Decoding as transformers does it, for models that take no other attention than their own.

    Prompts of equal length run together, so that there is no padding to hide; nothing is shared.
    `stops` end an answer.
    """

    def __init__(self, model: Any, *, stops: frozenset[int]) -> None:
        self._model = model
        self._stops = stops

    def answer(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Batch,
        *,
        max_new_tokens: int,
        draw: Draw | None = None,
    ) -> list[list[int]]:
        import torch

        new: dict[int, list[int]] = {}
        by_length = sorted(rows_of(batch), key=lambda row: len(encoded[row]))
        with torch.inference_mode():
            for _, rows in groupby(by_length, key=lambda row: len(encoded[row])):
                same = list(rows)
                answers = self._answer([encoded[row] for row in same], max_new_tokens, draw)
                new |= zip(same, answers, strict=True)
        return [new[row] for row in rows_of(batch)]

    def forget(self) -> None:
        pass

    def _answer(
        self, prompts: Sequence[Sequence[int]], max_new_tokens: int, draw: Draw | None
    ) -> list[list[int]]:
        """Answer prompts of equal length; those that ended are fed on, and cut."""
        import torch

        new: list[list[int]] = [[] for _ in prompts]
        lots = [] if draw is None else [Lots.of(tokens, draw) for tokens in prompts]
        ids = torch.tensor([list(tokens) for tokens in prompts], device=self._model.device)
        cache = None
        for _ in range(max_new_tokens):
            output = self._model(
                input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
            chosen = choose(output.logits[:, -1], lots)
            for tokens, token in zip(new, chosen, strict=True):
                if not tokens or tokens[-1] not in self._stops:
                    tokens.append(token)
            if all(tokens[-1] in self._stops for tokens in new):
                break
            cache = output.past_key_values
            ids = torch.tensor(chosen, device=self._model.device)[:, None]
        return new
