"""Says what a run waits for while a server fails or is silent: which, why, how long yet.

One line per server, at most, each after twice the pause of the last; an answer starts anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trusteval.system.progress import Say, say_nothing

_FIRST_GAP = 2.0
_LONGEST_GAP = 60.0


@dataclass(frozen=True, slots=True)
class Wait:
    """A request that is not answered yet: its `attempt`, and seconds `spent` of its `patience`."""

    url: str
    why: str
    attempt: int
    spent: float
    patience: float

    def sentence(self) -> str:
        return (
            f"waiting for {self.url}: {self.why} (attempt {self.attempt}, {self.spent:.0f} s of at "
            f"most {self.patience:.0f} s)"
        )


@dataclass(slots=True)
class _Silence:
    """Since when a server did not answer, when that was last said, and how long until the next."""

    since: float
    gap: float = _FIRST_GAP


@dataclass(frozen=True, slots=True)
class Watch:
    """Tells `say` of the waits of a run, seldom enough to be read."""

    say: Say = say_nothing
    clock: Callable[[], float] = time.monotonic
    silences: dict[str, _Silence] = field(default_factory=dict, compare=False)

    def waits(self, server: str, wait: Wait) -> None:
        """Say what is waited for, unless the server answered or it was said a moment ago."""
        now = self.clock()
        silence = self.silences.setdefault(server, _Silence(now - wait.spent))
        if now - silence.since < silence.gap:
            return
        silence.since, silence.gap = now, min(2 * silence.gap, _LONGEST_GAP)
        self.say(wait.sentence())

    def hears(self, server: str) -> None:
        """Note that a server answered."""
        self.silences.pop(server, None)
