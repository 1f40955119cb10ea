"""Remembers on this machine which laws of the vote held, until something that decides it changes.

That is the vote, the laws and how they are generated, Hypothesis and Python. What failed is never
remembered, and a cache that cannot be written is not asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from trusteval.system.bounded import MIB, read_bytes, read_json
from trusteval.system.files import may_use, write_atomically
from trusteval.system.machine import package_version

NAME = "vote_laws.json"
SOURCES = (
    *("errors.py", "printable.py", "answers/voting.py"),
    *("types/__init__.py", "types/answers.py", "types/corrections.py", "types/costs.py"),
    *("types/draws.py", "types/probabilities.py", "types/prompts.py", "types/samples.py"),
    *("types/scores.py", "types/subjects.py", "types/unavailable.py", "types/verdicts.py"),
)
"""The modules that decide what a vote elects."""
_KEPT = 20
_MOST_LAWS = 16 * MIB
"""What a file of laws may hold."""
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

Held = Mapping[str, str]
"""Names of laws, each with when it was checked."""


def law_key(folder: Path, *, generated: str) -> str:
    """Hash all that decides whether the laws in `folder` hold.

    `generated` says how many examples of which kind are drawn.
    """
    package = Path(str(resources.files("trusteval")))
    files = [*(package / name for name in SOURCES), *sorted(folder.glob("*.py"))]
    total = hashlib.sha256(
        f"{platform.python_implementation()} {platform.python_version()} {platform.system()} "
        f"{platform.machine()}, hypothesis {package_version('hypothesis')}, {generated}\n".encode()
    )
    for file in files:
        content = hashlib.sha256(read_bytes(file, most=_MOST_LAWS))
        total.update(f"{file.name} {content.hexdigest()}\n".encode())
    return total.hexdigest()


@dataclass(frozen=True, slots=True)
class LawMemory:
    """The file in the cache; by key, the laws that held."""

    path: Path

    def held(self, key: str) -> Held:
        """Return what is remembered under a key; nothing where nothing new could be."""
        if not may_use(self.path.parent, os.W_OK):
            return {}
        return self._read().get(key, {})

    def learn(self, key: str, *, held: Iterable[str], broken: Iterable[str], when: str) -> None:
        """Remember what held at a time, and forget what did not; nothing where that cannot be."""
        known = self._read()
        laws = {**known.pop(key, {}), **dict.fromkeys(held, when)}
        for name in broken:
            laws.pop(name, None)
        newest = [*known.items(), (key, laws)][-_KEPT:]
        with suppress(OSError):
            write_atomically(self.path, json.dumps(dict(newest), indent=1) + "\n")

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            found = read_json(self.path, most=MIB)
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {
            key: {name: when for name, when in laws.items() if _is_time(when)}
            for key, laws in found.items()
            if isinstance(laws, dict)
        }


def moment(seconds: float) -> str:
    """Word a time as it is remembered."""
    return datetime.fromtimestamp(seconds, tz=UTC).strftime(_FORMAT)


def _is_time(when: object) -> bool:
    try:
        return isinstance(when, str) and bool(datetime.strptime(when, _FORMAT))
    except ValueError:
        return False
