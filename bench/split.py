"""What splitting a run takes, no model run: python -m bench.split

Times whole processes, as examples/cluster starts them: what a shard takes beside its answers,
merging invented answers of seven variants, and recording from one machine of servers or two. Writes
bench/results/split.json.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Semaphore

from bench.recorded_run import ROOT
from tests.fault_server import MODEL, Action, FaultServer, Request, serving
from tests.project import INI, Project
from trusteval.store import ResponseStore
from trusteval.system.digests import digest
from trusteval.system.machine import describe_machine
from trusteval.types import FinishReason, Response

RESULTS = ROOT / "bench" / "results" / "split.json"
SIZES = (100_000, 500_000)
VARIANTS = 7
SLOTS, SECONDS_PER_REPLY = 4, 0.2
"""What a machine of servers takes at once, and how long a reply takes."""
_BATCH = 64
_GATES = '[[gate]]\nbenchmark = "mmlu"\nmetric = "score"\nat_least = 1.0\nwhy = "none"\n'
_SERVED = "trust_model = {0}/v1#{2}\ntrust_variants = dense,other-4=openai:{1}/v1#{2}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="answers to merge")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = {
            "machine": {**describe_machine(), "load": os.getloadavg()[0]},
            "shard": _shard(Path(scratch) / "shard"),
            "servers": _servers(Path(scratch)),
            "merging": [_merging(Path(scratch) / str(n), n) for n in asked.sizes],
        }
    text = json.dumps(found, indent=2, sort_keys=True) + "\n"
    asked.out.write_text(text, encoding="utf-8")
    print(text, end="")


def _timed(root: Path, *words: str) -> dict[str, float]:
    """Run a module in a process of its own; returns its seconds by the clock and the processor."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRUSTEVAL_CACHE": str(root / "cache")}
    before, started = _processor_seconds(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "processor_seconds": round(_processor_seconds() - before, 2),
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _shard(root: Path) -> dict[str, object]:
    """Time the steps of one shard of 36 answers by the scripted engine."""
    root.mkdir()
    Project(root)
    test = "trust_tests/test_recording.py::test_record[dense-mmlu]"
    steps = {
        "record": ("pytest", "-q", test),
        "export": ("trusteval", "store", "export", "all.jsonl", "--store=responses.sqlite"),
        "import": ("trusteval", "store", "import", "all.jsonl", "--store=merged.sqlite"),
    }
    return {name: _timed(root, *words) for name, words in steps.items()}


def _merging(root: Path, count: int) -> dict[str, object]:
    """Time export of one shard, and import of seven into a new store."""
    root.mkdir()
    for variant in range(VARIANTS):
        _fill(root / f"{variant}.sqlite", variant, count // VARIANTS)
    found: dict[str, object] = {"answers": count // VARIANTS * VARIANTS, "shards": VARIANTS}
    for kind in ("jsonl", "parquet"):
        exports = [_store(root, "export", f"{v}.{kind}", f"{v}.sqlite") for v in range(VARIANTS)]
        imports = [_store(root, "import", f"{v}.{kind}", f"{kind}.sqlite") for v in range(VARIANTS)]
        files = [(root / f"{variant}.{kind}").stat().st_size for variant in range(VARIANTS)]
        found[kind] = {
            "export of one shard": exports[0],
            "import of all": {name: round(sum(i[name] for i in imports), 2) for name in imports[0]},
            "mebibytes_of_exports": round(sum(files) / 2**20, 1),
            "mebibytes_merged": round((root / f"{kind}.sqlite").stat().st_size / 2**20, 1),
        }
    return found


def _store(root: Path, action: str, file: str, store: str) -> dict[str, float]:
    return _timed(root, "trusteval", "store", action, file, f"--store={store}")


def _fill(path: Path, variant: int, count: int) -> None:
    store, numbers = ResponseStore(path), iter(range(count))
    context = {"engine": "none", "weights": digest(variant)}
    while some := list(islice(numbers, _BATCH)):
        said = (Response(f"The answer is {n}.", FinishReason.END, 400, 5) for n in some)
        store.put(context, dict(zip((digest([variant, n]) for n in some), said, strict=True)))
    store.close()


def _servers(scratch: Path) -> dict[str, object]:
    """Time recording two variants from one machine or two, by one process or two workers."""
    found: dict[str, object] = {"slots": SLOTS, "seconds_per_reply": SECONDS_PER_REPLY}
    for machines in (1, 2):
        for workers in (0, 2):
            root = scratch / f"served-{machines}-{workers}"
            root.mkdir()
            found[f"{machines} machines, {workers or 1} processes"] = _asking(
                root, machines=machines, workers=workers
            )
    return found


def _asking(root: Path, *, machines: int, workers: int) -> dict[str, float]:
    project = Project(root)
    project.write("trust_tests/gates.toml", _GATES)
    with _endpoints(machines) as (one, other):
        served = INI.replace("trust_model = script.json\n", "").replace("scripted", "openai")
        project.write("pytest.ini", served + _SERVED.format(one.url, other.url, MODEL))
        asked = ("pytest", "-q", "-m", "trust_recording", "--trust-benchmarks=all")
        took = _timed(root, *asked, "-n", str(workers))
        times = sorted((*one.times, *other.times))
    return {
        **took,
        "prompts": len(times),
        "seconds_from_first_to_last": round(times[-1] - times[0], 2),
    }


@contextmanager
def _endpoints(machines: int) -> Iterator[tuple[FaultServer, FaultServer]]:
    """Serve two models from so many machines, each of which answers SLOTS prompts at once."""
    slots = [Semaphore(SLOTS) for _ in range(machines)]

    def slowly(machine: Semaphore) -> Action | None:
        with machine:
            time.sleep(SECONDS_PER_REPLY)
        return None

    with serving() as one, serving() as other:

        def first(request: Request) -> Action | None:
            return slowly(slots[0])

        def last(request: Request) -> Action | None:
            return slowly(slots[-1])

        one.decide, other.decide = first, last
        yield one, other


if __name__ == "__main__":
    main()
