"""What an option is: declared once, by the metadata of a field; all else is derived from the field.

From it follow its name on the command line, its twin in pytest.ini, how it is read and checked, and
its row in docs/options.md. Loaded in every pytest run of an environment, so it imports nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an option: its text, None for nothing; relative paths start at `folder`."""

    flag: str
    text: str | None
    folder: Path

    @property
    def path(self) -> Path | None:
        """The path that is named, with ~ for a home; None where nothing is."""
        from trusteval.system.files import with_home

        return self.folder / with_home(self.text) if self.text else None


Reader = Callable[[Said], object]
"""Makes of what was said what the field holds; raises UsageError."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option as its field declares it, and what follows from the field."""

    help: str
    details: str
    one_of: Callable[[], Sequence[str]] | None
    read: Reader | None
    name: str
    has_twin: bool
    metavar: str | None
    field: str = ""
    kind: Any = None
    default: str | None = None

    @property
    def flag(self) -> str:
        return f"--trust-{self.name}"

    @property
    def dest(self) -> str:
        """Its key among pytest's options, and its name in pytest.ini."""
        return f"trust_{self.name}".replace("-", "_")

    @property
    def is_switch(self) -> bool:
        return self.kind is bool

    @property
    def help_with_default(self) -> str:
        return self.help if self.default is None else f"{self.help} (default: {self.default})"

    def value(self, said: Said) -> object:
        """Return what the field holds after this was said; raises UsageError."""
        return (self.read or _READERS[self.kind])(said)


def asked(
    text: str,
    *,
    details: str = "",
    one_of: Callable[[], Sequence[str]] | None = None,
    read: Reader | None = None,
    name: str = "",
    has_twin: bool = True,
    metavar: str | None = None,
) -> Mapping[str, Option]:
    """Return the metadata of a field that is an option.

    `text` is its line in --help, `details` what docs/options.md says in its place. `one_of` returns
    what it may be; `read` stands in for the reader of the field's type, `name` for the field's own.
    """
    return {"option": Option(text, details or text, one_of, read, name, has_twin, metavar)}


def options_of(kind: type) -> tuple[Option, ...]:
    """Return the options that a dataclass's fields declare, in their order."""
    hints = get_type_hints(kind)
    return tuple(
        replace(
            field.metadata["option"],
            field=field.name,
            name=field.metadata["option"].name or field.name.replace("_", "-"),
            kind=hints[field.name],
            default=_shown(field.default),
        )
        for field in fields(kind)
        if "option" in field.metadata
    )


def _shown(default: object) -> str | None:
    """Return a field's default as a user would write it; None where that is to say nothing."""
    return None if default in (MISSING, None, "", False) else str(default)


def _text(said: Said) -> str:
    return said.text or ""


def _text_or_none(said: Said) -> str | None:
    return said.text


def _path(said: Said) -> Path | None:
    return said.path


def _count(said: Said) -> int:
    if said.text is None or not re.fullmatch("0*[1-9][0-9]{0,8}", said.text):
        from trusteval.errors import UsageError

        raise UsageError(f"{said.flag} is a number from 1 on, got {said.text!r}")
    return int(said.text)


def _count_or_none(said: Said) -> int | None:
    return None if said.text is None else _count(said)


def _switch(said: Said) -> bool:
    return said.text is not None


_READERS: Mapping[Any, Reader] = {
    str: _text,
    str | None: _text_or_none,
    Path | None: _path,
    int: _count,
    int | None: _count_or_none,
    bool: _switch,
}
