"""Knows the gates.toml that is shipped, whose rows are for variants that a run may not have."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from pathlib import Path

SHIPPED = "the shipped gates.toml"
"""How reports call it where it judges because there is no other."""
STANDS_IN = (
    f"{SHIPPED} judges, as there is no trust_tests/gates.toml: its rows are for no model in "
    "particular, so write your own for one that you ship"
)
"""What is said wherever verdicts of such a run are read."""


def is_shipped(raw: bytes) -> bool:
    """Say whether a file is the one that is shipped, to the letter; line ends may differ.

    Whoever changes a row makes the file their own.
    """
    return hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest() == _shipped_sha256()


def shipped_gates() -> Path:
    """Return where the file is: a wheel carries it, in a checkout it is where it is edited."""
    package = Path(str(files("trusteval")))
    carried = package / "gate" / "gates.toml"
    return carried if carried.is_file() else package.parent / "trust_tests" / "gates.toml"


def default_gates(own: Path) -> Path:
    """Return the file that judges where nobody names one: a project's own, else the shipped one.

    An own file that is there and cannot be read is not replaced.
    """
    return shipped_gates() if stands_in(own) else own


def stands_in(own: Path) -> bool:
    """Say whether the shipped file judges in place of a project's own, which is not there."""
    return not os.path.lexists(own)


def _shipped_sha256() -> str:
    """Read what `sha256sum trust_tests/gates.toml` wrote when the file was last changed."""
    written = files("trusteval.demo") / "gates.sha256"
    return written.read_text(encoding="utf-8").split()[0]
