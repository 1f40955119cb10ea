"""Changes to an input that know how its files are laid out: JSON, TOML, tables, databases."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import suppress

from bench.fuzzing import bytewise
from bench.fuzzing.database_changes import sqlite_changed
from bench.fuzzing.json_changes import (
    answers_changed,
    json_changed,
    json_lines_changed,
    key_changed,
    safetensors_changed,
)
from bench.fuzzing.text_changes import arguments_changed, csv_changed, text_changed
from bench.fuzzing.toml_changes import toml_changed
from bench.fuzzing.trial import MOST_BYTES, Files, Form, Target

MARK = b"\x00no file but: "
"""Begins the content of what is laid out as something else; see `laying_out`."""
OTHERWISE = ("pipe", "folder", "absent", "link /dev/zero", "link /dev/full", "link .", "loop")
_MOST_CHANGES = 3
_BLIND = 0.12
"""Share of changes that do not know what they change."""
_OTHERWISE = 0.01


def mutated(files: Files, other: Files, target: Target, chance: random.Random) -> Files:
    """Change one or two files of an input; `other` is another input of the target."""
    names = [name for name in files if target.form(name) is not None]
    after = dict(files)
    for name in chance.sample(names, min(len(names), chance.choice((1, 1, 1, 2)))):
        form = target.form(name)
        assert form is not None
        for _ in range(chance.randint(1, _MOST_CHANGES)):
            spare = other.get(name, b"")
            otherwise = target.reads_files and chance.random() < _OTHERWISE
            after[name] = (
                MARK + chance.choice(OTHERWISE).encode()
                if otherwise
                else _changed(after[name], form, chance, spare)
            )
    return after


def _changed(raw: bytes, form: Form, chance: random.Random, other: bytes) -> bytes:
    if raw.startswith(MARK):
        return raw
    if form is Form.ARGUMENTS or (form is not Form.BINARY and chance.random() > _BLIND):
        with suppress(ValueError, sqlite3.Error, OverflowError, RecursionError, MemoryError):
            after = _KNOWING[form](raw, chance, other)
            return after if len(after) <= MOST_BYTES else raw
    return bytewise.changed(raw, chance, other)


_KNOWING: dict[Form, Callable[[bytes, random.Random, bytes], bytes]] = {
    Form.TEXT: text_changed,
    Form.CSV: csv_changed,
    Form.JSON: json_changed,
    Form.JSON_LINES: json_lines_changed,
    Form.TOML: toml_changed,
    Form.ANSWERS: answers_changed,
    Form.KEY: key_changed,
    Form.SAFETENSORS: safetensors_changed,
    Form.SQLITE: sqlite_changed,
    Form.ARGUMENTS: arguments_changed,
}
