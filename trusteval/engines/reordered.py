"""Asks the same again otherwise: prompts in reverse, in smaller runs, under an address of its own.

What differs from the first time is the engine's noise, which no margin can be below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trusteval.engines.contract import generated
from trusteval.engines.engine import Backend, ContextWindow, Engine
from trusteval.errors import PromptError
from trusteval.types import Draw, Health, Prompt, Response, Variant

_RUN = 24
"""How many prompts are handed over together: far fewer than an engine would take."""


@dataclass(frozen=True, slots=True)
class ReorderedBackend:
    """Another backend, asked in reverse."""

    backend: Backend

    def context(self, variant: Variant) -> Mapping[str, Any]:
        return {**self.backend.context(variant), "order": f"reversed, in runs of {_RUN}"}

    def notes(self, variant: Variant) -> Mapping[str, str]:
        return self.backend.notes(variant)

    def build(self, variant: Variant) -> Mapping[str, object]:
        return self.backend.build(variant)

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return self.backend.vocabularies(variant)

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        return self.backend.tokenizing(variant)

    def window(self, variant: Variant) -> ContextWindow | None:
        return self.backend.window(variant)

    def open(self, variant: Variant) -> Engine:
        return ReorderedEngine(self.backend.open(variant), variant)


@dataclass(frozen=True, slots=True)
class ReorderedEngine:
    """Another engine, given its prompts in reverse and a few at a time."""

    engine: Engine
    variant: Variant

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        backwards = [i for i in reversed(range(len(prompts))) if i not in done]
        for start in range(0, len(backwards), _RUN):
            run = backwards[start : start + _RUN]
            asked = [prompts[index] for index in run]
            try:
                batches = generated(
                    self.engine, self.variant, asked, max_new_tokens=max_new_tokens, draw=draw
                )
                for batch in batches:
                    yield {run[place]: response for place, response in batch.items()}
            except PromptError as error:
                raise PromptError(str(error), index=run[error.index]) from error

    def check_health(self) -> Health | None:
        return self.engine.check_health()

    def close(self) -> None:
        self.engine.close()
