"""How much of a run is told in a terminal (--trust-summary)."""

from __future__ import annotations

from enum import StrEnum


class Detail(StrEnum):
    """LONG: table and sentences; SHORT: a line per dimension, and what failed; OFF: the tally."""

    LONG = "long"
    SHORT = "short"
    OFF = "off"
