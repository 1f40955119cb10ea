"""Draws tokens from a model's probabilities, each prompt by random numbers of its own.

So a prompt's draw does not depend on what runs beside it, before it or in which process. Nothing
of a model's generation config is asked: no top-k, no top-p, no penalty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from trusteval.engines.drawing import seed_of
from trusteval.types import Draw

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Lots:
    """What one prompt's answer is drawn by: a random number for each of its tokens, in order."""

    temperature: float
    chance: Random

    @classmethod
    def of(cls, tokens: Sequence[int], draw: Draw) -> Lots:
        """Begin the draw of an answer to a prompt."""
        return cls(draw.temperature, Random(seed_of(draw, list(tokens))))

    def next(self) -> float:
        """Return a number above 0, at most 1."""
        return 1.0 - self.chance.random()


def draw_tokens(logits: torch.Tensor, lots: Sequence[Lots]) -> list[int]:
    """Draw a token of each row from softmax(logits / temperature), by inversion.

    The token drawn is the first at which the probabilities, summed up in the order of the
    vocabulary, reach the row's lot; one of probability 0 is never the first.
    """
    import torch

    heat = logits.new_tensor([row.temperature for row in lots], dtype=torch.float64)
    summed = (logits.double() / heat[:, None]).softmax(-1).cumsum(-1)
    drawn = logits.new_tensor([row.next() for row in lots], dtype=torch.float64)
    return torch.searchsorted(summed, drawn[:, None] * summed[:, -1:])[:, 0].tolist()
