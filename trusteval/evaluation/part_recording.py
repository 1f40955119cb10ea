"""Records what is missing of a part of a setting, batch by batch, then what the answers took."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from typing import Any

from trusteval.errors import DiskSpaceError, ItemError, PromptError, StoreError
from trusteval.evaluation.asking import asked_of
from trusteval.evaluation.loaded import LoadedVariant
from trusteval.evaluation.metering import Stopwatch
from trusteval.evaluation.sheet import Batch, Sheet
from trusteval.types import Variant


@dataclass(frozen=True, slots=True)
class PartRecording:
    """Whose answers are recorded, and where; `waiting` is entered while a batch is awaited.

    `loaded` is the variant itself, or what it is drawn from.
    """

    variant: Variant
    loaded: LoadedVariant
    sheet: Sheet
    context: Mapping[str, Any]
    waiting: Callable[[], AbstractContextManager[None]]

    def record(self, part: range) -> Iterator[int]:
        """Record what the sheet lacks of a part; yield how many rows each batch makes whole.

        What is answered already is weighed by itself, and on no answer's account. Raises
        UnweighedError where it is to be weighed and cannot be.
        """
        missing = [row for row in part if not self.sheet.is_whole(row)]
        unanswered = [row for row in missing if not self.sheet.is_answered(row)]
        unweighed = [row for row in missing if self.sheet.is_answered(row)]
        if unanswered:
            yield from self._answer(part, unanswered)
        if unweighed:
            with closing(self._batches(part, unweighed)) as batches:
                for batch in batches:
                    yield batch.n_rows

    def _answer(self, part: range, rows: Collection[int]) -> Iterator[int]:
        watch, made = Stopwatch(), list[str]()
        try:
            with closing(self._batches(part, rows)) as batches:
                for batch in batches:
                    made += batch.responses
                    watch.lap()
                    yield batch.n_rows
        finally:
            self._record_costs(made, watch)

    def _batches(self, part: range, rows: Collection[int]) -> Generator[Batch]:
        """Yield what an engine makes of some rows, recorded."""
        batches = asked_of(self.loaded.engine, self.variant, self.sheet, part, rows=rows)
        try:
            while (batch := self._next(batches)) is not None:
                self.sheet.record(self.context, batch)
                yield batch
        except PromptError as error:
            item = self.sheet.questions[part[error.index]].sample.id
            raise ItemError(f"{self.sheet.setting.id}, item {item}: {error}", item=item) from error
        finally:
            batches.close()

    def _next(self, batches: Iterator[Batch]) -> Batch | None:
        with self.waiting():
            return next(batches, None)

    def _record_costs(self, made: Collection[str], watch: Stopwatch) -> None:
        """Record what answers took, and what is known of the load by now.

        Where that fails it stays unknown: what became of the answers matters more.
        """
        effort, load, store = self.loaded.effort(watch), self.loaded.load(), self.sheet.store
        with suppress(StoreError, DiskSpaceError):
            if effort is not None and made:
                store.put_effort(self.context, made, effort)
            if load is not None:
                store.put_load(self.context, self.loaded.key, load)
