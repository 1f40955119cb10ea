"""The seam between prompts and models: what a backend and an engine must do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from trusteval.types import Draw, Health, LabelLogs, Prompt, Response, Variant


class Engine(Protocol):
    """One loaded variant; it answers for the draws of that variant too.

    Batches are planned from the whole prompt list, not from what is missing, so that a resumed
    run computes those it had not finished as they were. Only a server forms its own: there a
    batch is what has arrived.
    """

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        """Yield each finished batch: index into `prompts` to its response.

        Greedily decoded, or with a `draw` drawn: by the prompt and the draw alone. An engine that
        cannot draw does not take one. Prompts in `done` are left out of their batches. Every other
        prompt is answered once, with at most `max_new_tokens`, and no batch is empty;
        `engines.contract` holds an engine to it. Raises EngineError for a prompt that does not fit
        the context and for numbers that are not finite.
        """
        ...

    def check_health(self) -> Health | None:
        """Check that weights and engine are healthy; None where there are no weights to check.

        Raises EngineError if not even a few prompts can be answered.
        """
        ...

    def close(self) -> None:
        """Free the model's memory; the engine cannot be used afterwards."""
        ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely the labels are at the start of an answer, and that answer.

    `response` is None where it was not asked for.
    """

    response: Response | None
    logs: LabelLogs


class WeighingEngine(Engine, Protocol):
    """An engine that can tell how likely labels are; `types.LabelLogs` says what that is."""

    def weigh(
        self,
        prompts: Sequence[Prompt],
        *,
        labels: Sequence[str],
        max_new_tokens: int,
        done: Collection[int] = (),
        answered: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Weighed]]:
        """Yield each finished batch, as `generate` does, with the log-probabilities of `labels`.

        Prompts in `answered` get no response. The others get that of `generate`, drawn with a
        `draw`; the log-probabilities are the same with it and without. Raises UnweighedError,
        before the first batch, where no label's probability can be had.
        """
        ...


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """How many tokens a variant takes, prompt and answer together, and how prompts are counted.

    `owner` names the model whose window it is.
    """

    owner: str
    size: int
    count: Callable[[Sequence[Prompt]], list[int]]


class Backend(Protocol):
    """Opens engines, and describes them without loading anything heavy."""

    def context(self, variant: Variant) -> Mapping[str, Any]:
        """Return everything but the prompt that decides a response: it addresses the store.

        What JSON holds: texts for keys, finite numbers.
        """
        ...

    def notes(self, variant: Variant) -> Mapping[str, str]:
        """Return what a reader should know of how the variant runs, for reports."""
        ...

    def build(self, variant: Variant) -> Mapping[str, object]:
        """Return what building the variant took; empty if it was not built here."""
        ...

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        """Return fingerprints of the variant's tokens by kind of file, if it has any."""
        ...

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        """Return what its tokenizer does with a text, by what decides it; empty if unknown."""
        ...

    def window(self, variant: Variant) -> ContextWindow | None:
        """Return the variant's context, None where it is not known before the model runs.

        Fetches, builds and loads nothing; counting loads the tokenizer.
        """
        ...

    def open(self, variant: Variant) -> Engine:
        """Load the variant."""
        ...


class WithoutWeights:
    """What a backend says that sees nobody's weights: nothing was built, no tokenizer is known."""

    __slots__ = ()

    def build(self, variant: Variant) -> Mapping[str, object]:
        return {}

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return {}

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        return {}

    def window(self, variant: Variant) -> None:
        return None
