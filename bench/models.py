"""Models to measure: any that trusteval loads, or random weights in the shape of a larger one."""

from __future__ import annotations

from typing import Any

from trusteval.checkpoints.loading import load_model
from trusteval.checkpoints.models import model_directory
from trusteval.system.machine import cache_directory

_SHAPES = {
    "shape-1b": {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
                 "num_attention_heads": 32, "num_key_value_heads": 8},
    "shape-13b": {"hidden_size": 5120, "intermediate_size": 13824, "num_hidden_layers": 40,
                  "num_attention_heads": 40, "num_key_value_heads": 40},
}  # fmt: skip
"""Layers of Llama 3.2 1B and Llama 2 13B."""


def open_model(name: str, *, dtype: str, device: str) -> tuple[Any, Any]:
    """Return a model and its tokenizer; a shape has random weights and the demo model's tokens."""
    known = name if name not in _SHAPES else "demo"
    directory = model_directory(known, cache=cache_directory())
    if name not in _SHAPES:
        return load_model(directory, dtype=dtype, device=device)
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    tokenizer = AutoTokenizer.from_pretrained(directory)
    config = LlamaConfig(
        **_SHAPES[name],
        vocab_size=len(tokenizer),
        max_position_embeddings=8192,
        eos_token_id=tokenizer.eos_token_id,
        dtype=dtype,
    )
    torch.manual_seed(0)
    with torch.device(device):
        return LlamaForCausalLM(config).to(getattr(torch, dtype)).eval(), tokenizer
