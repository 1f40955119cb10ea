"""A run as it was asked for: its options, subjects and gates, checked before anything heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trusteval.run.run import Run

__all__ = ["Run"]


def __getattr__(name: str) -> object:
    """Load the run on first use: whoever reads options needs nothing of it."""
    if name == "Run":
        from trusteval.run.run import Run

        return Run
    raise AttributeError(f"module 'trusteval.run' has no attribute {name!r}")
