"""The texts around the items, and the layouts of a zero-shot and a few-shot conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

from trusteval.errors import UsageError
from trusteval.system.bounded import MIB, loads_toml, read_bytes
from trusteval.system.files import abbreviated
from trusteval.types import Message, Prompt, Role

_MOST = MIB
"""What a prompts.toml may hold; the shipped one has 4 KiB."""
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
            raise UsageError(f"{self.origin}: {key} must be a text, got {abbreviated(found)}")
        return found

    def fill(self, key: str, /, **values: object) -> str:
        """Look up a text and fill in its {places}.

        Raises UsageError for a place that none of `values` fills.
        """
        text = self.text(key)
        if not _has_only(text, values):
            raise UsageError(
                f"{self.origin}: {key} may hold the places "
                f"{', '.join(f'{{{name}}}' for name in values)}, got {abbreviated(text)}"
            )
        return text.format(**values)

    def demonstrations(self, key: str) -> tuple[Mapping[str, str], ...]:
        """Look up a list of hand-written demonstrations by its dotted key.

        Raises UsageError for one that does not hold the texts that the shipped ones hold.
        """
        found, shipped = self._find(key), _shipped()._find(key)
        fields = set(shipped[0]) if isinstance(shipped, list) else set()
        for row in found if isinstance(found, list) else [found]:
            texts = row if isinstance(row, dict) else {}
            if set(texts) != fields or not all(isinstance(one, str) for one in texts.values()):
                raise UsageError(
                    f"{self.origin}: {key} must be a list of tables of the texts "
                    f"{', '.join(sorted(fields))}, got {abbreviated(row)}"
                )
        return tuple(found) if isinstance(found, list) else ()

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


def _has_only(text: str, values: Mapping[str, object]) -> bool:
    """Whether a text's places are filled by values as they are: no parts, widths, conversions."""
    try:
        places = list(Formatter().parse(text))
    except ValueError:
        return False
    return all(
        name is None or (name in values and not width and not conversion)
        for _, name, width, conversion in places
    )


def load_prompt_texts(path: Path | None = None) -> PromptTexts:
    """Read a prompts.toml; without a path, the one trusteval ships."""
    if path is None:
        return _shipped()
    try:
        texts = _parse(read_bytes(path, most=_MOST), str(path))
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
    for key in sorted(expected):
        if isinstance(_shipped()._find(key), str):
            texts.text(key)
        else:
            texts.demonstrations(key)
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
                    f'[{_SPELLINGS}.ethics] wrong = ["reprehensible"], got '
                    f"{abbreviated(words)}"
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
        tables = loads_toml(raw.decode("utf-8-sig"))
    except ValueError as error:
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
