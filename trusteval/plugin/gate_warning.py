"""The category of warnings that gates at level "warn" give."""

from __future__ import annotations


class GateWarning(UserWarning):
    """A gate at level "warn" that did not pass."""
