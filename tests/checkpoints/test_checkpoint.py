"""Checkpoints that cannot be judged are refused in one line that says what is wrong with them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.damage import (
    declare,
    edit_config,
    edit_tensor,
    inspection_refusal,
    refusal,
    weight_file,
    with_first,
)
from tests.packers import Packing, write_json, write_packed_llama
from trusteval import load_model
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.types import Storage

UP = "model.layers.1.mlp.up_proj"


@pytest.fixture
def dense(tiny_llama: Path, tmp_path: Path) -> Path:
    """A copy of the tiny llama to damage."""
    return shutil.copytree(tiny_llama, tmp_path / "dense")


@pytest.fixture
def packed(tiny_llama: Path, tmp_path: Path) -> Path:
    """The tiny llama at 4 bit as AutoGPTQ would write it, to damage."""
    write_packed_llama(tiny_llama, tmp_path / "packed", Packing("gptq", 4))
    return tmp_path / "packed"


# -- files --------------------------------------------------------------------------------------


def test_directory_without_weights_or_config_is_refused(tmp_path: Path) -> None:
    assert "no model directory" in refusal(tmp_path / "nowhere")
    assert "holds no config.json" in refusal(tmp_path)
    write_json(tmp_path / "config.json", {})
    assert "holds no weights; expected *.safetensors" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[1]", "\N{GRINNING FACE}"])
def test_config_that_is_no_object_is_refused(dense: Path, text: str) -> None:
    (dense / "config.json").write_text(text, encoding="utf-8")
    assert "config.json" in refusal(dense)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda whole: whole[:-1], "is truncated"),
        (lambda whole: whole[:5000], "is truncated"),
        (lambda whole: whole[:100], "is no whole safetensors file: 100 bytes"),
        (lambda whole: b"", "is no whole safetensors file: 0 bytes"),
        (lambda whole: whole + b"\0", "is longer than it says"),
        (lambda whole: b"garbage!" + whole[8:], "is no whole safetensors file"),
        (lambda whole: whole[:8] + b"\xff" * (len(whole) - 8), "is no safetensors file"),
        (lambda whole: b"version https://git-lfs.github.com/spec/v1\n", "is a git-lfs pointer"),
    ],
    ids=["last byte", "data", "header", "empty", "longer", "length", "garbage", "git-lfs pointer"],
)
def test_damaged_weight_file_is_refused(
    dense: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    file = weight_file(dense)
    file.write_bytes(damage(file.read_bytes()))
    text = refusal(dense)
    assert words in text
    assert str(file) in text


def test_shard_that_is_not_there_is_refused(dense: Path) -> None:
    weight_file(dense).rename(dense / "model-1.safetensors")
    listed = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    write_json(dense / "model.safetensors.index.json", listed)
    assert "names weights that are not there: model-2.safetensors" in refusal(dense)


def test_two_saves_in_one_folder_are_refused(packed: Path) -> None:
    shutil.copy(weight_file(packed), packed / "gptq_model-4bit-64g.safetensors")
    text = refusal(packed)
    assert "is in gptq_model-4bit-32g.safetensors too; remove the files of another save" in text


def test_pickled_weights_are_refused_with_the_reason(dense: Path) -> None:
    weight_file(dense).unlink()
    (dense / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    assert "pickled weights only (pytorch_model.bin)" in refusal(dense)


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 12345\n"


@pytest.mark.parametrize(
    "name", ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
)
@pytest.mark.parametrize("refuse", [refusal, inspection_refusal], ids=["loading", "naming"])
def test_file_that_git_lfs_did_not_fetch_is_refused_with_the_cure(
    dense: Path, name: str, refuse: Callable[[Path], str]
) -> None:
    (dense / name).write_text(POINTER, encoding="utf-8")
    assert refuse(dense) == (
        f"{dense / name} is a git-lfs pointer, not the file itself; fetch it: install git-lfs, "
        f"then git -C {dense} lfs pull"
    )


def test_shard_and_index_that_git_lfs_did_not_fetch_are_refused(dense: Path) -> None:
    weight_file(dense).rename(dense / "model-1.safetensors")
    listed = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    write_json(dense / "model.safetensors.index.json", listed)
    (dense / "model-2.safetensors").write_text(POINTER, encoding="utf-8")
    assert "model-2.safetensors is a git-lfs pointer" in refusal(dense)
    (dense / "model.safetensors.index.json").write_text(POINTER, encoding="utf-8")
    assert "model.safetensors.index.json is a git-lfs pointer" in refusal(dense)


def test_pointer_that_nobody_needs_does_not_matter(dense: Path) -> None:
    (dense / "consolidated.pth").write_text(POINTER, encoding="utf-8")
    inspect_checkpoint(dense)


@pytest.mark.parametrize("has_config", [False, True])
@pytest.mark.parametrize("refuse", [refusal, inspection_refusal], ids=["loading", "naming"])
def test_adapter_is_refused_with_how_to_merge_it(
    dense: Path, has_config: bool, refuse: Callable[[Path], str]
) -> None:
    write_json(dense / "adapter_config.json", {"base_model_name_or_path": "org/base"})
    weight_file(dense).rename(dense / "adapter_model.safetensors")
    if not has_config:
        (dense / "config.json").unlink()
    text = refuse(dense)
    assert f"{dense} holds an adapter (of 'org/base'), not a model: merge it first" in text
    assert "merge_and_unload" in text


def test_adapter_config_left_beside_merged_weights_is_refused(dense: Path) -> None:
    """transformers would load the base model that it names, in place of what is fingerprinted."""
    write_json(dense / "adapter_config.json", {"base_model_name_or_path": "org/base"})
    assert "remove it if the weights here are merged" in refusal(dense)


def test_other_weights_that_the_config_names_are_refused(dense: Path) -> None:
    shutil.copy(weight_file(dense), dense / "other.safetensors")
    edit_config(dense, transformers_weights="other.safetensors")
    assert "names weights of its own (transformers_weights 'other.safetensors')" in refusal(dense)
    edit_config(dense, transformers_weights="model.safetensors")
    inspect_checkpoint(dense)


@pytest.mark.parametrize("layers", [100, 10**9])
@pytest.mark.parametrize("kind", ["dense", "packed"])
def test_more_layers_than_tensors_are_refused_without_building_them(
    request: pytest.FixtureRequest, kind: str, layers: int
) -> None:
    path = request.getfixturevalue(kind)
    edit_config(path, num_hidden_layers=layers)
    assert f"it names {layers} layers, the weights are " in refusal(path)


def test_attention_kernel_of_the_hub_is_code_that_is_not_run_unasked(dense: Path) -> None:
    edit_config(dense, attn_implementation="kernels-community/evil")
    text = refusal(dense)
    assert "wants to run code of its own (kernels-community/evil)" in text
    assert "or remove attn_implementation from its configs" in text
    edit_config(dense, attn_implementation="sdpa")
    load_model(dense)


def test_code_is_named_in_characters_that_a_terminal_does_not_obey(dense: Path) -> None:
    edit_config(dense, auto_map={"AutoConfig": "evil\x1b[2J.Config"})
    text = refusal(dense)
    assert text.isprintable()
    assert "(evil\\x1b[2J.Config)" in text


@pytest.mark.parametrize("value", ["Infinity", "1e999", "NaN", "-1", '"x"', "null", "[]"])
@pytest.mark.parametrize("key", ["shape", "data_offsets"])
def test_header_with_numbers_that_are_none_is_refused(dense: Path, key: str, value: str) -> None:
    numbers = {"shape": "[1, 1]", "data_offsets": "[0, 4]", key: f"[0, {value}]"}
    said = ", ".join(f'"{name}": {listed}' for name, listed in numbers.items())
    header = f'{{"x": {{"dtype": "F32", {said}}}}}'
    raw = header.encode()
    weight_file(dense).write_bytes(len(raw).to_bytes(8, "little") + raw + b"\0" * 4)
    refusal(dense)


# -- config and tensors -------------------------------------------------------------------------


def test_dense_weights_that_lack_a_tensor_are_refused_not_randomised(dense: Path) -> None:
    edit_tensor(dense, f"{UP}.weight", lambda tensor: None)
    assert f"lacks 1 tensors: {UP}.weight" in refusal(dense)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hidden_size": 128}, "has with another shape 20 tensors"),
        ({"num_hidden_layers": 1}, "has the unknown 9 tensors"),
        ({"num_hidden_layers": 3}, "lacks 9 tensors"),
        ({"vocab_size": 99}, "has with another shape 1 tensors: model.embed_tokens.weight"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("kind", ["dense", "expanded", "packed"])
def test_config_of_another_model_is_refused(
    request: pytest.FixtureRequest, kind: str, changes: Mapping[str, object], words: str
) -> None:
    path = request.getfixturevalue("dense" if kind == "dense" else "packed")
    edit_config(path, **changes)
    storage = Storage.PACKED if kind == "packed" else Storage.DEQUANTIZED
    text = refusal(path, storage=storage)
    assert "config.json and weights disagree" in text
    assert words in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hidden_size": "64"}, "'hidden_size' expected int, got str"),
        ({"num_attention_heads": 5}, "not a multiple of the number of attention heads"),
        ({"num_attention_heads": 0}, "cannot be loaded"),
        ({"dtype": "float17"}, "float17"),
        ({"model_type": "gptz"}, "gptz"),
        ({"hidden_act": "gelu17"}, "gelu17"),
    ],
    ids=str,
)
def test_config_that_transformers_cannot_read_is_refused(
    dense: Path, changes: Mapping[str, object], words: str
) -> None:
    edit_config(dense, **changes)
    assert words in refusal(dense)


@pytest.mark.parametrize("text", ["[]", "{", '{"version": 1}'])
def test_tokenizer_that_cannot_be_read_is_refused(dense: Path, text: str) -> None:
    (dense / "tokenizer.json").write_text(text, encoding="utf-8")
    assert "cannot be loaded" in refusal(dense)


@pytest.mark.parametrize("changes", [{"bits": 8}, {"group_size": 64}, {"group_size": -1}], ids=str)
def test_quantization_config_of_other_tensors_is_refused(
    packed: Path, changes: Mapping[str, object]
) -> None:
    declare(packed, **changes)
    assert "config and tensors disagree" in refusal(packed)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quant_method": "bitsandbytes"}, "'bitsandbytes'; trusteval reads gptq, awq"),
        ({"bits": 5}, "is quantized at 5 bit; trusteval reads (2, 3, 4, 8)"),
        ({"bits": None}, "has bits None"),
        ({"group_size": 0}, "has group size 0; expected -1 or a positive number"),
        ({"checkpoint_format": "marlin"}, "stores gptq as 'marlin'"),
        ({"quant_method": "awq", "version": "gemv_fast"}, "stores awq as 'gemv_fast'"),
        ({"quant_method": "awq", "version": "MARLIN"}, "stores awq as 'marlin'"),
        ({"dynamic": {r"model\.layers\.0\..*": {"bits": 8}}}, "quantizes some layers otherwise"),
    ],
    ids=str,
)
def test_quantization_that_cannot_be_read_is_refused_with_what_can(
    packed: Path, changes: Mapping[str, object], words: str
) -> None:
    declare(packed, **changes)
    assert words in refusal(packed)


def test_marlin_weights_without_the_word_are_refused(packed: Path) -> None:
    from safetensors.numpy import save_file

    declare(packed, is_marlin_format=True)
    save_file({f"{UP}.B": np.zeros((4, 64), np.int32)}, weight_file(packed))
    assert "holds no quantized layer" in refusal(packed)


@pytest.mark.parametrize("part", ["qzeros", "scales"])
def test_layer_that_lacks_a_part_is_refused(packed: Path, part: str) -> None:
    edit_tensor(packed, f"{UP}.{part}", lambda tensor: None)
    assert f"layer {UP} lacks {part}" in refusal(packed)


@pytest.mark.parametrize(
    ("part", "dtype"), [("qweight", np.float32), ("qzeros", np.int16), ("scales", np.int32)]
)
def test_packed_tensor_of_another_type_is_refused(packed: Path, part: str, dtype: type) -> None:
    edit_tensor(packed, f"{UP}.{part}", lambda tensor: tensor.astype(dtype))
    assert f"layer {UP} is packed in a way trusteval does not know" in refusal(packed)


def test_quantized_tensors_that_no_config_explains_are_refused(packed: Path) -> None:
    (packed / "quantize_config.json").unlink()
    edit_config(packed, quantization_config=None)
    assert "quantize_config.json nor quant_config.json says how" in refusal(packed)


@pytest.mark.parametrize("storage", Storage)
@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (f"{UP}.bias", with_first(0.5), f"has the unknown 1 tensors: {UP}.bias"),
        (f"{UP}.g_idx", with_first(9), f"{UP}.g_idx names groups 0 to 9; there are 0 to 1"),
        (f"{UP}.g_idx", with_first(-1), f"{UP}.g_idx names groups -1 to 1; there are 0 to 1"),
    ],
    ids=["bias", "group", "negative group"],
)
def test_values_that_would_be_dropped_or_misread_are_refused(
    packed: Path,
    storage: Storage,
    name: str,
    change: Callable[[np.ndarray], np.ndarray],
    words: str,
) -> None:
    edit_tensor(packed, name, change)
    assert words in refusal(packed, storage=storage)


@pytest.mark.parametrize("storage", Storage)
def test_head_that_is_tied_to_other_weights_is_refused(packed: Path, storage: Storage) -> None:
    from safetensors.numpy import load_file, save_file

    tensors = load_file(weight_file(packed))
    tensors["lm_head.weight"] = 2 * tensors["model.embed_tokens.weight"]
    save_file(tensors, weight_file(packed), metadata={"format": "pt"})
    text = refusal(packed, storage=storage)
    assert "lm_head.weight differs from model.embed_tokens.weight" in text


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["model.norm.weight", f"{UP}.weight"])
def test_dense_weights_that_are_not_finite_are_refused(
    dense: Path, name: str, value: float
) -> None:
    edit_tensor(dense, name, with_first(value))
    assert f"{name} holds 1 values that are not finite" in refusal(dense)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_scales_that_are_not_finite_are_refused(packed: Path, value: float) -> None:
    edit_tensor(packed, f"{UP}.scales", with_first(value))
    # One scale stands for the 32 weights of its group.
    assert f"{UP}.weight holds 32 values that are not finite" in refusal(packed)


@pytest.mark.xdist_group("foreign")
def test_scales_that_are_not_finite_are_refused_packed(packed: Path) -> None:
    edit_tensor(packed, f"{UP}.scales", with_first(np.nan))
    text = refusal(packed, storage=Storage.PACKED)
    assert f"{UP}.scales holds 1 values that are not finite" in text
