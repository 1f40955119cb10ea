"""Runs variants with transformers: shared prefix prefilled once, batched greedy decoding."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trusteval.checkpoint import inspect_checkpoint, tokenizer_fingerprint, weights_fingerprint
from trusteval.engines.batching import common_prefix_length, plan_batches
from trusteval.engines.chat import PINNED_DATE, render
from trusteval.errors import EngineError, PromptError
from trusteval.machine import cache_directory, default_device, default_dtype, package_version
from trusteval.models import dense_directory, refuse_missing_model
from trusteval.progress import ProgressBar, no_progress
from trusteval.quantizers.building import Calibration, built_checkpoint, load_calibration
from trusteval.types import FinishReason, Prompt, Response, Storage, Variant

if TYPE_CHECKING:
    import torch

_TOKEN_BUDGET = 32_768
"""Most key-value cache entries (rows x tokens) of a batch."""


@dataclass(frozen=True, slots=True)
class HFBackend:
    """Variants of one dense model, quantized on first use.

    `model` is a directory, hub id, .gguf file or "demo".
    """

    model: str
    device: str
    dtype: str
    storage: Storage
    calibration: Calibration
    cache: Path
    progress: ProgressBar = no_progress

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
        progress: ProgressBar = no_progress,
    ) -> HFBackend:
        """Fill in what is "auto": the device present, its faster dtype and storage.

        Raises UsageError for a model or calibration text that is not there; loads nothing.
        """
        refuse_missing_model(model)
        device = default_device() if device == "auto" else device
        # Packed kernels are slower than dense matmul on a CPU, and save memory on a GPU.
        faster = Storage.PACKED if device.startswith("cuda") else Storage.DEQUANTIZED
        return cls(
            model=model,
            device=device,
            dtype=default_dtype(device) if dtype == "auto" else dtype,
            storage=faster if storage == "auto" else Storage(storage),
            calibration=load_calibration(calibration),
            cache=cache or cache_directory(),
            progress=progress,
        )

    def directory(self, variant: Variant) -> Path:
        """Return the variant's checkpoint directory, building it if need be."""
        if variant.path is not None:
            return variant.path
        dense = dense_directory(self.model, cache=self.cache)
        if variant.recipe is None:
            return dense
        fingerprint = weights_fingerprint(inspect_checkpoint(dense).weight_files, cache=self.cache)
        return built_checkpoint(
            variant.recipe,
            dense=dense,
            dense_fingerprint=fingerprint,
            calibration=self.calibration,
            cache=self.cache,
            progress=self.progress,
        )

    def context(self, variant: Variant) -> Mapping[str, Any]:
        checkpoint = inspect_checkpoint(self.directory(variant))
        files = [*checkpoint.weight_files, checkpoint.path / "config.json"]
        storage = self.storage if checkpoint.quantization else Storage.DEQUANTIZED
        packages = ["torch", "transformers", *(["gptqmodel"] * (storage is Storage.PACKED))]
        return {
            "engine": "hf",
            "weights": weights_fingerprint(files, cache=self.cache),
            "tokenizer": tokenizer_fingerprint(checkpoint.path),
            "storage": storage.value,
            "dtype": self.dtype,
            "device": self.device.partition(":")[0],
            "decoding": f"greedy, date pinned to {PINNED_DATE}",
            "versions": {name: package_version(name) for name in packages},
        }

    def notes(self, variant: Variant) -> Mapping[str, str]:
        context = self.context(variant)
        recipe = {"recipe": str(variant.recipe)} if variant.recipe else {}
        return {
            **recipe,
            **{key: str(context[key]) for key in ("weights", "storage", "dtype", "device")},
        }

    def open(self, variant: Variant) -> HFEngine:
        from trusteval.loading import load_model

        model, tokenizer = load_model(
            self.directory(variant), storage=self.storage, device=self.device, dtype=self.dtype
        )
        return HFEngine(model, tokenizer, name=variant.name)


class HFEngine:
    """One loaded model and its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, *, name: str) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._name = name
        config = model.config.get_text_config()
        self._context_length = int(getattr(config, "max_position_embeddings", 0) or 0)
        self._has_window = bool(getattr(config, "sliding_window", None))
        self._stops = _stop_tokens(model, tokenizer)

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        if not prompts:
            return
        encoded = [self._encode(prompt) for prompt in prompts]
        self._refuse_too_long(encoded, max_new_tokens)
        shared = common_prefix_length(encoded)
        batches = plan_batches(
            [len(tokens) - shared for tokens in encoded],
            shared=shared,
            new_tokens=max_new_tokens,
            budget=_TOKEN_BUDGET,
            # Padding stands between prefix and prompt: with no prefix there would be rows that
            # see nothing, and a sliding window would count the padding.
            padding=shared > 0 and not self._has_window,
        )
        missing = [batch for batch in batches if not set(batch) <= set(done)]
        if not missing:
            return
        prefix = self._prefill(encoded[0][:shared])
        for batch in missing:
            yield self._run(encoded, batch, prefix, shared, max_new_tokens)

    def close(self) -> None:
        import gc
        import sys

        self._model = None
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _encode(self, prompt: Prompt) -> list[int]:
        text, add_special_tokens = render(prompt, self._tokenizer)
        encoded = self._tokenizer(text, add_special_tokens=add_special_tokens)["input_ids"]
        return [int(token) for token in encoded]

    def _refuse_too_long(self, encoded: Sequence[Sequence[int]], max_new_tokens: int) -> None:
        for index, tokens in enumerate(encoded):
            if not tokens:
                raise PromptError(f"{self._name}: the prompt is empty", index=index)
            if self._context_length and len(tokens) + max_new_tokens > self._context_length:
                raise PromptError(
                    f"{self._name}: the prompt has {len(tokens)} tokens and may get "
                    f"{max_new_tokens} more; the model's context is {self._context_length}",
                    index=index,
                )

    def _prefill(self, tokens: Sequence[int]) -> Any:
        """Return the key-value cache of the shared tokens, None if there are none."""
        import torch

        if not tokens:
            return None
        ids = torch.tensor([list(tokens)], device=self._model.device)
        with torch.inference_mode():
            return self._model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values

    def _run(
        self,
        encoded: Sequence[Sequence[int]],
        batch: Sequence[int],
        prefix: Any,
        shared: int,
        max_new_tokens: int,
    ) -> dict[int, Response]:
        import torch

        own = [encoded[index][shared:] for index in batch]
        width = max(map(len, own))
        device = self._model.device
        ids = torch.tensor([[0] * (width - len(t)) + list(t) for t in own], device=device)
        mask = torch.tensor(
            [[1] * shared + [0] * (width - len(t)) + [1] * len(t) for t in own], device=device
        )
        cache = copy.deepcopy(prefix)
        if cache is not None:
            cache.batch_repeat_interleave(len(batch))
        with torch.inference_mode():
            new = self._decode(ids, mask, cache, max_new_tokens)
        return {
            index: self._response(tokens, len(encoded[index]))
            for index, tokens in zip(batch, new, strict=True)
        }

    def _decode(
        self, ids: torch.Tensor, mask: torch.Tensor, cache: Any, max_new_tokens: int
    ) -> list[list[int]]:
        """Return each row's new tokens, the stop token included where one came."""
        import torch

        rows = len(ids)
        new: list[list[int]] = [[] for _ in range(rows)]
        running = set(range(rows))
        positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        for step in range(max_new_tokens):
            output = self._model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
            logits = output.logits[:, -1]
            if not bool(torch.isfinite(logits).all()):
                raise EngineError(f"{self._name}: the model's logits are not finite (NaN or Inf)")
            chosen = logits.argmax(-1)
            for row, token in enumerate(chosen.tolist()):
                if row in running:
                    new[row].append(token)
                    if token in self._stops:
                        running.discard(row)
            if not running or step == max_new_tokens - 1:
                break
            cache, ids = output.past_key_values, chosen[:, None]
            mask = torch.cat([mask, mask.new_ones(rows, 1)], dim=1)
            positions = positions[:, -1:] + 1
        return new

    def _response(self, tokens: Sequence[int], n_prompt_tokens: int) -> Response:
        ended = bool(tokens) and tokens[-1] in self._stops
        spoken = list(tokens[:-1] if ended else tokens)
        return Response(
            text=self._tokenizer.decode(spoken, skip_special_tokens=True),
            finish_reason=FinishReason.END if ended else FinishReason.LENGTH,
            n_prompt_tokens=n_prompt_tokens,
            n_new_tokens=len(tokens),
        )


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    declared = getattr(model.generation_config, "eos_token_id", None)
    listed = declared if isinstance(declared, list) else [declared]
    return frozenset(t for t in (*listed, tokenizer.eos_token_id) if t is not None)
