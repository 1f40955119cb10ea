"""What is tried and how it may end: the nouns of the campaign."""

from __future__ import annotations

import fnmatch
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from trusteval.errors import TrustEvalError

Files = Mapping[str, bytes]
"""One input: what lies in the folder that a target reads, by name."""


MOST_BYTES = 8 << 20
"""Of a file that is changed; what has to be larger is made so on purpose."""


class Form(StrEnum):
    """How a file is laid out, so that a change may know what it changes."""

    BINARY = "binary"
    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    JSON_LINES = "json lines"
    TOML = "toml"
    ANSWERS = "answers"
    KEY = "key"
    SAFETENSORS = "safetensors"
    SQLITE = "sqlite"
    ARGUMENTS = "arguments"


class Kind(StrEnum):
    """How a trial ended. All but the first two are findings."""

    ACCEPTED = "accepted"
    OURS = "ours"
    WARNED = "warned"
    PRINTED = "printed"
    FOREIGN = "foreign"
    MEMORY = "memory"
    HANG = "hang"
    CRASH = "crash"

    @property
    def is_finding(self) -> bool:
        return self not in (Kind.ACCEPTED, Kind.OURS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial ended: the type of what was raised, where in trusteval, and what it said."""

    kind: Kind
    what: str
    where: str = ""
    said: str = ""

    @property
    def signature(self) -> tuple[str, str, str]:
        """What findings of one cause share."""
        return self.kind.value, self.what, self.where


@dataclass(frozen=True, slots=True)
class Target:
    """One entry point: `run` reads a folder of files, and returns how it accepted them.

    `seeds` yields inputs that are in order; `ours` are the errors that it may raise. `forms` says
    by pattern how files are laid out, and which are changed at all. `inputs` maps patterns of
    further files' names to the file whose place they take; `hostile` are such files. What reads no
    file itself is never given a pipe, say, in its place. A slow target needs torch.
    """

    name: str
    seeds: Callable[[Path], Iterable[Files]]
    run: Callable[[Path], str]
    forms: Mapping[str, Form]
    ours: tuple[type[BaseException], ...] = (TrustEvalError,)
    inputs: Mapping[str, str] = field(default_factory=dict)
    hostile: tuple[Files, ...] = ()
    reads_files: bool = True
    is_slow: bool = False

    def form(self, name: str) -> Form | None:
        """Return how a file is laid out; None for one that stays as it is."""
        return next((f for p, f in self.forms.items() if fnmatch.fnmatchcase(name, p)), None)


class RawControlsError(Exception):
    """Something was printed that a terminal acts on."""


class WarnedError(Exception):
    """A warning of Python's reached the user."""


class UndocumentedError(Exception):
    """A command ended with an exit code, or in a form, that its docs do not have."""


class InternalFaultError(Exception):
    """A command met an exception that nobody foresaw, and said so; `traceback` is its own."""

    def __init__(self, message: str, *, traceback: str) -> None:
        super().__init__(message)
        self.traceback = traceback


# -- files as one file, to be tried again ------------------------------------------------------


def packed(files: Files, *, comment: str) -> bytes:
    """Put an input into one zip file, the same bytes for the same input."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment.encode()[:60_000]
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def unpacked(path: Path) -> tuple[str, Files]:
    """Return a zip file's comment, a target's name, and the input it holds."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
        return archive.comment.decode(), files
