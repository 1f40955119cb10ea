"""Runs `python -m MODULE` in a process of its own, forked from one that has imported its libraries.

A small run spends two thirds of its time on imports, which a fork is spared. Nothing ran in the
process that forks, so a fork begins as a new process does, with the folder, environment, import
path, streams and arguments that it is given. Where it would not, a new process runs it instead:
`needs_new_process`. Which modules a run imports is asked of a new process too: `anew=True`.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

_SERVE = """
import gc, importlib, json, os, random, runpy, signal, sys, time
from importlib.metadata import distributions
from pathlib import Path

import jinja2, rich.console, rich.table, rich.text, scipy.optimize, scipy.special, scipy.stats
import pytest
import trusteval

root = Path(trusteval.__file__).parent
left_out = ("gate/", "pytest_", "__main__", "plugin/scheduling")  # what pytest is to import itself
for name in sorted(str(path.relative_to(root)) for path in root.rglob("*.py")):
    if not name.startswith(left_out):
        importlib.import_module(f"trusteval.{name.removesuffix('.py').replace('/', '.')}")
plugins = [one for one in distributions() if one.entry_points.select(group="pytest11")]
rewritten = {file.parts[0].removesuffix(".py") for one in plugins for file in one.files or ()}
for name in [name for name in sys.modules if name.partition(".")[0] in rewritten - {"trusteval"}]:
    del sys.modules[name]  # pytest warns of a plugin's package that it cannot import itself

libraries = sys.path[1:]  # without the folder this starts in
gc.collect()
gc.freeze()
for line in sys.stdin:
    module, arguments, folder, environment, seconds, out, error = json.loads(line)
    process = os.fork()
    if process == 0:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
        given = [one for one in environment.get("PYTHONPATH", "").split(os.pathsep) if one]
        sys.path[:] = [folder, *given, *(one for one in libraries if one not in given)]
        for number, name in enumerate((os.devnull, out, error)):
            os.dup2(os.open(name, os.O_RDWR), number)
        random.seed()
        sys.argv[1:] = arguments
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        sys.exit()
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
_TORCH = """
import torch, transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM
"""
_FIXED_AT_START = ("PYTHON", "LANG", "LC_", "LD_", "HF_", "TRANSFORMERS_")
"""How variables begin that are read when Python or a library starts; the import path is not."""


def run_module(
    module: str,
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    anew: bool = False,
    on_model: bool = False,
    through: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a module in a fork, or `anew` and where a fork would not be as one in a new process.

    `on_model`: torch and transformers are imported already. `through`: the command that starts
    Python, as another user say. Raises TimeoutExpired after `timeout` seconds.
    """
    command = [*through, sys.executable, "-m", module, *arguments]
    if not anew and not needs_new_process(env):
        imports = _TORCH if on_model else ""
        # One for each thread: two runs at once are at once.
        server = _server(imports, through, threading.get_ident())
        return _forked(server, command, cwd=cwd, env=env, timeout=timeout)
    return subprocess.run(
        command,
        cwd=cwd,
        env={**env},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def needs_new_process(env: Mapping[str, str]) -> bool:
    """Say whether an environment differs from ours in what is read when a process starts."""
    return any(
        env.get(name) != os.environ.get(name)
        for name in {*env, *os.environ} - {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
        if name.startswith(_FIXED_AT_START)
    )


def _forked(
    server: subprocess.Popen[str],
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    module, *arguments = command[command.index("-m") + 1 :]
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder, name) for name in ("out", "error")]
        for file in printed:
            file.touch()
            file.chmod(0o666)  # whoever runs writes them
        asked = [module, arguments, str(cwd), dict(env), timeout, *map(str, printed)]
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, error = (file.read_text(encoding="utf-8") for file in printed)
    if code == -signal.SIGALRM:
        raise subprocess.TimeoutExpired(command, timeout, out, error)
    return subprocess.CompletedProcess(command, code, out, error)


@cache
def _server(imports: str, through: tuple[str, ...], _thread: int) -> subprocess.Popen[str]:
    """Start the process that forks; it ends with this one."""
    server = subprocess.Popen(
        [*through, sys.executable, "-c", imports + _SERVE],
        cwd=ROOT,
        # No thread of a library that a fork would not have, and no import path but the libraries'.
        env={
            **{name: text for name, text in os.environ.items() if name != "PYTHONPATH"},
            **{"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"},
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server
