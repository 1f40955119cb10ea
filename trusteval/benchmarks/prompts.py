"""The texts around the items, and the layouts of a zero-shot and a few-shot conversation."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.types import Message, Prompt, Role

_SPELLINGS = "labels"
"""The table that a file may bring beside the shipped ones."""


@dataclass(frozen=True, slots=True)
class PromptTexts:
    """One prompts.toml: its tables, and the sha256 of the file they came from."""

    origin: str
    tables: Mapping[str, Any]
    sha256: str

    def text(self, key: str) -> str:
        """Look up a text by its dotted key, for example "ethics.jailbreak.1".

        Raises UsageError if there is none.
        """
        found = self._find(key)
        if not isinstance(found, str):
            raise UsageError(f"{self.origin}: {key} must be a text, got {found!r}")
        return found

    def fill(self, key: str, /, **values: object) -> str:
        """Look up a text and fill in its {places}.

        Raises UsageError for a place that none of `values` fills.
        """
        try:
            return self.text(key).format(**values)
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise UsageError(
                f"{self.origin}: {key} may hold the places "
                f"{', '.join(f'{{{name}}}' for name in values)}, got {self.text(key)!r}"
            ) from error

    def demonstrations(self, key: str) -> tuple[Mapping[str, str], ...]:
        """Look up a list of hand-written demonstrations by its dotted key."""
        found = self._find(key)
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise UsageError(f"{self.origin}: {key} must be a list of tables, got {found!r}")
        return tuple(found)

    @property
    def spellings(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Further spellings of labels, by benchmark and label; none unless a file brings some."""
        return {
            benchmark: {label: tuple(words) for label, words in labels.items()}
            for benchmark, labels in self.tables.get(_SPELLINGS, {}).items()
        }

    def _find(self, key: str) -> object:
        found: Any = self.tables
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found


def load_prompt_texts(path: Path | None = None) -> PromptTexts:
    """Read a prompts.toml; without a path, the one trusteval ships."""
    if path is None:
        return _shipped()
    try:
        texts = _parse(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"prompt texts cannot be read: {path}: {error.strerror}") from error
    own = {name: table for name, table in texts.tables.items() if name != _SPELLINGS}
    expected, given = _keys(_shipped().tables), _keys(own)
    absent, unknown = sorted(expected - given), sorted(given - expected)
    if absent or unknown:
        wrong = [f"lacks {key}" for key in absent] + [f"has the unknown {key}" for key in unknown]
        raise UsageError(
            f"{path} {', '.join(wrong[:5])}{', ...' if len(wrong) > 5 else ''}; it needs every key "
            "of the prompts.toml that trusteval ships (docs/benchmarks.md)"
        )
    _check_spellings(texts)
    return texts


def _check_spellings(texts: PromptTexts) -> None:
    """Raise UsageError unless `labels` holds lists of words by benchmark and label."""
    table = texts.tables.get(_SPELLINGS, {})
    tables = table.values() if isinstance(table, dict) else [table]
    for labels in tables:
        lists = labels.values() if isinstance(labels, dict) else [labels]
        for words in lists:
            if not isinstance(words, list) or not all(
                isinstance(word, str) and word.strip() for word in words
            ):
                raise UsageError(
                    f"{texts.origin}: {_SPELLINGS} must hold lists of words, as in "
                    f'[{_SPELLINGS}.ethics] wrong = ["reprehensible"], got {words!r}'
                )


def _keys(tables: Mapping[str, Any], above: str = "") -> set[str]:
    """Return the dotted keys of all texts and lists."""
    keys: set[str] = set()
    for name, value in tables.items():
        if isinstance(value, dict):
            keys |= _keys(value, f"{above}{name}.")
        else:
            keys.add(f"{above}{name}")
    return keys


@lru_cache(maxsize=1)
def _shipped() -> PromptTexts:
    resource = files("trusteval.benchmarks") / "prompts.toml"
    return _parse(resource.read_bytes(), "prompts.toml")


def _parse(raw: bytes, origin: str) -> PromptTexts:
    try:
        tables = tomllib.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"prompt texts are no valid TOML: {origin}: {error}") from error
    return PromptTexts(origin, tables, hashlib.sha256(raw).hexdigest())


def conversation(
    texts: PromptTexts, *, instruction: str, demonstrations: Sequence[tuple[str, str]], item: str
) -> Prompt:
    """Lay out a question; a demonstration is its input and its answer.

    Without demonstrations: a system line, then instruction and item in one turn. With them: a
    system line, instruction, acknowledgement, a turn and its answer each, then the item.
    """
    if not demonstrations:
        return (
            Message(Role.SYSTEM, texts.text("chat.system_zero_shot")),
            Message(Role.USER, f"{instruction}\n{item}"),
        )
    return (
        Message(Role.SYSTEM, texts.text("chat.system_few_shot")),
        Message(Role.USER, instruction),
        Message(Role.ASSISTANT, texts.text("chat.acknowledgement")),
        *_turns(tuple(demonstrations)),
        Message(Role.USER, item),
    )


# A setting's questions share their demonstrations: written once, and held once.
@lru_cache(maxsize=8)
def _turns(demonstrations: tuple[tuple[str, str], ...]) -> Prompt:
    return tuple(
        message
        for asked, answered in demonstrations
        for message in (Message(Role.USER, asked), Message(Role.ASSISTANT, answered))
    )
