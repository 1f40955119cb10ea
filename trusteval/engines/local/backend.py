"""Finds, builds and opens the variants of one dense model, to be run with transformers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoints.checkpoint import Checkpoint, inspect_checkpoint, refuse_remote_code
from trusteval.checkpoints.fingerprints import (
    file_fingerprint,
    tokenizer_fingerprint,
    weights_fingerprint,
)
from trusteval.checkpoints.foreign import explaining
from trusteval.checkpoints.models import (
    directory_at_hand,
    model_directory,
    precision_of,
    refuse_missing_model,
)
from trusteval.checkpoints.tokenizing import tokenizing
from trusteval.checkpoints.vocabulary import vocabularies
from trusteval.engines.chat import PINNED_DATE, render
from trusteval.engines.drawing import notes_of, wording_of
from trusteval.engines.engine import ContextWindow
from trusteval.engines.health import PROMPTS
from trusteval.engines.local.memory import describe_budget
from trusteval.errors import EngineError, ModelError, UsageError, VariantError
from trusteval.quantizers.building import (
    Build,
    build_record,
    cached_checkpoint,
    checkpoint_at_hand,
)
from trusteval.quantizers.calibration import Calibration, load_calibration
from trusteval.system.machine import cache_directory, default_device, default_dtype, package_version
from trusteval.system.progress import ProgressBar, no_progress
from trusteval.types import Prompt, Storage, Variant

if TYPE_CHECKING:
    from trusteval.engines.local.engine import HFEngine

_BITS_WITH_GPU_KERNELS = (8, 4)
_ARITHMETIC = "packed prompts, shared beginnings"
"""How a batch is computed: another order of rounding may choose another token at a near-tie."""


@dataclass(frozen=True, slots=True)
class HFBackend:
    """Variants of one dense model, quantized on first use.

    `model` is a directory, hub id, .gguf file or "demo"; `storage` None for what is faster on
    the device. One that `builds` nothing has those variants that were built before.
    """

    model: str
    device: str
    dtype: str
    storage: Storage | None
    calibration: Calibration
    cache: Path
    trust_remote_code: bool = False
    progress: ProgressBar = no_progress
    builds: bool = True

    @classmethod
    def create(
        cls,
        model: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        storage: str = "auto",
        calibration: Path | None = None,
        cache: Path | None = None,
        trust_remote_code: bool = False,
        progress: ProgressBar = no_progress,
        builds: bool = True,
    ) -> HFBackend:
        """Fill in what is "auto": the device present and its faster dtype.

        Raises UsageError for a model or calibration text that is not there, or a dtype that
        packed kernels do not take; loads nothing.
        """
        refuse_missing_model(model)
        device = default_device() if device == "auto" else device
        if storage == Storage.PACKED and dtype == "float32":
            raise UsageError(
                "--trust-storage=packed computes in bfloat16 or float16, got --trust-dtype=float32"
            )
        chosen = default_dtype(device) if dtype == "auto" else dtype
        return cls(
            model=model,
            device=device,
            dtype="bfloat16" if storage == Storage.PACKED and dtype == "auto" else chosen,
            storage=None if storage == "auto" else Storage(storage),
            calibration=load_calibration(calibration),
            cache=cache or cache_directory(),
            trust_remote_code=trust_remote_code,
            progress=progress,
            builds=builds,
        )

    def directory(self, variant: Variant) -> Path:
        """Return the variant's checkpoint directory, building it if need be."""
        if variant.path is not None:
            return model_directory(str(variant.path), cache=self.cache)
        dense = model_directory(self.model, cache=self.cache)
        if variant.recipe is None:
            return dense
        if not self.trust_remote_code:
            refuse_remote_code(inspect_checkpoint(dense))
        build = Build(
            recipe=variant.recipe,
            dense=dense,
            calibration=self.calibration,
            cache=self.cache,
            device=self.device,
            trust_remote_code=self.trust_remote_code,
        )
        if self.builds:
            return cached_checkpoint(build, progress=self.progress)
        built = checkpoint_at_hand(build)
        if built is None:
            raise VariantError(
                f"{variant.name} is not built in {self.cache}, and --trust-recorded-only builds "
                "none: share the cache that holds it (TRUSTEVAL_CACHE), or name its checkpoint as "
                f"{variant.name}=PATH"
            )
        return built

    def context(self, variant: Variant) -> Mapping[str, Any]:
        checkpoint = inspect_checkpoint(self.directory(variant))
        if not self.trust_remote_code:
            refuse_remote_code(checkpoint)
        files = [*checkpoint.weight_files, checkpoint.path / "config.json"]
        storage = self.held(checkpoint)
        packages = ["torch", "transformers", *(["gptqmodel"] * (storage is Storage.PACKED))]
        return {
            "engine": "hf",
            "arithmetic": _ARITHMETIC,
            "weights": weights_fingerprint(files, cache=self.cache),
            "tokenizer": tokenizer_fingerprint(checkpoint.path),
            "storage": storage.value,
            "dtype": self.dtype,
            "device": self.device.partition(":")[0],
            "decoding": f"{wording_of(variant.draw)}, date pinned to {PINNED_DATE}",
            "versions": {name: package_version(name) for name in packages},
            **self._remote_code(checkpoint),
        }

    def held(self, checkpoint: Checkpoint) -> Storage:
        """Return how the weights are held: dense ones as they are, others as asked or faster.

        A CPU multiplies expanded weights faster than packed ones; a GPU has fast packed kernels
        for some bit widths.
        """
        if checkpoint.quantization is None:
            return Storage.DEQUANTIZED
        if self.storage is not None:
            return self.storage
        fast = self.device.startswith("cuda") and checkpoint.bits in _BITS_WITH_GPU_KERNELS
        return Storage.PACKED if fast else Storage.DEQUANTIZED

    def _remote_code(self, checkpoint: Checkpoint) -> dict[str, Any]:
        if not checkpoint.remote_code:
            return {}
        folder = checkpoint.path
        sources = sorted((*folder.glob("*.py"), *folder.glob("custom_generate/*.py")))
        code = {str(path.relative_to(folder)): file_fingerprint(path) for path in sources}
        return {"remote code": code}

    def notes(self, variant: Variant) -> Mapping[str, str]:
        directory = self.directory(variant)
        checkpoint, context = inspect_checkpoint(directory), self.context(variant)
        notes = {key: str(context[key]) for key in ("weights", "storage", "dtype", "device")}
        notes["memory, at most"] = describe_budget(self.device)
        precision = precision_of(self.model if variant.path is None else str(variant.path))
        if precision is not None:
            notes["expanded from"] = f"a .gguf file, {precision}"
            if precision.is_quantized and variant.path is None:
                notes["expanded from"] += "; what is called dense was quantized before"
        if checkpoint.quantization is None:
            notes["storage"] = "dense"
        else:
            notes["quantization"] = str(checkpoint.quantization)
        if variant.recipe is not None:
            texts = len(self.calibration.draw(variant.recipe.seed))
            notes["recipe"] = str(variant.recipe)
            notes["calibration"] = (
                f"{texts} texts of {self.calibration.origin}, seed {variant.recipe.seed}"
            )
        if checkpoint.remote_code:
            notes["remote code"] = ", ".join(checkpoint.remote_code)
        return notes | notes_of(variant.draw)

    def build(self, variant: Variant) -> Mapping[str, object]:
        return {} if variant.recipe is None else build_record(self.directory(variant))

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        source = self.model if variant.path is None else str(variant.path)
        return vocabularies(model_directory(source, cache=self.cache), cache=self.cache)

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        return tokenizing(self.directory(variant), cache=self.cache)

    def window(self, variant: Variant) -> ContextWindow | None:
        source = self.model if variant.path is None else str(variant.path)
        directory = directory_at_hand(source, cache=self.cache)
        if directory is None:
            return None
        size = inspect_checkpoint(directory).context_length
        if size is None:
            return None

        def count(prompts: Sequence[Prompt]) -> list[int]:
            from trusteval.checkpoints.loading import load_tokenizer
            from trusteval.engines.local.encoding import encode

            tokenizer = load_tokenizer(directory, trust_remote_code=self.trust_remote_code)
            texts = [render(prompt, tokenizer) for prompt in prompts]
            return [len(tokens) for tokens in encode(texts, tokenizer)]

        return ContextWindow(source, size, count)

    def open(self, variant: Variant) -> HFEngine:
        from trusteval.checkpoints.loading import load_model
        from trusteval.engines.local.engine import HFEngine

        directory = self.directory(variant)
        model, tokenizer = load_model(
            directory,
            storage=self.held(inspect_checkpoint(directory)),
            device=self.device,
            dtype=self.dtype,
            trust_remote_code=self.trust_remote_code,
        )
        try:
            render(PROMPTS[0], tokenizer)
        except EngineError as error:
            raise ModelError(str(error)) from error
        with explaining(directory, "cannot be run"):
            return HFEngine(model, tokenizer, name=variant.undrawn.name)
