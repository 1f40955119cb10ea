"""Generates and records a part of a setting: the answers, batch by batch, then what they took."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from trusteval.benchmarks.benchmark import Question
from trusteval.engines.contract import generated
from trusteval.errors import DiskSpaceError, EngineError, PromptError, StoreError
from trusteval.evaluation.loaded import LoadedVariant
from trusteval.evaluation.metering import Stopwatch
from trusteval.store import ResponseStore


@dataclass(frozen=True, slots=True)
class PartRecording:
    """Whose answers are recorded, and where; `waiting` is entered while a batch is awaited."""

    loaded: LoadedVariant
    store: ResponseStore
    context: Mapping[str, Any]
    waiting: Callable[[], AbstractContextManager[None]]

    def answer(
        self, part: Sequence[tuple[Question, str]], *, known: Collection[str]
    ) -> Iterator[int]:
        """Answer those questions whose keys are not known; yield how many each batch adds."""
        setting = part[0][0].sample.setting
        batches = generated(
            self.loaded.engine,
            self.loaded.variant,
            [question.prompt for question, _ in part],
            max_new_tokens=setting.max_new_tokens,
            done=frozenset(i for i, (_, key) in enumerate(part) if key in known),
        )
        watch, made = Stopwatch(), list[str]()
        try:
            while (batch := self._next(batches)) is not None:
                answered = {part[index][1]: response for index, response in batch.items()}
                self.store.put(self.context, answered)
                made += answered
                watch.lap()
                yield len(answered)
        except PromptError as error:
            item = part[error.index][0].sample.id
            raise EngineError(f"{setting.id}, item {item}: {error}") from error
        finally:
            batches.close()
            self._record_costs(made, watch)

    def _next(self, batches: Iterator[dict[int, Any]]) -> dict[int, Any] | None:
        with self.waiting():
            return next(batches, None)

    def _record_costs(self, made: Collection[str], watch: Stopwatch) -> None:
        """Record what answers took, and what is known of the load by now.

        Where that fails it stays unknown: what became of the answers matters more.
        """
        effort, load = self.loaded.effort(watch), self.loaded.load()
        with suppress(StoreError, DiskSpaceError):
            if effort is not None and made:
                self.store.put_effort(self.context, made, effort)
            if load is not None:
                self.store.put_load(self.context, self.loaded.key, load)
