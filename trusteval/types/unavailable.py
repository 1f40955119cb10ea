"""What stands where something cannot be had."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unavailable:
    """What stands in the place of something that cannot be had, with the reason."""

    why: str
