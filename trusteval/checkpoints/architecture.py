"""The dense architecture that a checkpoint's config names: without memory, or without values."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.checkpoint import Checkpoint
from trusteval.checkpoints.foreign import offline
from trusteval.checkpoints.skeleton import build_skeleton

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Architecture:
    """The dense architecture of a checkpoint; of numbers of `dtype`, of its own where "auto"."""

    checkpoint: Checkpoint
    dtype: torch.dtype | str
    trust_remote_code: bool

    def skeleton(self, *, dtype: torch.dtype | None = None) -> Any:
        """Build it without memory; raises ModelError if it is another model's."""
        config, own = self._config()
        with hub_access(trust_remote_code=self.trust_remote_code):
            return build_skeleton(
                self.checkpoint.path,
                config,
                shapes=self.checkpoint.dense_shapes.values(),
                dtype=dtype or own,
                trust_remote_code=self.trust_remote_code,
            )

    def without_values(self, *, device: str) -> Any:
        """Build it on a device; its weights hold no values yet."""
        import torch
        from transformers import AutoModelForCausalLM
        from transformers.initialization import no_init_weights

        config, own = self._config()
        build: Any = AutoModelForCausalLM.from_config
        access = hub_access(trust_remote_code=self.trust_remote_code)
        with access, no_init_weights(), torch.device(device):
            return build(config, dtype=own, trust_remote_code=self.trust_remote_code)

    def _config(self) -> tuple[Any, torch.dtype]:
        """Return the config, and the type of numbers."""
        import torch
        from transformers import AutoConfig

        with hub_access(trust_remote_code=self.trust_remote_code):
            config = AutoConfig.from_pretrained(
                self.checkpoint.path,
                local_files_only=True,
                trust_remote_code=self.trust_remote_code,
            )
        if hasattr(config, "quantization_config"):
            del config.quantization_config
        own = config.dtype if isinstance(config.dtype, torch.dtype) else torch.float32
        return config, self.dtype if isinstance(self.dtype, torch.dtype) else own


def hub_access(*, trust_remote_code: bool) -> AbstractContextManager[None]:
    """Close the hub to a checkpoint, unless it may run code, which may come from there."""
    return nullcontext() if trust_remote_code else offline()
