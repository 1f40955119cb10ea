"""trusteval: a pytest gate for the trustworthiness of quantized language models."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trusteval.checkpoints.loading import load_model

__all__ = ["load_model"]


def __getattr__(name: str) -> object:
    """Load public names on first use, so that importing trusteval stays light."""
    if name == "load_model":
        from trusteval.checkpoints.loading import load_model

        return load_model
    raise AttributeError(f"module 'trusteval' has no attribute {name!r}")
