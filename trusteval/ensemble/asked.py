"""What a user asks of an ensemble beyond what is always shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of a study; what is not asked for is said not to be."""

    group_aware: bool = False


NOTHING_MORE = Asked()
