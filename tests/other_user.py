"""Runs a command as a user whom the system does not know, who may read everything and write little.

So are containers started with an arbitrary user id. A folder of root's is read-only to them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.forked_runs import run_module

UID = 12345
# Temporary folders are their owner's alone, so this user may read past that, as in a container.
_COMMAND = (
    *("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
)


def run_as_other_user(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run `command` in `folder`, with this process's environment changed; or skip.

    A variable that is to be missing is given as "".
    """
    _skip_unless_possible()
    merged = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    for name in ("PYTEST_ADDOPTS", "USER", "LOGNAME", "LNAME", "USERNAME", "XDG_CACHE_HOME"):
        merged.pop(name, None)
    given = {name: value for name, value in merged.items() if value}
    if command[:2] == [sys.executable, "-m"]:
        module, *arguments = command[2:]
        return run_module(module, arguments, cwd=folder, env=given, timeout=300, through=_COMMAND)
    return subprocess.run(
        [*_COMMAND, *command],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _skip_unless_possible() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    try:
        tried = subprocess.run(
            [*_COMMAND, "true"], capture_output=True, text=True, timeout=60, check=False
        )
    except FileNotFoundError:
        pytest.skip("setpriv is not installed")
    if tried.returncode != 0:
        pytest.skip(f"no other user can be had here: {tried.stderr.strip()}")
