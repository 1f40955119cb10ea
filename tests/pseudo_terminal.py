"""Runs a command in a terminal of some width, as a person at a keyboard has it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CODES = re.compile(r"\x1b\[[0-9;]*m")
_UNSET = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS", "CI")


def in_terminal(
    command: Sequence[str], *, cwd: Path, columns: int, **environment: str
) -> tuple[int, str]:
    """Return a command's exit status and all that it wrote, codes of colours included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
    with subprocess.Popen(
        command,
        cwd=cwd,
        env={**kept, "TERM": "xterm", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # Linux ends so where the other side is closed
            while part := os.read(ours, 65536):
                said += part
    os.close(ours)
    return process.returncode, said.decode("utf-8").replace("\r\n", "\n")


def without_codes(text: str) -> str:
    """Return what is read, without codes of colours."""
    return CODES.sub("", text)
