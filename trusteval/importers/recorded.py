"""One recorded answer, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from trusteval.system.bounded import MIB
from trusteval.system.files import malformed
from trusteval.types import Response

LONGEST_ANSWER = MIB
"""Bytes of an answer beyond which a recording is taken to be broken: 1 MiB."""
LARGEST = 256 * MIB
"""What a file of recordings may hold; the largest published one has 4 MiB."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a recording; in files of one line the entry counts, from 0."""

    path: Path
    line: int
    entry: int | None = None

    def __str__(self) -> str:
        entry = "" if self.entry is None else f", entry {self.entry}"
        return f"{self.path}, line {self.line}{entry}"

    def malformed(self, expected: str, got: object) -> NoReturn:
        """Raise DataError for what stands here."""
        malformed(self, expected, got)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer to one item of a setting.

    `item` is the 0-based row in the source file; `draw` counts the answers to it, where several
    were drawn. `target`, `group` and `options` describe the
    item where its data is not at hand; `asked` is the prompt, where it was recorded too.
    """

    place: Place
    benchmark: str
    setting: str
    item: int
    response: Response
    target: str | None = None
    group: str | None = None
    options: tuple[str, ...] = ()
    asked: str | None = None
    draw: int = 0


def check_answer(text: object, *, place: Place) -> str:
    """Return an answer's text; raises DataError for none, or one over LONGEST_ANSWER."""
    if not isinstance(text, str):
        place.malformed("a text as the answer", text)
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > LONGEST_ANSWER:
        place.malformed(f"an answer of at most {LONGEST_ANSWER} bytes", f"{size} bytes")
    return text
