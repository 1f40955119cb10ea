"""Writes .gguf files of a llama as llama.cpp's converter does: whole, in parts, or with a fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Tensors = Mapping[str, np.ndarray]

_NAMES = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    **{f"self_attn.{x}_proj": f"attn_{x}" for x in "qkv"},
    "self_attn.o_proj": "attn_output",
    **{f"mlp.{x}_proj": f"ffn_{x}" for x in ("gate", "up", "down")},
}


def write_gguf(
    model: Path,
    file: Path,
    *,
    change: Callable[[dict[str, np.ndarray]], Tensors] = dict,
    kinds: Mapping[str, str] | None = None,
    file_type: str = "ALL_F32",
) -> Path:
    """Write the llama at `model` as float32, its tensors as `change` makes them.

    Those whose names end as `kinds` says are quantized so, whatever `file_type` is written down.
    """
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    writer = _writer(file, config, file_type=file_type)
    _add_tokenizer(writer, model)
    _write(writer, change(gguf_tensors(model, config)), kinds=kinds or {})
    return file


def write_parts(model: Path, folder: Path, *, parts: int) -> list[Path]:
    """Write the llama as `parts` files, as llama-gguf-split does: settings in the first."""
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    tensors = list(gguf_tensors(model, config).items())
    files = []
    for number in range(parts):
        file = folder / f"model-{number + 1:05}-of-{parts:05}.gguf"
        writer = _writer(file, config)
        writer.add_uint16("split.no", number)
        writer.add_uint16("split.count", parts)
        writer.add_int32("split.tensors.count", len(tensors))
        if number == 0:
            _add_tokenizer(writer, model)
        _write(writer, dict(tensors[number::parts]))
        files.append(file)
    return files


def gguf_tensors(model: Path, config: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the llama's weights by llama.cpp's names, rows of queries and keys in its order."""
    from safetensors.numpy import load_file

    found = {}
    for name, tensor in load_file(model / "model.safetensors").items():
        parts = name.removeprefix("model.").removesuffix(".weight").split(".", 2)
        if parts[0] != "layers":
            stem = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}
            found[f"{stem[parts[0]]}.weight"] = tensor
            continue
        _, block, stem_of = parts
        for letter, heads in (("q", "num_attention_heads"), ("k", "num_key_value_heads")):
            if stem_of == f"self_attn.{letter}_proj":
                tensor = _permuted(tensor, config[heads])
        found[f"blk.{block}.{_NAMES[stem_of]}.weight"] = tensor
    return found


def _permuted(weight: np.ndarray, heads: int) -> np.ndarray:
    halves = weight.reshape(heads, 2, weight.shape[0] // heads // 2, weight.shape[1])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(weight.shape))


def _writer(file: Path, config: Mapping[str, Any], *, file_type: str = "ALL_F32") -> Any:
    from gguf import GGUFWriter, LlamaFileType

    writer: Any = GGUFWriter(file, "llama")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_vocab_size(config["vocab_size"])
    if file_type:
        writer.add_file_type(LlamaFileType[file_type])
    return writer


def _add_tokenizer(writer: Any, model: Path) -> None:
    raw = json.loads((model / "tokenizer.json").read_text(encoding="utf-8"))
    tokens = sorted(raw["model"]["vocab"], key=raw["model"]["vocab"].get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token.startswith("<") else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in raw["model"]["merges"]])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)


def _write(writer: Any, tensors: Tensors, *, kinds: Mapping[str, str] | None = None) -> None:
    from gguf import GGMLQuantizationType
    from gguf.quants import quantize

    for name, tensor in tensors.items():
        called = next((kind for end, kind in (kinds or {}).items() if name.endswith(end)), None)
        if called is None:
            writer.add_tensor(name, tensor)
            continue
        kind = GGMLQuantizationType[called]
        writer.add_tensor(name, quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
