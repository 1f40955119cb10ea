"""Real GPTQ on a tiny llama: what is built, that it is built whole or not at all, and expanded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.doubles import build_tiny_llama
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.checkpoints.loading import load_model
from trusteval.engines.hf import HFBackend
from trusteval.errors import ModelError, QuantizationError, UsageError
from trusteval.quantizers import QUANTIZERS
from trusteval.quantizers.building import Build, cached_checkpoint
from trusteval.quantizers.calibration import load_calibration
from trusteval.quantizers.layerwise import default_group_size
from trusteval.subjects import parse_recipe
from trusteval.types import Recipe, Storage

# One worker builds them all once.
pytestmark = pytest.mark.xdist_group("quantizers")

TEXTS = "\n\n".join(
    f"who was good and what was bad when the film was {word} , true or false ? yes , not {word} ."
    for word in ["wrong", "positive", "negative", "maybe", "true", "false", "good", "bad"]
)


@pytest.fixture(scope="session")
def workshop(tiny_llama: Path, tmp_path_factory: pytest.TempPathFactory):
    """Builds recipes over the tiny llama into one cache."""
    home = tmp_path_factory.mktemp("workshop")
    (home / "calibration.txt").write_text(TEXTS, encoding="utf-8")
    calibration = load_calibration(home / "calibration.txt")

    def build(recipe: Recipe, dense: Path = tiny_llama) -> Path:
        return cached_checkpoint(Build(recipe, dense, calibration, cache=home / "cache"))

    return build


def _logits(path: Path, **options):
    import torch

    model, tokenizer = load_model(path, **options)
    ids = tokenizer("who was good and what was not wrong ?", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        return model(input_ids=ids).logits.float()


@pytest.mark.parametrize("bits", QUANTIZERS["gptq"].bits)
def test_built_checkpoint_expands_to_the_weights_gptqmodel_computes_with(
    workshop, bits: int
) -> None:
    import torch
    from gptqmodel import BACKEND, GPTQModel

    path = workshop(Recipe("gptq", bits, group_size=32))
    checkpoint = inspect_checkpoint(path)
    assert (checkpoint.method, checkpoint.bits) == ("gptq", bits)
    assert checkpoint.quantization.group_size == 32
    expanded, _ = load_model(path, storage=Storage.DEQUANTIZED, dtype="float16")
    half = {"device": "cpu", "dtype": torch.float16}
    oracle = GPTQModel.load(str(path), backend=BACKEND.TORCH, **half).model
    for name in ("self_attn.q_proj", "mlp.up_proj", "mlp.down_proj"):
        ours = expanded.get_submodule(f"model.layers.1.{name}").weight
        theirs = oracle.get_submodule(f"model.layers.1.{name}").dequantize_weight().T
        assert (ours - theirs).abs().max() <= 2**-10 * theirs.abs().max()


def test_packed_storage_computes_what_expanded_weights_compute(workshop) -> None:
    path = workshop(Recipe("gptq", 8, group_size=32))
    expanded = _logits(path, storage=Storage.DEQUANTIZED, dtype="float16")
    packed = _logits(path, storage=Storage.PACKED, dtype="float16")
    assert (expanded - packed).abs().max() <= 0.02 * packed.abs().max()


def test_more_bits_are_closer_to_dense(workshop, tiny_llama: Path) -> None:
    dense = _logits(tiny_llama, dtype="float32")
    errors = [
        (_logits(workshop(Recipe("gptq", bits, group_size=32)), dtype="float32") - dense).norm()
        for bits in (8, 4, 3)
    ]
    assert errors == sorted(errors)


def test_build_record_says_how_and_with_what(workshop) -> None:
    path = workshop(Recipe("gptq", 8, group_size=32))
    record = json.loads((path / "trusteval_build.json").read_text(encoding="utf-8"))
    assert record["recipe"] == "gptq-8:g32"
    assert record["calibration"] == {
        "origin": record["calibration"]["origin"],
        "texts": 4,
        "seed": 0,
    }
    assert record["seconds"] > 0
    assert 50 < record["peak_memory_mib"] < 20_000
    assert record["versions"]["gptqmodel"] != "absent"


def test_build_leaves_nothing_where_it_was_called(workshop, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    workshop(Recipe("gptq", 8, group_size=32, seed=5))
    assert list(tmp_path.iterdir()) == []


def test_second_request_builds_nothing(workshop) -> None:
    path = workshop(Recipe("gptq", 8, group_size=32))
    before = (path / "trusteval_build.json").stat().st_mtime_ns
    assert workshop(Recipe("gptq", 8, group_size=32)) == path
    assert (path / "trusteval_build.json").stat().st_mtime_ns == before


def test_failed_build_says_why_and_leaves_nothing(workshop, tmp_path: Path) -> None:
    broken = build_tiny_llama(tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    recipe = Recipe("gptq", 4, group_size=16)
    with pytest.raises(QuantizationError, match="building gptq-4:g16 failed") as raised:
        workshop(recipe, broken)
    assert "Error" in str(raised.value)
    home = workshop(Recipe("gptq", 8, group_size=32)).parent
    assert not [path for path in home.iterdir() if "g16" in path.name and path.is_dir()]
    assert not list(home.glob(".building-*"))


def test_checkpoint_brought_by_path_is_the_same_as_the_one_built(workshop, tmp_path: Path) -> None:
    from trusteval.subjects import parse_variants

    path = workshop(Recipe("gptq", 4, group_size=32))
    (brought,) = parse_variants(f"mine={path}")
    assert (brought.method, brought.bits) == ("gptq", 4)
    backend = HFBackend.create(str(path), device="cpu", dtype="float32", cache=tmp_path)
    assert backend.directory(brought) == path
    assert backend.context(brought)["storage"] == "dequantized"


@pytest.mark.parametrize(
    ("config", "group_size"),
    [
        ({"hidden_size": 4096, "intermediate_size": 11008}, 128),
        ({"hidden_size": 576, "intermediate_size": 1536}, 64),
        (
            {
                "hidden_size": 640,
                "intermediate_size": 2048,
                "num_attention_heads": 3,
                "head_dim": 32,
            },
            32,
        ),
        ({"hidden_size": 100, "intermediate_size": 300}, -1),
        ({}, 128),
    ],
)
def test_default_group_size_divides_every_width(config: dict, group_size: int) -> None:
    assert default_group_size(config) == group_size


def test_calibration_seed_draws_another_sample(tmp_path: Path) -> None:
    calibration = load_calibration()
    assert calibration.draw(1) == calibration.draw(1)
    assert sorted(calibration.draw(1)) != sorted(calibration.draw(2))
    assert set(calibration.draw(1)) < set(calibration.texts)


@pytest.mark.parametrize("text", ["", "one paragraph only"])
def test_calibration_without_paragraphs_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="parted by blank lines"):
        load_calibration(path)


# -- checkpoints that cannot be judged ----------------------------------------------------------


def test_pickled_weights_are_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelError, match=r"pickled weights only \(pytorch_model.bin\)"):
        load_model(tmp_path)


def test_directory_without_weights_or_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model directory"):
        load_model(tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"holds no config.json"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"holds no weights; expected \*.safetensors"):
        load_model(tmp_path)


def test_dense_weights_that_lack_a_tensor_are_refused_not_randomised(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    directory = build_tiny_llama(tmp_path / "model")
    tensors = load_file(directory / "model.safetensors")
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, directory / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 1 tensors: model.layers.1.mlp.up_proj.weight"):
        load_model(directory)


def test_unreadable_quantization_is_refused_with_what_can_be_read(tmp_path: Path) -> None:
    config = {"quantization_config": {"quant_method": "bitsandbytes", "bits": 4}}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(
        ModelError, match="quantized with 'bitsandbytes'; trusteval reads gptq, awq"
    ):
        inspect_checkpoint(tmp_path)


def test_recipe_reads_back_from_its_name() -> None:
    for name in ("gptq-4", "gptq-3:g64", "gptq-8:asym", "gptq-4:g32:asym:actorder@7"):
        assert str(parse_recipe(name)) == name
