"""Answers that are drawn from a model's probabilities instead of being its likeliest ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

DRAWN = "~"
"""What a drawn variant's name has and no other's."""
_NAME = re.compile(r"([^~]+)~([0-9]{1,2}(?:\.[0-9]{1,4})?)#([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Draw:
    """One of several answers that a variant gives to each prompt.

    Each token is drawn from softmax(logits / `temperature`), which is above 0; draws of another
    `number`, from 1, are drawn anew.
    """

    temperature: float
    number: int

    def __str__(self) -> str:
        return f"{DRAWN}{self.temperature:g}#{self.number}"

    @property
    def wording(self) -> str:
        """How the answers came about, for reports and the addresses of answers."""
        return f"drawn at temperature {self.temperature:g}, draw {self.number}"


def draw_of(name: str) -> tuple[str, Draw] | None:
    """Take a drawn variant's name apart: whose draw it is, and which; None for another name."""
    match = _NAME.fullmatch(name)
    if match is None or float(match[2]) == 0:
        return None
    return match[1], Draw(float(match[2]), int(match[3]))
