"""Measures the engine against its peer, paired: same model, prompts, token limits and machine.

Each workload: the peer at its fastest batch size (found on a quarter of the items, or one batch),
then runs in turn, ours first, the median of each quoted. `make bench`, or
`python -m bench.engine --help`; with --peer-batch-size=1 the peer is the one-by-one reference.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench import peer
from bench.models import open_model
from bench.roofline import matmul_peak, reading_operations
from bench.workloads import WORKLOADS, Workload, load
from trusteval.engines.chat import render
from trusteval.engines.local.engine import HFEngine
from trusteval.engines.local.memory import default_budget
from trusteval.system.machine import (
    default_device,
    default_dtype,
    describe_machine,
    package_version,
)
from trusteval.types import Prompt

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Result:
    """One workload's medians; `agreement` is the share of equal answers, `largest_margin` how far
    apart the peer's two best tokens lay, at most, where answers part (in logits).

    `matmul_peak_share` is what reading the prompts reached of the fastest matrix product.
    """

    prompts: int
    prompts_per_s: float
    peer_prompts_per_s: float
    peer_batch_size: int
    ratio: float
    ratios: list[float]
    agreement: float
    largest_margin: float
    matmul_peak_share: float
    peak_gflop_per_s: float


def main() -> int:
    asked = _arguments()
    device = default_device() if asked.device == "auto" else asked.device
    dtype = default_dtype(device) if asked.dtype == "auto" else asked.dtype
    model, tokenizer = open_model(asked.model, dtype=dtype, device=device)
    engine = HFEngine(model, tokenizer, name=asked.model)
    results: dict[str, Result] = {}
    for workload in WORKLOADS:
        if not asked.only or workload.name in asked.only:
            results[workload.name] = _measure(engine, workload, asked, dtype=dtype)
            print(_row(workload.name, results[workload.name]), flush=True)
    record = {
        "machine": describe_machine(),
        "device": device,
        "dtype": dtype,
        "model": asked.model,
        "peer": peer.version(),
        "versions": {name: package_version(name) for name in ("torch", "transformers")},
        "runs": asked.runs,
        "memory_budget_mib": default_budget(device) // 2**20,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "workloads": {name: asdict(result) for name, result in results.items()},
    }
    out = RESULTS / asked.out
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"written to {out}")
    return 0


def _measure(
    engine: HFEngine, workload: Workload, options: argparse.Namespace, *, dtype: str
) -> Result:
    asked = load(workload)
    texts = [render(prompt, engine.tokenizer)[0] for prompt in asked.prompts]

    def ours(limit: int) -> list[str]:
        return _answers(engine, asked.prompts, limit)

    def peers(batch_size: int, items: int) -> list[str]:
        return peer.answer(
            engine.model,
            engine.tokenizer,
            texts[:items],
            max_new_tokens=asked.max_new_tokens,
            batch_size=batch_size,
        )

    best = options.peer_batch_size or _fastest_batch_size(peers, workload)
    own, others, shares, peaks = [], [], [], []
    said: list[str] = []
    theirs: list[str] = []
    encoded = engine.encode(asked.prompts)
    operations = reading_operations(engine.model, encoded)
    for _ in range(options.runs):
        peaks.append(matmul_peak(dtype=dtype, device=str(engine.model.device)))
        shares.append(operations / _timed(lambda: ours(1))[0] / peaks[-1])
        seconds, said = _timed(lambda: ours(asked.max_new_tokens))
        own.append(len(texts) / seconds)
        seconds, theirs = _timed(lambda: peers(best, len(texts)))
        others.append(len(texts) / seconds)
        _say(f"{workload.name}: {own[-1]:.2f} against {others[-1]:.2f} prompts/s")
    apart = [i for i, (a, b) in enumerate(zip(said, theirs, strict=True)) if a != b]
    ratios = [a / b for a, b in zip(own, others, strict=True)]
    margins = [_margin(engine, encoded[i], said[i], theirs[i]) for i in apart]
    return Result(
        prompts=len(texts),
        prompts_per_s=median(own),
        peer_prompts_per_s=median(others),
        peer_batch_size=best,
        ratio=median(ratios),
        ratios=ratios,
        agreement=1 - len(apart) / len(texts),
        largest_margin=max(margins, default=0.0),
        matmul_peak_share=median(shares),
        peak_gflop_per_s=median(peaks) / 1e9,
    )


def _fastest_batch_size(peers: Callable[[int, int], object], workload: Workload) -> int:
    """Try the peer's batch sizes on a quarter of the items, or one batch of them."""
    speeds: dict[int, float] = {}
    for size in (size for size in peer.BATCH_SIZES if size <= workload.items):
        items = max(size, workload.items // 4)
        speeds[size] = items / _timed(partial(peers, size, items))[0]
    _say(f"{workload.name}: peer at {', '.join(f'{s}: {v:.2f}' for s, v in speeds.items())} /s")
    return max(speeds, key=lambda size: speeds[size])


def _answers(engine: HFEngine, prompts: Sequence[Prompt], limit: int) -> list[str]:
    texts: dict[int, str] = {}
    for batch in engine.generate(prompts, max_new_tokens=limit):
        texts |= {index: response.text for index, response in batch.items()}
    return [texts[index] for index in range(len(prompts))]


def _margin(engine: HFEngine, prompt: Sequence[int], ours: str, theirs: str) -> float:
    """Return how far the two best tokens of a plain pass lie apart where two answers part."""
    import torch

    first, second = (
        engine.tokenizer(text, add_special_tokens=False)["input_ids"] for text in (ours, theirs)
    )
    same = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), None)
    common = first[: min(len(first), len(second)) if same is None else same]
    ids = torch.tensor([[*prompt, *common]], device=engine.model.device)
    with torch.inference_mode():
        best, other = engine.model(input_ids=ids).logits[0, -1].float().topk(2).values.tolist()
    return float(best - other)


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = run()
    return time.perf_counter() - started, result


def _row(name: str, result: Result) -> str:
    return (
        f"{name:18} {result.prompts_per_s:8.2f} /s  peer {result.peer_prompts_per_s:8.2f} /s "
        f"(batch {result.peer_batch_size:2})  {result.ratio:6.2f}x  agreement "
        f"{100 * result.agreement:5.1f} %  (largest margin {result.largest_margin:.4f})  "
        f"matmul peak {100 * result.matmul_peak_share:4.0f} %"
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--model", default="demo", help="directory, hub id, demo, or a shape")
    parser.add_argument("--dtype", default="auto", help="auto, float32, bfloat16 or float16")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--runs", type=int, default=3, help="paired runs of each workload")
    parser.add_argument("--peer-batch-size", type=int, help="instead of the fastest")
    parser.add_argument("--only", action="append", choices=[w.name for w in WORKLOADS])
    parser.add_argument("--out", default="latest.json", help="file name within bench/results")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
