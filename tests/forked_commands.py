"""Runs commands of trusteval in processes of their own, forked from one that has imported it.

A command's process takes most of a second to import what it needs; a fork of one that has takes
some milliseconds, and ends, prints and is bounded as any other process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.project import ROOT

_SERVE = """
import json, os, resource, signal, sys
import trusteval.protocols, trusteval.tracking.comparison_lines, trusteval.tracking.store_selection
from trusteval.cli import main

for line in sys.stdin:
    words, folder, out, error, memory = json.loads(line)
    process = os.fork()
    if process == 0:
        signal.alarm(20)  # whoever waits for ever is ended by it
        os.chdir(folder)
        for number, name in ((0, os.devnull), (1, out), (2, error)):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        sys.exit(main(words))
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print(code, flush=True)
"""


@dataclass(frozen=True)
class Called:
    """How a command ended and what it printed."""

    code: int
    out: str
    error: str


class Forks:
    """A process that forks; `folder` is where what commands print is kept for a moment."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder

    def run(self, words: Sequence[object], *, folder: Path, memory: int = 0) -> Called:
        """Run a command in a folder; `memory` is in bytes, 0 for no bound."""
        files = [self._folder / name for name in ("out", "error")]
        asked = [list(map(str, words)), str(folder), *map(str, files), memory]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return Called(code, *(file.read_bytes().decode() for file in files))


@contextmanager
def forks(folder: Path) -> Iterator[Forks]:
    """Start the process that forks, and end it."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Forks(process, folder)
        process.communicate(timeout=60)
