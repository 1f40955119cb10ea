"""How long a server is waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for one reply, for all attempts together, between attempts."""

    reply: float = 240.0
    total: float = 900.0
    first_pause: float = 1.0
    longest_pause: float = 30.0


PATIENCE = Patience()
OPENING = Patience(reply=10.0, total=30.0)
"""For the first contact: a mistyped port should not take a quarter of an hour to be told."""
