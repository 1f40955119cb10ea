"""What one line or sample of another tool says, before items and metrics are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trusteval.types import Response


@dataclass(frozen=True, slots=True)
class Answered:
    """One item, asked once: `name` is what the tool calls it, `epoch` the how manieth time.

    `values` are its metrics as they were recorded, of any type. `options` are the texts of the
    choices, in the order of their letters, where the item brings them.
    """

    name: str
    key: str
    text: str
    target: str
    values: Mapping[str, object]
    epoch: int = 1
    prompt_key: str = ""
    responses: tuple[Response, ...] = ()
    options: tuple[str, ...] = ()
