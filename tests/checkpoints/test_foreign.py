"""Checkpoints that AutoGPTQ, AutoAWQ and gptqmodel write load as what their writers meant.

Real ones, which are not part of the project, are found through TRUSTEVAL_CHECKPOINTS; the others
are written here, in the same formats.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.packers import Floats, Packing, quantization_config, write_json, write_packed_llama
from trusteval import load_model
from trusteval.checkpoints.checkpoint import inspect_checkpoint
from trusteval.errors import ModelError
from trusteval.types import Storage

# One worker loads gptqmodel once.
one_worker = pytest.mark.xdist_group("foreign")

PROMPTS = [[0, 5, 9, 270, 271], [12, 300, 7], [280, 281, 282, 283, 284, 285, 290]]
CLASSIC = Packing("gptq", 4)
GEMM = Packing("gemm", 4, symmetric=False)
GPTQ = [
    Packing(layout, bits, group_size, symmetric, act_order)
    for layout in ("gptq", "gptq_v2")
    for bits in (2, 3, 4, 8)
    for group_size, act_order in ((32, False), (32, True), (-1, False))
    for symmetric in (True, False)
]
AWQ = [
    *(Packing("gemm", bits, size, symmetric=False) for bits in (2, 3, 4, 8) for size in (32, -1)),
    *(Packing("gemv", 4, group_size, symmetric=False) for group_size in (32, 64, -1)),
    Packing("gemm", 4),
    Packing("gemv", 4),
]
PACKED = [
    CLASSIC,
    Packing("gptq", 2, -1, symmetric=False),
    Packing("gptq", 3, symmetric=False, act_order=True),
    Packing("gptq_v2", 8, symmetric=False, act_order=True),
    Packing("gemm", 3, -1, symmetric=False),
    Packing("gemv", 4, symmetric=False),
]


def last_logits(
    path: Path, prompts: Sequence[Sequence[int]], *, storage: Storage, dtype: str
) -> Floats:
    """Return the last position's logits, [prompts, vocabulary]."""
    import torch

    model, _ = load_model(path, storage=storage, dtype=dtype)
    # gptqmodel compiles how it unpacks, which takes ten times as long as all of these prompts.
    with torch.inference_mode(), torch.compiler.set_stance("force_eager"):
        rows = [model(input_ids=torch.tensor([list(ids)])).logits[0, -1] for ids in prompts]
    return torch.stack(rows).float().numpy()


def meant_logits(dense: Path, weights: Mapping[str, Floats]) -> Floats:
    """Return the logits of the dense llama with these weights in place of its own."""
    import torch

    model, _ = load_model(dense, dtype="float32")
    state = model.state_dict()
    with torch.inference_mode():
        for name, weight in weights.items():
            state[name].copy_(torch.from_numpy(weight.copy()))
        rows = [model(input_ids=torch.tensor([ids])).logits[0, -1] for ids in PROMPTS]
    return torch.stack(rows).numpy()


def assert_means(path: Path, weights: Mapping[str, Floats]) -> None:
    """Assert that the checkpoint expands to exactly these weights."""
    model, _ = load_model(path, dtype="float32")
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    for name, weight in weights.items():
        np.testing.assert_array_equal(state[name], weight, err_msg=name)


def assert_close(found: Floats, expected: Floats) -> None:
    assert np.abs(found - expected).max() <= 0.02 * np.abs(expected).max()


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, which has to be empty again at the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "torch"))  # torch's, and kept
    yield folder
    assert list(folder.iterdir()) == []


# -- written by the libraries themselves --------------------------------------------------------


def real_checkpoints() -> list[object]:
    home = os.environ.get("TRUSTEVAL_CHECKPOINTS")
    found = sorted(Path(home).glob("*/reference_logits.json")) if home else []
    if found:
        return [pytest.param(file.parent, id=file.parent.name) for file in found]
    reason = "no checkpoints of other libraries at hand: set TRUSTEVAL_CHECKPOINTS"
    return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="none")]


@one_worker
@pytest.mark.parametrize("path", real_checkpoints())
@pytest.mark.parametrize(
    ("storage", "dtype"), [(Storage.PACKED, "float16"), (Storage.DEQUANTIZED, "float32")]
)
@pytest.mark.usefixtures("temporary")
def test_real_checkpoint_computes_what_its_writer_computed(
    path: Path, storage: Storage, dtype: str
) -> None:
    reference = json.loads((path / "reference_logits.json").read_text(encoding="utf-8"))
    expected = np.array(reference["last_logits"], dtype=np.float32)
    before = digests(path)
    found = last_logits(path, reference["prompts"], storage=storage, dtype=dtype)
    assert found.argmax(axis=1).tolist() == expected.argmax(axis=1).tolist()
    assert_close(found, expected)
    assert digests(path) == before


# -- written here, in their formats -------------------------------------------------------------


@pytest.mark.parametrize("packing", [*GPTQ, *AWQ], ids=str)
def test_packed_weights_expand_to_scale_times_distance_from_zero(
    tiny_llama: Path, tmp_path: Path, packing: Packing
) -> None:
    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, packing)
    checkpoint = inspect_checkpoint(path)
    assert len(weights) == len(checkpoint.layers) == 14
    assert checkpoint.method == ("awq" if packing.is_awq else "gptq")
    assert checkpoint.bits == packing.bits
    assert_means(path, weights)


def test_what_was_not_packed_stays_as_it_was(tiny_llama: Path, tmp_path: Path) -> None:
    weights = write_packed_llama(tiny_llama, tmp_path / "packed", CLASSIC)
    dense, _ = load_model(tiny_llama, dtype="float32")
    rest = {
        name: tensor.numpy() for name, tensor in dense.state_dict().items() if name not in weights
    }
    assert "model.norm.weight" in rest
    assert_means(tmp_path / "packed", rest)


@one_worker
@pytest.mark.parametrize("packing", PACKED, ids=str)
@pytest.mark.usefixtures("temporary")
def test_packed_kernel_computes_what_the_numbers_mean(
    tiny_llama: Path, tmp_path: Path, packing: Packing
) -> None:
    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, packing)
    before = digests(path)
    found = last_logits(path, PROMPTS, storage=Storage.PACKED, dtype="float16")
    assert_close(found, meant_logits(tiny_llama, weights))
    assert digests(path) == before


def test_zero_point_that_fits_no_kernel_is_read_expanded_and_refused_packed(
    tiny_llama: Path, tmp_path: Path
) -> None:
    path = tmp_path / "packed"
    write_packed_llama(tiny_llama, path, Packing("gptq", 3, symmetric=False))
    edit_tensors(path, {"model.layers.0.mlp.up_proj.qzeros": np.full((2, 12), -1, np.int32)})
    load_model(path)
    with pytest.raises(ModelError, match="reads them as 8, which does not fit into 3 bit"):
        load_model(path, storage=Storage.PACKED)


def test_group_size_without_kernel_names_the_storage_that_needs_none(
    tiny_llama: Path, tmp_path: Path
) -> None:
    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, replace(GEMM, group_size=8))
    assert_means(path, weights)
    with pytest.raises(
        ModelError, match="no packed kernel that runs here; --trust-storage=dequantized"
    ) as raised:
        load_model(path, storage=Storage.PACKED)
    assert "\n" not in str(raised.value)


def test_any_failure_of_packed_loading_names_the_storage_that_loads_it(
    tiny_llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """gptqmodel fetches some kernels, and what fails then is an OSError too."""
    path = tmp_path / "packed"
    write_packed_llama(tiny_llama, path, Packing("gptq", 4))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ModelError, match="--trust-storage=dequantized loads it without") as raised:
        load_model(path, storage=Storage.PACKED)
    assert isinstance(raised.value.__cause__, OSError)
    assert "\n" not in str(raised.value)
    load_model(path)


# -- configs of older writers -------------------------------------------------------------------


def edit_tensors(folder: Path, changes: Mapping[str, npt.NDArray[np.generic] | None]) -> None:
    """Put tensors into the folder's only weight file, or take them out where None."""
    from safetensors.numpy import load_file, save_file

    (file,) = folder.glob("*.safetensors")
    tensors = {**load_file(file), **changes}
    kept = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    save_file(kept, file, metadata={"format": "pt"})


def declare(folder: Path, name: str, declared: Mapping[str, object]) -> None:
    """Declare the quantization in the file `name` alone, or within config.json."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config.pop("quantization_config", None)
    (folder / "quantize_config.json").unlink(missing_ok=True)
    if name == "config.json":
        config["quantization_config"] = declared
    else:
        write_json(folder / name, declared)
    write_json(folder / "config.json", config)


def leave_dense(folder: Path, dense: Path, layer: str) -> list[str]:
    """Put the dense weight of `layer` of every block in place of its packed one."""
    from safetensors.numpy import load_file

    weights = load_file(dense / "model.safetensors")
    names = [name for name in weights if name.endswith(f"{layer}.weight")]
    for name in names:
        parts = ("qweight", "qzeros", "scales", "g_idx", "bias")
        gone = {name.replace("weight", part): None for part in parts}
        edit_tensors(folder, {**gone, name: weights[name]})
    return names


@one_worker
@pytest.mark.parametrize(
    ("packing", "name", "declared"),
    [
        (
            CLASSIC,
            "quantize_config.json",
            {"bits": 4, "group_size": 32, "desc_act": False, "model_file_base_name": "elsewhere"},
        ),
        (
            GEMM,
            "quant_config.json",
            {"w_bit": 4, "q_group_size": 32, "zero_point": True, "version": "GEMM"},
        ),
    ],
    ids=["autogptq", "autoawq"],
)
def test_config_of_first_versions_beside_config_json_is_read(
    tiny_llama: Path, tmp_path: Path, packing: Packing, name: str, declared: dict[str, object]
) -> None:
    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, packing)
    declare(path, name, declared)
    assert_means(path, weights)
    found = last_logits(path, PROMPTS, storage=Storage.PACKED, dtype="float16")
    assert_close(found, meant_logits(tiny_llama, weights))


@pytest.mark.parametrize("group_size", [32, -1])
def test_autogptqs_own_file_names_are_found(
    tiny_llama: Path, tmp_path: Path, group_size: int
) -> None:
    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, replace(CLASSIC, group_size=group_size))
    assert (path / f"gptq_model-4bit-{group_size}g.safetensors").is_file()
    assert_means(path, weights)


@one_worker
@pytest.mark.parametrize(
    ("packing", "declared"),
    [
        (CLASSIC, {"dynamic": {r"-:.*\.up_proj": {}}}),
        (CLASSIC, {}),
        (GEMM, {"modules_to_not_convert": ["up_proj"]}),
    ],
    ids=["gptqmodel", "unsaid", "autoawq"],
)
def test_layers_that_were_left_dense_stay_dense(
    tiny_llama: Path, tmp_path: Path, packing: Packing, declared: dict[str, object]
) -> None:
    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, packing)
    for name in leave_dense(path, tiny_llama, "up_proj"):
        del weights[name]
    declare(path, "config.json", {**quantization_config(packing), **declared})
    assert_means(path, weights)
    found = last_logits(path, PROMPTS, storage=Storage.PACKED, dtype="float16")
    assert_close(found, meant_logits(tiny_llama, weights))


def test_weights_in_several_files_are_read_by_their_index(tiny_llama: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    path = tmp_path / "packed"
    weights = write_packed_llama(tiny_llama, path, CLASSIC)
    (file,) = path.glob("*.safetensors")
    tensors = load_file(file)
    file.unlink()
    shards: dict[str, dict[str, npt.NDArray[np.generic]]] = {"a": {}, "b": {}}
    for number, (name, tensor) in enumerate(sorted(tensors.items())):
        shards["ab"[number % 2]][name] = tensor
    for shard, held in shards.items():
        save_file(held, path / f"{shard}.safetensors")
    listed = {name: f"{shard}.safetensors" for shard, held in shards.items() for name in held}
    write_json(path / "model.safetensors.index.json", {"metadata": {}, "weight_map": listed})
    shutil.copy(tiny_llama / "model.safetensors", path / "another_save.safetensors")
    assert_means(path, weights)
