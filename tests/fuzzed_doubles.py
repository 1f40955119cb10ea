"""Targets that end in every way a trial can end, for the tests of the campaign itself."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from bench.fuzzing.edge import refuse_raw_controls, strictly
from bench.fuzzing.trial import Files, Form, Target
from trusteval.errors import UsageError


def _seeds(scratch: Path) -> Iterator[Files]:
    yield {"word.txt": b"fine"}


def _run(folder: Path) -> str:
    """Do what the file says."""
    words = (folder / "word.txt").read_bytes().decode().split()
    match words:
        case ["refuse"]:
            raise UsageError("no")
        case ["raise"]:
            raise LookupError("nobody foresaw it")
        case ["warn"]:
            with strictly():
                warnings.warn("old", UserWarning, stacklevel=1)
        case ["print"]:
            refuse_raw_controls("fine\nnot \x1b[2Jfine")
        case ["fill"]:
            bytearray(2**30)
        case ["spin"]:
            while True:
                pass
        case ["wait"]:
            time.sleep(3600)
        case ["die"]:
            os.kill(os.getpid(), signal.SIGSEGV)
    return "fine"


_FORMS = {"*.txt": Form.TEXT}

DOUBLES: dict[str, Target] = {
    "double": Target("double", _seeds, _run, _FORMS, inputs={"*.txt": "word.txt"})
}
