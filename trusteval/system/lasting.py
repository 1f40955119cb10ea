"""Says what a run waits for where nothing else would: a silent engine, another process.

Nothing here gives up: a slow model and one that hangs look the same. Whoever watches is told.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from trusteval.system.progress import Say, say_nothing

FIRST_SECONDS = 60.0
"""How long nothing is said: longer than a batch of a large model on a CPU often takes."""
_LONGEST_SECONDS = 600.0


@dataclass(slots=True)
class Patience:
    """How long something lasts, and whether it is time to say so: after twice as long each time."""

    first: float = FIRST_SECONDS
    since: float = field(default_factory=time.monotonic)
    said: float = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since

    @property
    def left(self) -> float:
        """Seconds until it is time to say something."""
        gap = self.first if not self.said else min(self.said, _LONGEST_SECONDS)
        return self.said + gap - self.seconds

    def tell(self, say: Say, sentence: Callable[[float], str]) -> None:
        """Say a sentence about the seconds so far, if it is time to."""
        if self.left <= 0:
            self.said = self.seconds
            say(sentence(self.said))


@contextmanager
def telling(say: Say, sentence: Callable[[float], str], *, first: float) -> Iterator[None]:
    """Say a sentence about the seconds so far while what is inside lasts, from another thread.

    Not after it ended: then the terminal is somebody else's again.
    """
    if say is say_nothing:
        yield
        return
    patience, ended = Patience(first), threading.Event()

    def tell() -> None:
        while not ended.wait(max(patience.left, 0)):
            with suppress(OSError, ValueError):  # a terminal that is gone
                patience.tell(say, sentence)

    teller = threading.Thread(target=tell, name="trusteval-telling", daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()
