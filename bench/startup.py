"""What trusteval costs a pytest run that asks nothing of it: time and imports, with and without.

    python -m bench.startup [PAIRS]

Runs in pairs, in turns, so that a slow minute meets both, and counts processor time, which other
work on the machine disturbs less.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_PAIRS = 15
_WITHOUT = ("-p", "no:trusteval")
_CONFTEST = """
import sys
def pytest_unconfigure():
    print("LOADED", len(sys.modules), sum(m.split(".")[0] == "trusteval" for m in sys.modules))
"""


def main(pairs: int = _PAIRS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "test_theirs.py").write_text("def test_holds():\n    pass\n", encoding="utf-8")
        (root / "conftest.py").write_text(_CONFTEST, encoding="utf-8")
        for arguments in ((), _WITHOUT):
            _seconds(root, *arguments)  # fills the page cache, and writes bytecode
        took = [(_seconds(root), _seconds(root, *_WITHOUT)) for _ in range(pairs)]
        loaded = [_loaded(root, *arguments) for arguments in ((), _WITHOUT)]
    own, plain = (statistics.median(column) for column in zip(*took, strict=True))
    more = sorted(1000 * (a - b) for a, b in took)
    print(f"a run of one test, {pairs} pairs, median seconds of a processor")
    print(f"{own:.3f} with, {plain:.3f} without")
    print(
        f"difference of a pair, ms: median {statistics.median(more):.0f}, "
        f"quartiles {more[len(more) // 4]:.0f} to {more[-1 - len(more) // 4]:.0f}"
    )
    print(f"modules: {loaded[0][0]} with, {loaded[1][0]} without; {loaded[0][1]} of trusteval")


def _seconds(root: Path, *arguments: str) -> float:
    """Return the processor time of one run."""
    before = os.times()
    _pytest(root, *arguments)
    after = os.times()
    user, system = "children_user", "children_system"
    return sum(getattr(after, kind) - getattr(before, kind) for kind in (user, system))


def _loaded(root: Path, *arguments: str) -> tuple[int, int]:
    line = next(
        line for line in _pytest(root, *arguments).splitlines() if line.startswith("LOADED")
    )
    _, modules, ours = line.split()
    return int(modules), int(ours)


def _pytest(root: Path, *arguments: str) -> str:
    names = ("TRUSTEVAL_CACHE", "TRUSTEVAL_DATA", "PYTEST_ADDOPTS")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=root,
        env={name: value for name, value in os.environ.items() if name not in names},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
