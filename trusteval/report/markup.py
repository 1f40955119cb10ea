"""Puts texts that others wrote into Markdown as what they are: no tag, heading, link or cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trusteval.printable import printable_line

_MARKUP = re.compile(
    r"""
      \\(?=[!-/:-@\[-`{-~]|$)       # a backslash that would escape what follows
    | [`*|~$]                       # code, emphasis, cells, strikes, formulas on some sites
    | (?<![^\W_])_ | _(?![^\W_])    # emphasis; within a word, as in few_shot, it is none
    | \](?=[(\[:])                  # links and images
    | <(?=[a-z/!?])                 # tags, comments, addresses
    | &(?=\#?\w+;)                  # entities
    | (?<=\w):(?=//) | (?<=www)\.   # what GitHub makes a link of unasked
    | ^> | ^[#+=:](?=[\s#+=:-]|$) | ^-(?=[\s-])  # a heading, list, rule or quotation
    | ^\[(?=[\sx]\])               # a box to tick
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}


@dataclass(frozen=True, slots=True)
class Markdown:
    """Lines that are Markdown already, made by ourselves."""

    lines: tuple[str, ...] = ()


def in_markdown(value: object) -> str:
    """Return a value as text that Markdown shows as it is, in one line.

    Only what would be markup gets a backslash or becomes an entity: the text stays readable.
    """
    if isinstance(value, Markdown):
        return "\n".join(value.lines)
    text = printable_line(str(value)).strip()
    text = _MARKUP.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), text)
    return _NUMBERED.sub(r"\1\\\2", text)
