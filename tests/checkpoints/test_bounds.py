"""No file of a checkpoint makes its reader wait, or fill memory, before it is refused."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.damage import edit_config, inspection_refusal, refusal, weight_file
from tests.packers import Packing, write_json, write_packed_llama
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.checkpoints.models import (
    directory_at_hand,
    method_and_bits,
    refuse_missing_model,
)
from trusteval.checkpoints.skeleton import build_skeleton
from trusteval.checkpoints.tokenizing import tokenizing
from trusteval.checkpoints.vocabulary import vocabularies
from trusteval.errors import EngineError, ModelError, TrustEvalError, UsageError
from trusteval.types import Storage

FILES = (
    *("config.json", "generation_config.json", "model.safetensors", "tokenizer.json"),
    *("tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json"),
)


@pytest.fixture
def dense(tiny_llama: Path, tmp_path: Path) -> Path:
    """A copy of the tiny llama to damage."""
    return shutil.copytree(tiny_llama, tmp_path / "dense")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "loop"])
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_file_is_refused_without_waiting_for_it(
    dense: Path, name: str, kind: str
) -> None:
    place = dense / name
    place.unlink(missing_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(place)
        case "device":
            place.symlink_to("/dev/zero")
        case "folder":
            place.mkdir()
        case "loop":
            place.symlink_to(place)
    assert str(place) in inspection_refusal(dense)


def test_index_and_shards_that_are_pipes_are_refused(dense: Path) -> None:
    weight_file(dense).unlink()
    os.mkfifo(dense / "a.safetensors")
    assert "a.safetensors cannot be read: a pipe or device" in inspection_refusal(dense)
    write_json(dense / "model.safetensors.index.json", {"weight_map": {"x": "a.safetensors"}})
    assert "weights that are not there: a.safetensors" in inspection_refusal(dense)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_config_beyond_its_bound_is_refused_with_the_bound(dense: Path, name: str) -> None:
    with (dense / name).open("a", encoding="utf-8") as file:
        file.truncate(2**30)
    assert f"{name} holds more than 16 MiB" in inspection_refusal(dense)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "generation_config.json"])
def test_config_nested_beyond_all_bounds_is_refused(dense: Path, name: str) -> None:
    (dense / name).write_text('{"a":' + "[" * 100_000, encoding="utf-8")
    assert "nested" in inspection_refusal(dense)
    (dense / name).write_text('{"a":' + "[" * 100 + "]" * 100 + "}", encoding="utf-8")
    assert "nested more than 64 levels deep" in inspection_refusal(dense)


@pytest.mark.parametrize(
    "name", ["x" * 5000, "/tmp/" + "x" * 300, "x" * 300 + ".gguf", "/dev/null/x.gguf", "a\0b.gguf"]
)
def test_name_that_no_model_can_have_is_refused(tmp_path: Path, name: str) -> None:
    for ask in (refuse_missing_model, method_and_bits):
        with pytest.raises(UsageError) as raised:
            ask(name)
        assert str(raised.value).isprintable()
        assert len(str(raised.value)) < 400
    with suppress(UsageError):
        assert directory_at_hand(name, cache=tmp_path) is None


# -- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"num_hidden_layers": 10**9},
        {"text_config": {"num_hidden_layers": 10**9}},
        {"vision_config": {"parts": [{"depth": 10**9}]}},
        {"num_labels": 10**9},
        {"first_k_dense_replace": -(10**9)},
        {"num_experts": 10**9},
        {"vocab_size": 10**9},
        {"hidden_size": 10**12},
        {"num_attention_heads": 10**30},
    ],
    ids=str,
)
def test_number_that_no_weights_bear_out_is_refused_before_anything_is_built(
    dense: Path, changes: dict[str, object]
) -> None:
    edit_config(dense, **changes)
    text = inspection_refusal(dense)
    assert "weights are 20 tensors" in text or "expected at most" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"max_position_embeddings": 10**10, "rope_theta": 10**12, "sliding_window": 2**40},
        {"seed": 2**60, "eos_token_id": 2**32 - 1, "vocab_size": 300_000},
    ],
    ids=str,
)
def test_number_that_measures_may_be_large(dense: Path, changes: dict[str, object]) -> None:
    edit_config(dense, **changes)
    inspect_checkpoint(dense)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"intermediate_size": 10**7}, "describes a model of "),
        ({"vocab_size": 10**7}, "describes a model of "),
        ({"head_dim": 10**6, "hidden_size": 10**7}, "describes a model of "),
        (
            {
                "model_type": "gptj",
                "n_layer": 2,
                "n_embd": 64,
                "n_head": 4,
                "rotary_dim": 8,
                "max_position_embeddings": 10**9,
            },
            "describes a model of ",
        ),
    ],
    ids=["inner", "vocabulary", "heads", "masks"],
)
@pytest.mark.parametrize("kind", ["dense", "expanded"])
def test_model_far_larger_than_its_weights_is_refused_before_it_is_in_memory(
    dense: Path, tmp_path: Path, kind: str, changes: dict[str, object], words: str
) -> None:
    path = dense
    if kind == "expanded":
        path = tmp_path / "packed"
        write_packed_llama(dense, path, Packing("gptq", 4))
    edit_config(path, **changes)
    assert words in refusal(path, storage=Storage.DEQUANTIZED)


def test_model_of_far_more_modules_than_tensors_is_not_built(dense: Path) -> None:
    import torch
    from transformers import LlamaConfig

    config = LlamaConfig(hidden_size=8, num_attention_heads=1, num_hidden_layers=10**4)
    with pytest.raises(ModelError, match="describes more than 4416 modules, the weights are 20"):
        build_skeleton(dense, config, shapes=[(1,)] * 20, dtype=torch.float32)
    few = LlamaConfig(hidden_size=8, num_attention_heads=1, num_hidden_layers=2)
    build_skeleton(dense, few, shapes=[(1,)] * 20, dtype=torch.float32)


# -- headers --------------------------------------------------------------------------------------


def write_header(folder: Path, header: object, *, data: int = 4) -> None:
    raw = (header if isinstance(header, str) else json.dumps(header)).encode()
    weight_file(folder).write_bytes(len(raw).to_bytes(8, "little") + raw + b"\0" * data)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("[" * 100_000, "nested"),
        ("[]", "a header that is list"),
        ({"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, "bytes 0 to 4 for F32"),
        ({"x": {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 4]}}, "bytes 0 to 4"),
        ({"x": {"dtype": "??", "shape": [1], "data_offsets": [4, 0]}}, "from byte 4 to 0"),
        ({"x": {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]}}, "True where a whole"),
        ({"x": {"dtype": "F32", "shape": ["1"], "data_offsets": [0, 4]}}, "'1' where a whole"),
        ({"x": {"dtype": "F32", "shape": [1] * 99, "data_offsets": [0, 4]}}, "99 dimensions"),
        ({"x": 1}, "no safetensors file"),
        ({"x": {"dtype": "F32", "shape": [1]}}, "KeyError('data_offsets')"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_header_that_cannot_be_is_refused(dense: Path, header: object, words: str) -> None:
    write_header(dense, header)
    assert words in inspection_refusal(dense)


def test_header_beyond_its_bound_is_not_read(dense: Path) -> None:
    with weight_file(dense).open("wb") as file:
        file.write((60 * 2**20).to_bytes(8, "little"))
        file.truncate(80 * 2**20)
    assert "expected at most 33554432" in inspection_refusal(dense)


def test_name_that_a_terminal_obeys_is_said_in_characters_that_it_prints(dense: Path) -> None:
    name = "\x1b[2J\u202ex" + "y" * 100_000
    write_header(dense, {name: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}})
    text = refusal(dense)
    assert text.isprintable()
    assert len(text) < 4000


# -- what libraries raise -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tokenizer.json", {"version": "1.0", "added_tokens": [], "model": {"type": "Nothing"}}),
        ("tokenizer.json", {"version": "1.0", "added_tokens": 7}),
        ("tokenizer_config.json", {"added_tokens_decoder": {"x": 1}}),
        ("tokenizer_config.json", {"eos_token": [1]}),
        ("generation_config.json", {"eos_token_id": ["x", {}], "transformers_version": []}),
        ("special_tokens_map.json", {"eos_token": {"nothing": 1}}),
    ],
    ids=str,
)
def test_whatever_a_library_raises_for_a_file_is_one_line_of_ours(
    dense: Path, tmp_path: Path, name: str, content: object
) -> None:
    from trusteval.engines.health import PROMPTS
    from trusteval.engines.local.backend import HFBackend
    from trusteval.run.subjects import parse_variants

    if name == "special_tokens_map.json":
        write_json(dense / "tokenizer_config.json", {})
    write_json(dense / name, dict(content))  # type: ignore[call-overload]
    tokenizing(dense, cache=tmp_path)
    with suppress(TrustEvalError):
        vocabularies(dense, cache=tmp_path)
    backend = HFBackend.create(str(dense), device="cpu", dtype="float32", cache=tmp_path)
    (variant,) = parse_variants("dense")
    with suppress(TrustEvalError):  # or it is none of what the library reads
        list(backend.open(variant).generate(PROMPTS, max_new_tokens=1))


def test_tokenizer_of_a_larger_vocabulary_than_the_models_is_an_error_of_ours(
    dense: Path, tmp_path: Path
) -> None:
    from trusteval.engines.health import PROMPTS
    from trusteval.engines.local.backend import HFBackend
    from trusteval.run.subjects import parse_variants

    raw = json.loads((dense / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = raw["model"]["vocab"]
    raw["model"]["vocab"] = {token: 10 * number + 9 for token, number in vocabulary.items()}
    for token in raw["added_tokens"]:
        token["id"] = raw["model"]["vocab"].get(token["content"], token["id"])
    write_json(dense / "tokenizer.json", raw)
    backend = HFBackend.create(str(dense), device="cpu", dtype="float32", cache=tmp_path)
    (variant,) = parse_variants("dense")
    with pytest.raises((EngineError, ModelError), match="its tokenizer is another model's"):
        list(backend.open(variant).generate(PROMPTS, max_new_tokens=1))


def test_folder_on_disk_is_loaded_without_asking_the_hub(dense: Path) -> None:
    from huggingface_hub import constants

    from trusteval import load_model
    from trusteval.checkpoints.foreign import offline

    before = constants.HF_HUB_OFFLINE
    with offline():
        assert constants.HF_HUB_OFFLINE
    started = time.monotonic()
    load_model(dense)
    assert before == constants.HF_HUB_OFFLINE
    assert time.monotonic() - started < 60
