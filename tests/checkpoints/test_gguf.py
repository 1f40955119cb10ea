"""GGUF files hold a whole model, or are refused in one line before a layer of it is made up."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.damage import refusal
from tests.gguf_files import write_gguf, write_parts
from tests.packers import write_json
from trusteval import load_model
from trusteval.checkpoints.models import (
    method_and_bits,
    model_directory,
    precision_of,
    refuse_missing_model,
)
from trusteval.errors import ModelError

UP = "blk.1.ffn_up.weight"
NESTED = b"GGUF\x03" + b"\0" * 11 + b"\x01" + b"\0" * 7 + b"\x01" + b"\0" * 7 + b"a\x09" + b"\0" * 3
ENDLESS = NESTED + b"\x08" + b"\0" * 3 + b"\xff" * 7 + b"\x7f"


def test_whole_gguf_file_is_loaded_with_the_weights_of_its_model(
    tiny_llama: Path, tmp_path: Path
) -> None:
    import torch

    expected, _ = load_model(tiny_llama)
    file = write_gguf(tiny_llama, tmp_path / "whole.gguf")
    assert method_and_bits(str(file)) == ("dense", 16)
    model, _ = load_model(file, dtype="float32")
    state = model.state_dict()
    assert all(torch.equal(state[name], tensor) for name, tensor in expected.state_dict().items())


MATRICES = tuple(f"{stem}.weight" for stem in ("ffn_up", "ffn_down", "attn_q", "attn_k"))


@pytest.mark.parametrize(
    ("kinds", "file_type", "words"),
    [
        (
            dict.fromkeys(MATRICES, "Q8_0"),
            "MOSTLY_Q4_0",
            "8.50 bits per weight, though its file type says Q4_0",
        ),
        ({"ffn_up.weight": "Q4_0"}, "MOSTLY_Q4_K_M", "4.50 bits per weight, its file type says "),
        ({"ffn_up.weight": "Q8_0"}, "MOSTLY_Q8_0", "8.50 bits per weight, its file type says Q8_0"),
        (
            {"ffn_up.weight": "Q8_0"},
            "MOSTLY_F16",
            "8.50 bits per weight, though its file type says",
        ),
        (
            {"ffn_up.weight": "Q8_0"},
            "MOSTLY_IQ3_M",
            "8.50 bits per weight, its file type says IQ3_M",
        ),
        ({"ffn_up.weight": "Q5_0", "ffn_down.weight": "Q4_0"}, "", "5.00 bits per weight"),
    ],
)
def test_precision_is_that_of_the_quantized_matrices_whatever_the_header_calls_it(
    tiny_llama: Path, tmp_path: Path, kinds: dict[str, str], file_type: str, words: str
) -> None:
    from gguf import GGUFReader

    file = write_gguf(tiny_llama, tmp_path / "q.gguf", kinds=kinds, file_type=file_type)
    read = [t for t in GGUFReader(file).tensors if t.tensor_type.name in kinds.values()]
    method, bits = method_and_bits(str(file))
    assert method == "gguf"
    assert bits == pytest.approx(8 * sum(t.n_bytes for t in read) / sum(t.n_elements for t in read))
    assert str(precision_of(str(file))).startswith(words)


def test_float_file_that_says_nothing_of_itself_is_dense(tiny_llama: Path, tmp_path: Path) -> None:
    file = write_gguf(tiny_llama, tmp_path / "plain.gguf", file_type="")
    assert method_and_bits(str(file)) == ("dense", 16)
    called_otherwise = write_gguf(tiny_llama, tmp_path / "q4.gguf", file_type="MOSTLY_Q4_0")
    assert method_and_bits(str(called_otherwise)) == ("dense", 16)
    assert str(precision_of(str(called_otherwise))) == "no quantized weights"


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("rename", [False, True], ids=["by name", "by header"])
def test_one_part_of_a_split_file_is_refused_with_the_cure(
    tiny_llama: Path, tmp_path: Path, number: int, rename: bool
) -> None:
    file = write_parts(tiny_llama, tmp_path, parts=3)[number - 1]
    if rename:
        file = file.rename(tmp_path / "model.gguf")
    first = "NAME-00001-of-00003.gguf" if rename else "model-00001-of-00003.gguf"
    expected = (
        f"{file} is part {number} of 3 of a model; join them and name the whole: "
        f"llama-gguf-split --merge {first} whole.gguf"
    )
    for refuse in (method_and_bits, refuse_missing_model):
        with pytest.raises(ModelError) as raised:
            refuse(str(file))
        assert str(raised.value) == expected
    assert refusal(file) == expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop(UP), "lacks 1 tensors: model.layers.1.mlp.up_proj.weight"),
        (lambda t: t.pop("output_norm.weight"), "lacks 1 tensors: model.norm.weight"),
        (
            lambda t: t.pop("token_embd.weight"),
            "lacks 2 tensors: lm_head.weight, model.embed_tokens.weight",
        ),
        (
            lambda t: [t.pop(name) for name in list(t) if name.startswith("blk.1.")],
            "declares 2 blocks and holds 1; the first that is not there is blk.1",
        ),
        (lambda t: t.clear(), "holds no model: 0 tensors"),
        (
            lambda t: t.update({"blk.0.attn_q.bias": np.ones(128, np.float32)}),
            "has the unknown 1 tensors: blk.0.attn_q.bias",
        ),
        (
            lambda t: t.update({"blk.2.ffn_up.weight": t[UP]}),
            "holds weights of blk.2, but declares 2 blocks",
        ),
        (
            lambda t: t.update({"classifier.weight": t[UP]}),
            "has the unknown 1 tensors: classifier.weight",
        ),
        (
            lambda t: t.update({"rope_freqs.weight": np.full(16, 2, np.float32)}),
            "has the unknown 1 tensors: rope_freqs.weight",
        ),
        (lambda t: t.update({UP: t[UP][:64]}), "with another shape 1 tensors"),
        (lambda t: t.update({UP: t[UP] * np.nan}), "holds 8192 values that are not finite"),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_gguf_file_whose_tensors_are_not_the_models_is_refused(
    tiny_llama: Path, tmp_path: Path, change: Callable[[dict], object], words: str
) -> None:
    def changed(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        change(tensors)
        return tensors

    file = write_gguf(tiny_llama, tmp_path / "model.gguf", change=changed)
    assert words in refusal(file)


def test_rotary_factors_of_one_change_nothing_and_are_accepted(
    tiny_llama: Path, tmp_path: Path
) -> None:
    ones = {"rope_freqs.weight": np.ones(16, np.float32)}
    load_model(write_gguf(tiny_llama, tmp_path / "model.gguf", change=lambda t: {**t, **ones}))


@pytest.mark.parametrize("name", ["missing", "part"])
def test_nothing_is_expanded_of_a_gguf_file_that_is_refused(
    tiny_llama: Path, tmp_path: Path, name: str
) -> None:
    parts = write_parts(tiny_llama, tmp_path, parts=2)

    def without_one(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: tensor for name, tensor in tensors.items() if name != UP}

    lacking = write_gguf(tiny_llama, tmp_path / "missing.gguf", change=without_one)
    with pytest.raises(ModelError):
        model_directory(str(parts[0] if name == "part" else lacking), cache=tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("models/*/config.json"))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "is no whole GGUF file"),
        (b"PK\x03\x04", "it begins with b'PK"),
        (b"GGUF\x01\0\0\0", "version 1"),
        (b"GGUF\0\0\0\x03", "version 50331648"),
        (b"GGUF\x03\0\0\0" + b"\xff" * 16, "more than its 24 bytes hold"),
        (NESTED + b"\x09" + b"\0" * 11, "it holds a list of the unknown kind 9"),
        (ENDLESS, "texts, more than its"),
        (NESTED[:-4] + b"\x63\0\0\0", "a value of the unknown kind 99"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a git-lfs pointer"),
    ],
    ids=["empty", "zip", "old", "big-endian", "counts", "nested", "endless", "kind", "pointer"],
)
def test_file_that_is_no_gguf_is_refused_at_once(tmp_path: Path, raw: bytes, words: str) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(raw)
    with pytest.raises(ModelError) as raised:
        method_and_bits(str(file))
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


# -- bounds ---------------------------------------------------------------------------------------


def header(*settings: bytes, n_settings: int | None = None, n_tensors: int = 0) -> bytes:
    count = len(settings) if n_settings is None else n_settings
    return b"GGUF" + struct.pack("<IQQ", 3, n_tensors, count) + b"".join(settings)


def setting(name: str, kind: int, value: bytes) -> bytes:
    raw = name.encode()
    return struct.pack("<Q", len(raw)) + raw + struct.pack("<I", kind) + value


def listed(kind: int, count: int, values: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, count) + values


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (header(setting("a", 9, listed(8, 2**60))), "texts, more than its 49 bytes hold"),
        (header(setting("a", 9, listed(0, 2**60))), "it ends within its header"),
        (header(setting("a", 9, listed(9, 1, listed(9, 1)))), "a list of the unknown kind 9"),
        (header(setting("a", 8, struct.pack("<Q", 2**20))), "it ends within its header"),
        (header(n_settings=2**60), "settings, more than its 24 bytes hold"),
        (header(*[setting("a", 7, b"\0")] * 2), "it says 'a' twice"),
    ],
    ids=["texts", "list", "nested", "text", "settings", "twice"],
)
def test_count_that_a_file_cannot_hold_is_not_followed(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    (tmp_path / "model.gguf").write_bytes(raw)
    assert words in refusal(tmp_path / "model.gguf")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (header(n_settings=10**6), "1000000 settings, expected at most 65536"),
        (header(n_tensors=10**7), "10000000 tensors, expected at most 131072"),
        (
            header(setting("a", 9, listed(0, 2**30))),
            "1073741824 values in lists, expected at most 4194304",
        ),
        (
            header(setting("a", 8, struct.pack("<Q", 2**30))),
            "1073741824 bytes of one text, expected at most 16777216",
        ),
    ],
    ids=["settings", "tensors", "values", "text"],
)
def test_count_beyond_its_bound_is_not_followed_by_a_file_that_is_large_enough(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    file = tmp_path / "model.gguf"
    with file.open("wb") as stream:
        stream.write(raw)
        stream.truncate(2**31)  # a hole, which takes no room
    assert words in refusal(file)


@pytest.mark.parametrize(
    ("name", "value"), [("vocab_size", 10**9), ("expert_count", 10**9), ("attention.x", 2**31)]
)
def test_number_of_a_header_that_nothing_bears_out_is_refused(
    tiny_llama: Path, tmp_path: Path, name: str, value: int
) -> None:
    file = write_gguf(tiny_llama, tmp_path / "model.gguf")
    raw = file.read_bytes()
    n_tensors, n_settings = struct.unpack_from("<QQ", raw, 8)
    begin = setting(f"llama.{name}.y", 4, struct.pack("<I", value))
    short = -(len(begin) + len(setting("padding", 8, bytes(8)))) % 32  # tensors stay aligned
    padded = begin + setting("padding", 8, struct.pack("<Q", short) + b"x" * short)
    head = b"GGUF" + struct.pack("<IQQ", 3, n_tensors, n_settings + 2)
    file.write_bytes(head + padded + raw[24:])
    assert f"its header says that 'y' is {value}; expected at most 16777216" in refusal(file)


def test_what_lies_beside_a_file_is_no_part_of_it(tiny_llama: Path, tmp_path: Path) -> None:
    """Its folder may be one of downloads: a config there would name code, or another model."""
    file = write_gguf(tiny_llama, tmp_path / "model.gguf")
    for name in ("config.json", "tokenizer_config.json", "adapter_config.json"):
        write_json(
            tmp_path / name,
            {
                "auto_map": {"AutoTokenizer": ["evil.Slow", None], "AutoConfig": "evil.Config"},
                "base_model_name_or_path": "org/base",
                "chat_template": "evil",
            },
        )
    model, tokenizer = load_model(file, dtype="float32")
    assert type(model).__name__ == "LlamaForCausalLM"
    assert tokenizer.chat_template != "evil"
