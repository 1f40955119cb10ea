"""An environment as `pip install trusteval` makes it, without downloading torch once more.

The wheel is installed into an empty virtual environment. What it declares, and what that declares
in turn, is looked up in the metadata of what is installed here, its markers evaluated, and linked
into the new environment: nothing else is visible there. An import that nobody declared fails in it
as it fails for a user.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import ROOT


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout; without the network where its builder is installed."""
    alone = ["--no-build-isolation", "--no-index"] if find_spec("hatchling") else []
    _pip("wheel", "--no-deps", *alone, "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("trusteval-*.whl")
    return wheel


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the names of the distributions that it holds."""

    folder: Path
    names: frozenset[str]

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def run(self, *words: str, cwd: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, which sees nothing of the checkout."""
        program, *arguments = words
        hidden = ("PYTHONPATH", "PYTEST_ADDOPTS", "TRUSTEVAL_DATA", "MYPYPATH")
        given = {name: value for name, value in os.environ.items() if name not in hidden}
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            cwd=cwd,
            env={**given, "TRUSTEVAL_CACHE": str(cwd / "cache"), "CI": "true"},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


def environment_of(wheel: Path, folder: Path) -> Environment:
    """Install a wheel and what it declares into an empty virtual environment."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    _pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    (packages,) = folder.glob("lib/python*/site-packages")
    (metadata,) = packages.glob("trusteval-*.dist-info")
    declared = Distribution.at(metadata).requires or ()
    found = dict(_installed(map(Requirement, declared)))
    for one in found.values():
        _link(one, packages)
    return Environment(folder, frozenset({*found, "trusteval"}))


def _installed(requirements: Iterable[Requirement]) -> Iterator[tuple[str, Distribution]]:
    """Yield what is installed here of all that is required, by its name."""
    left = [(one, frozenset[str]()) for one in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        required, extras = left.pop()
        is_wanted = required.marker is None or any(
            required.marker.evaluate({"extra": extra}) for extra in extras or {""}
        )
        name, asked = canonicalize_name(required.name), frozenset(required.extras)
        if not is_wanted or (name, asked) in seen:
            continue
        seen.add((name, asked))
        found = distribution(name)
        assert required.specifier.contains(found.version, prereleases=True), required
        yield name, found
        left += [(Requirement(text), asked | {""}) for text in found.requires or ()]


def _link(found: Distribution, packages: Path) -> None:
    """Link a distribution's files; a folder at once where it is a package of its own."""
    for file in found.files or ():
        top = file.parts[0]
        if top == ".." or file.suffix == ".pth":
            continue
        here = Path(str(found.locate_file(top)))
        is_whole = (here / "__init__.py").exists() or top.endswith((".dist-info", ".libs"))
        name = top if is_whole else str(file)
        if not (packages / name).exists():
            (packages / name).parent.mkdir(parents=True, exist_ok=True)
            (packages / name).symlink_to(Path(str(found.locate_file(name))).resolve())


def _pip(*words: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
