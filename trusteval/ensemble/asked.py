"""What a user asks of an ensemble beyond what is always shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of a study; what is not asked for is said not to be.

    `dawid_skene` runs that rival, for which crowd-kit and pandas are imported.
    """

    group_aware: bool = False
    dawid_skene: bool = True


NOTHING_MORE = Asked()
