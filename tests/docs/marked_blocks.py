"""Blocks of a page that are marked in a comment above them, which readers do not see.

`<!-- runnable -->` stands above commands: each has to end with 0, and what is shown below them is
their output, with ... for any text. `<!-- file: NAME -->` stands above what a file holds. Behind
`runnable:` may stand, with commas between them:

- `exit status N`: what its one command ends with;
- `other output`: what is shown is of another run, and not compared;
- `empty folder`: here the page begins anew, in a folder without anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(r"^<!-- (?:runnable|file)\b.*$", re.MULTILINE)
_MARKED = re.compile(
    r"^<!-- (?P<kind>runnable|file)(?:: (?P<words>[^\n]+?))? -->\n"
    r"```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_OTHER, _EMPTY = "other output", "empty folder"
_STATUS = re.compile(r"exit status (\d+)")


@dataclass(frozen=True, slots=True)
class MarkedFile:
    """A file that the reader of a page writes."""

    place: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class MarkedCommands:
    """Commands that the reader of a page types; `output` is None where nothing is to compare."""

    place: str
    commands: tuple[str, ...]
    output: str | None
    exit_status: int = 0
    in_empty_folder: bool = False


class MarkError(ValueError):
    """A mark that says nothing, or nothing that is known."""


def marked_blocks(page: Path) -> list[MarkedFile | MarkedCommands]:
    """Return the marked blocks of a page, in order; raises MarkError for a mark that is none."""
    text = page.read_text(encoding="utf-8")
    found = {match.start(): match for match in _MARKED.finditer(text)}
    blocks: list[MarkedFile | MarkedCommands] = []
    for comment in _COMMENT.finditer(text):
        place = f"{page.name}:{text.count(chr(10), 0, comment.start()) + 2}"
        if comment.start() not in found:
            raise MarkError(f"{place}: no block directly below {comment.group()}")
        blocks.append(_block(place, found[comment.start()]))
    return blocks


def _block(place: str, match: re.Match[str]) -> MarkedFile | MarkedCommands:
    words, text = match["words"] or "", match["text"]
    if match["kind"] == "file":
        if not words:
            raise MarkError(f"{place}: name the file, as in <!-- file: mine.toml -->")
        return MarkedFile(place, words, text)
    commands, output = _typed_and_shown(text) if match["language"] == "console" else ([text], "")
    if not commands:
        raise MarkError(f"{place}: no line begins with $ and a space")
    return _marked_commands(place, commands, output=output, words=words)


def _marked_commands(place: str, commands: list[str], *, output: str, words: str) -> MarkedCommands:
    asked = {word.strip() for word in words.split(",") if word.strip()}
    statuses = {word: int(found[1]) for word in asked if (found := _STATUS.fullmatch(word))}
    if unknown := asked - statuses.keys() - {_OTHER, _EMPTY}:
        raise MarkError(f"{place}: unknown {', '.join(sorted(unknown))}")
    if statuses and len(commands) != 1:
        raise MarkError(f"{place}: {len(commands)} commands, and a status is that of one")
    return MarkedCommands(
        place,
        tuple(commands),
        output=None if _OTHER in asked or not output else output,
        exit_status=next(iter(statuses.values()), 0),
        in_empty_folder=_EMPTY in asked,
    )


def _typed_and_shown(text: str) -> tuple[list[str], str]:
    """Tell commands, with the lines that a backslash continues, from what they print."""
    commands: list[str] = []
    shown: list[str] = []
    is_continued = False
    for line in text.splitlines():
        if is_continued:
            commands[-1] += f"\n{line}"
        elif line.startswith("$ "):
            commands.append(line[2:])
        else:
            shown.append(f"{line}\n")
            continue
        is_continued = line.endswith("\\")
    return commands, "".join(shown)
