"""Runs Python on a real file system that is soon full, where this user may mount one."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest


def run_on_small_disk(script: str, folder: Path, *, size: str) -> subprocess.CompletedProcess[str]:
    """Run `script` with `folder`, which then holds `size` only, as its argument; or skip."""
    folder.mkdir()
    mounted = (
        f"mount -t tmpfs -o size={size} none {folder} && "
        f"exec {sys.executable} -c {shlex.quote(script)} {folder}"
    )
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mounted]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if ran.stderr.startswith(("mount", "unshare")):
        pytest.skip(f"no file system can be mounted here: {ran.stderr.strip()}")
    return ran
