"""The process that quantizes: reads one job from a file, reports layers on standard output.

A process of its own keeps gptqmodel's thread pools, patches and memory away from the judge. It
lives no longer than its parent, which holds its standard input open.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import threading
from importlib import import_module
from pathlib import Path

from trusteval.quantizers import QUANTIZERS
from trusteval.quantizers.job import Advance, Job


def main(job_file: str) -> None:
    """Build what the job file describes."""
    threading.Thread(target=_die_with_parent, args=(Path(job_file).parent,), daemon=True).start()
    # Closed by our end alone: were it closed before, the parent would take us for gone and close
    # our standard input, and we would take it for gone and clear away what we wrote.
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8", closefd=False)
    os.dup2(2, 1)  # what libraries print goes to the log, only our reports to the parent
    job = Job.read(Path(job_file))

    def report(**values: int) -> None:
        print(json.dumps(values), file=reports, flush=True)

    def advance(done: int, total: int) -> None:
        report(done=done, total=total)

    build(job, advance)
    report(peak_memory_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def build(job: Job, advance: Advance) -> None:
    """Build a job in this process, which is not the judge's."""
    module, _, function = QUANTIZERS[job.recipe.method].build.partition(":")
    getattr(import_module(module), function)(job, advance)


def _die_with_parent(scratch: Path) -> None:
    # Returns when the parent is gone. Not through sys.stdin, whose lock would be held at exit.
    os.read(0, 1)
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
