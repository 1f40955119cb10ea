"""How long judging recorded answers takes, no model run: python -m bench.regate

Times whole pytest processes over a store that holds every answer of seven variants; two precision
ensembles are voted beside them. Then what a store of a million answers costs by itself. Reads the
benchmarks' files in TRUSTEVAL_DATA, writes bench/results/regate.json.
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
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from bench.recorded_run import ROOT, record, write_project
from trusteval.store import ResponseStore
from trusteval.suite.origin import find_origin
from trusteval.system.digests import digest
from trusteval.system.machine import describe_machine
from trusteval.types import FinishReason, Response

PROFILE = "full"
SOME = "mmlu or advglue"
"""Benchmarks whose questions, times seven variants, are nearest to 100,000 answers."""
RESULTS = ROOT / "bench" / "results" / "regate.json"
_MILLION = 1_000_000
_BATCH = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    parser.add_argument("--repeat", type=int, default=3, help="how often each run is timed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = {
            "machine": describe_machine(),
            "regating": _regating(Path(scratch), repeat=asked.repeat),
            "store of a million": _million(Path(scratch)),
        }
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, indent=2, sort_keys=True) + "\n"
    asked.out.write_text(text, encoding="utf-8")
    print(text, end="")


def _regating(scratch: Path, *, repeat: int) -> dict[str, object]:
    project = scratch / "project"
    write_project(project, profile=PROFILE)
    record(project, profile=PROFILE, origin=find_origin(None, cache=project / "cache"))
    some = [_gate(project, "-k", SOME) for _ in range(repeat)]
    whole = [_gate(project) for _ in range(repeat)]
    return {name: min(runs, key=_seconds) for name, runs in (("some", some), ("whole", whole))}


def _seconds(run: Mapping[str, object]) -> float:
    return float(str(run["seconds"]))


def _gate(project: Path, *selection: str) -> dict[str, object]:
    """Judge in a process of its own; the first one also compiles, so the best one counts."""
    environment = {
        **os.environ,
        **{"CI": "true", "TRUSTEVAL_CACHE": str(project / "cache")},
        **{"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(project / "compiled")},
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, started = _processor_seconds(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *selection],
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,  # some of the invented variants fail their gates
    )
    seconds = time.perf_counter() - started
    report = project / "reports" / "latest" / "verdicts.json"
    scores = json.loads(report.read_text(encoding="utf-8"))["scores"]
    variants = [line for line in scores if not line["subject"].startswith("vote-")]
    return {
        "answers": sum(sum(line["data"]["rows"].values()) for line in variants),
        "subjects": len({line["subject"] for line in scores}),
        "seconds": round(seconds, 2),
        "processor_seconds": round(_processor_seconds() - before, 2),
        "most_mebibytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _million(scratch: Path) -> dict[str, object]:
    path = scratch / "million.sqlite"
    store = ResponseStore(path)
    context = {"engine": "none", "weights": "none"}
    answers, started = _numbered(_MILLION), time.perf_counter()
    while batch := dict(islice(answers, _BATCH)):
        store.put(context, batch)
    put = time.perf_counter() - started
    store.close()
    started = time.perf_counter()
    store = ResponseStore(path)
    opened = time.perf_counter() - started
    keys = [digest(number) for number in range(0, _MILLION, 10)]
    started = time.perf_counter()
    found = store.get(keys)
    got = time.perf_counter() - started
    assert len(found) == len(keys)
    store.close()
    return {
        "seconds_to_open": round(opened, 4),
        "seconds_to_get_100000": round(got, 2),
        "microseconds_to_put_one_of_a_batch_of_64": round(put / _MILLION * 1e6, 1),
        "bytes_per_answer": round(path.stat().st_size / _MILLION, 1),
        "mebibytes": path.stat().st_size >> 20,
    }


def _numbered(count: int) -> Iterator[tuple[str, Response]]:
    for number in range(count):
        response = Response(f"The answer is {number}.", FinishReason.END, 100, 5)
        yield digest(number), response


if __name__ == "__main__":
    main()
