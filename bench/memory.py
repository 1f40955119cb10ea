"""Measures how much memory the engine takes beside the weights, against what it says it will.

Run alone, `python -m bench.memory`: a process remembers its highest point.
"""

from __future__ import annotations

import argparse
import resource
import sys

from bench.models import open_model
from bench.workloads import WORKLOADS, load
from trusteval.engines.local.engine import HFEngine
from trusteval.engines.local.memory import default_budget


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--model", default="demo")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--budget", type=int, help="MiB; by default the engine's own")
    parser.add_argument("--only", action="append", choices=[w.name for w in WORKLOADS])
    asked = parser.parse_args()
    model, tokenizer = open_model(asked.model, dtype=asked.dtype, device="cpu")
    budget = default_budget("cpu") if asked.budget is None else asked.budget * 2**20
    engine = HFEngine(model, tokenizer, name=asked.model, budget=budget)
    before = _highest()
    for workload in WORKLOADS:
        if not asked.only or workload.name in asked.only:
            said = load(workload)
            for _ in engine.generate(said.prompts, max_new_tokens=said.max_new_tokens):
                pass
            print(
                f"{workload.name:18} up to {(_highest() - before) / 2**20:6.0f} MiB, budget "
                f"{budget / 2**20:.0f} MiB",
                flush=True,
            )
    return 0


def _highest() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    sys.exit(main())
