"""Waits for models and for other processes, and says so of what lasts long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from trusteval.store import ResponseStore
from trusteval.system.lasting import Patience, telling
from trusteval.system.progress import Say

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Waiting:
    """`say` is told what nothing came of for `quiet` seconds."""

    store: ResponseStore
    say: Say
    quiet: float

    def telling(self, what: str) -> AbstractContextManager[None]:
        """Say that something lasts, while it does."""
        return telling(
            self.say,
            lambda seconds: f"waiting for {what}: nothing for {seconds:.0f} s",
            first=self.quiet,
        )

    def patience(self) -> Patience:
        """Begin to wait for somebody."""
        return Patience(self.quiet)

    def wait(self, patience: Patience, units: Sequence[str], doing: str) -> None:
        """Wait a moment for whoever holds these units, and say so if it takes long."""

        def sentence(seconds: float) -> str:
            holders = sorted({who for unit in units if (who := self.store.holder(unit))})
            return (
                f"waiting for {' and '.join(holders) or 'another process'}, {doing}: no progress "
                f"for {seconds:.0f} s; if it hangs, end it, and its part is done here"
            )

        patience.tell(self.say, sentence)
        time.sleep(_POLL_SECONDS)
