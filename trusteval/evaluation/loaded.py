"""The one model in memory, and what loading and running it takes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from trusteval.engines.contract import opened
from trusteval.engines.engine import Backend
from trusteval.evaluation.metering import Meter, Stopwatch
from trusteval.system.as_declared import whole_number
from trusteval.system.digests import digest
from trusteval.types import Effort, Load, Memory, Variant


class LoadedVariant:
    """A variant's engine, loaded; `key` names this load among all others."""

    def __init__(self, backend: Backend, variant: Variant, context: Mapping[str, Any]) -> None:
        self.variant = variant
        self.key = digest(["load", uuid.uuid4().hex])
        self._meter = Meter(context)
        self._gauge = self._meter.gauge()
        watch = Stopwatch()
        try:
            self.engine = opened(backend, variant)
        except BaseException:
            self._end_gauge()
            raise
        watch.lap()
        self._loading = self.effort(watch)
        self._loaded_bytes = None if self._gauge is None else self._gauge.now()

    def effort(self, watch: Stopwatch) -> Effort | None:
        """Return what a stopwatch measured of it; None where no model runs."""
        # Of a server only: an engine that runs a model itself plans its batches.
        at_once = whole_number(getattr(self.engine, "at_once", None))
        return self._meter.effort(watch, at_once=at_once) if self._meter.runs_model else None

    def load(self) -> Load | None:
        """Return what loading it took, and the most memory since; None where no model runs."""
        if self._loading is None:
            return None
        memory = None
        if self._gauge is not None and self._loaded_bytes is not None:
            memory = Memory(self._gauge.kind, self._loaded_bytes, self._gauge.peak())
        return Load(self._loading, memory)

    def close(self) -> None:
        """Free the model."""
        self._end_gauge()
        self.engine.close()

    def _end_gauge(self) -> None:
        if self._gauge is not None:
            self._gauge.close()
