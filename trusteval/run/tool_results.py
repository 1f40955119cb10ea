"""Results of other tools that are to be judged, as they are named: PLACE, or NAME=PLACE."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trusteval.errors import UsageError
from trusteval.results.judging import Judging, judging_of
from trusteval.results.sources import read_tool_run
from trusteval.run.configure import gates_text, read_gates
from trusteval.run.names import refuse_name
from trusteval.system.files import is_there, with_home
from trusteval.types import DENSE


@dataclass(frozen=True, slots=True)
class Results:
    """What is judged, and the fingerprint of the file of rows that judges it."""

    judging: Judging
    gates_sha256: str


def read_results(
    named: Sequence[str], *, gates: Path, folder: Path = Path(), shared_only: bool = False
) -> Results:
    """Read results and the rows on them; relative places start at `folder`.

    Raises UsageError for what is no results, is named twice, or cannot be judged.
    """
    raw = read_gates(gates)
    runs = {name: read_tool_run(place) for name, place in named_places(named, folder).items()}
    judging = judging_of(
        gates_text(raw, gates), origin=str(gates), runs=runs, shared_only=shared_only
    )
    return Results(judging, hashlib.sha256(raw).hexdigest())


def named_places(named: Sequence[str], folder: Path) -> Mapping[str, Path]:
    """Return the places of results by name: dense for a first one without a name, else its own."""
    found: dict[str, Path] = {}
    for text in named:
        name, place = _name_and_place(text, folder)
        name = name or (_own_name(place) if found else DENSE)
        if name != DENSE:
            refuse_name(name, f"results {text}")
        if name in found:
            raise UsageError(
                f"two results are called {name!r}, {found[name]} and {place}; name them: NAME=PLACE"
            )
        found[name] = place
    return found


def _name_and_place(text: str, folder: Path) -> tuple[str, Path]:
    """Part a name from a place, which may hold a sign of equality too."""
    whole = folder / with_home(text)
    name, sign, place = text.partition("=")
    return ("", whole) if is_there(whole) or not sign else (name, folder / with_home(place))


def _own_name(place: Path) -> str:
    """Return a name made of a file's or folder's own."""
    stem = re.sub(r"\.(eval|json)$", "", place.resolve().name)
    return re.sub(r"[^A-Za-z0-9_.:@-]+", "-", stem).lstrip("-_.:@") or "results"
