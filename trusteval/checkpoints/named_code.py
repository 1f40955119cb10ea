"""What the configs of a checkpoint name beyond data: code to be run, and files of other folders.

Looked for at any depth of every config in the folder, since libraries hand nested settings on. What
may be named is listed; whatever else stands in such a place is taken for code.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from trusteval.checkpoints.config_files import read_object
from trusteval.errors import ModelError
from trusteval.system.files import abbreviated

_IMPLEMENTATION = re.compile(r"implementation(_internal)?$|attn_impl", re.IGNORECASE)
_BUILT_IN = frozenset(
    {"eager", "sdpa", "flex_attention", "grouped_mm", "batched_mm", "torch", "auto"}
)
"""Implementations within transformers and torch."""
_PACKAGES = {"flash_attention_2": "flash_attn", "flash_attention_3": "flash_attn_interface"}
"""Implementations of a package; where it is not installed, transformers takes one of the hub's."""
_ANSWERS = frozenset({"True"})
"""Of keys that ask whether, not which."""
_CODE_KEYS = frozenset(
    {
        *("auto_map", "custom_generate", "custom_pipelines", "kernel_config", "use_kernels"),
        *("kernel_mapping", "allow_all_kernels", "fusion_config", "backbone", "tokenizer_object"),
    }
)
"""Keys whose every value is code, or the name of another model on the hub."""
_TOKENIZER_CLASS = re.compile(r"\w*(Tokeniz|Backend)\w*")
_NAMES_FILES = re.compile(r"_files?$|^init_inputs$|^subfolder$|^vocab$|^merges$")
_CUSTOM_GENERATE = Path("custom_generate", "generate.py")


@dataclass(frozen=True, slots=True)
class NamedCode:
    """Code that a config names: `key` leads to it, `code` is what stands there."""

    file: str
    key: str
    code: str


def named_code(path: Path) -> tuple[NamedCode, ...]:
    """Return the code that the configs in a folder name, in a fixed order.

    Raises ModelError for a config that cannot be read.
    """
    found: list[NamedCode] = []
    for file in sorted(path.glob("*config.json")):
        found += (
            NamedCode(file.name, key, code) for key, code in _codes(read_object(file), prefix="")
        )
    if (path / _CUSTOM_GENERATE).is_file():
        found.append(NamedCode(str(_CUSTOM_GENERATE), "custom_generate", str(_CUSTOM_GENERATE)))
    return tuple(dict.fromkeys(found))


def refuse_other_files(path: Path) -> None:
    """Raise ModelError for a tokenizer's config that makes files of other folders be read.

    Paths that older libraries noted and that lead nowhere here are let through.
    """
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        if not (path / name).is_file():
            continue
        settings = read_object(path / name)
        if settings.get("gguf_file") is not None:
            raise ModelError(
                f"{path / name} takes the tokenizer from a GGUF file "
                f"({abbreviated(settings['gguf_file'])}); expected tokenizer.json; remove gguf_file"
            )
        for key, value in settings.items():
            if _NAMES_FILES.search(key) and (elsewhere := _elsewhere(path, value)):
                raise ModelError(
                    f"{path / name}: {abbreviated(key)} names a file outside the folder, "
                    f"{abbreviated(elsewhere)}; remove it"
                )
    for name in ("tokenizer_config.json", "config.json"):
        named = read_object(path / name).get("tokenizer_class") if (path / name).is_file() else None
        if named is not None and not (isinstance(named, str) and _is_tokenizer(named)):
            raise ModelError(
                f"{path / name}: tokenizer_class is {abbreviated(named)}, which is no tokenizer"
            )


def is_within(name: object) -> bool:
    """Whether a name leads to no other folder than the one it is read in, or one below it.

    What links lead to is not asked: downloads are links to files of a cache.
    """
    if not isinstance(name, str) or not name or "\0" in name or "\\" in name:
        return False
    try:
        length = len(os.fsencode(name))
    except UnicodeEncodeError:  # half a surrogate pair: no name of a file
        return False
    return not Path(name).is_absolute() and ".." not in Path(name).parts and length <= 255


def _is_tokenizer(name: str) -> bool:
    return _TOKENIZER_CLASS.fullmatch(name) is not None


def _elsewhere(path: Path, value: object) -> str | None:
    """Return the first text that is the name of a file which is there, but not in the folder."""
    for text in _texts(value):
        if is_within(text):
            continue
        if any(_is_there(place) for place in (Path(text), path / text)):
            return text
    return None


def _is_there(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _codes(value: Any, *, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield every place below `value` that names code, and what stands there."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            place = f"{prefix}{key}"
            if key in _CODE_KEYS:
                yield from ((place, text) for text in _named(inner))
            elif _IMPLEMENTATION.search(key):
                texts = _named(inner)
                yield from ((place, text) for text in texts if text not in _ANSWERS | built_in())
            elif "kernel" in key.lower() and isinstance(inner, str) and _is_address(inner):
                yield place, inner
            else:
                yield from _codes(inner, prefix=f"{place}.")
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, Mapping | list):
                yield from _codes(inner, prefix=prefix)


def _named(value: object) -> Iterator[str]:
    """Yield what a value names: its texts, or itself where it is anything but nothing or no."""
    if isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _named(inner)
    elif value:
        yield str(value)


def _texts(value: object) -> Iterator[str]:
    return (text for text in _named(value) if len(text) < 4096)


def _is_address(text: str) -> bool:
    return "/" in text or "@" in text


def built_in() -> frozenset[str]:
    """Return the implementations that need no code from elsewhere on this machine."""
    installed = (name for name, package in _PACKAGES.items() if find_spec(package) is not None)
    return _BUILT_IN | frozenset(installed)


def keys_of(named: Iterable[NamedCode]) -> str:
    """Word which keys name code, each once, and in which file where that is not config.json."""
    places = []
    for code in named:
        key = code.key.rpartition(".")[2]
        places.append(key if code.file == "config.json" else f"{key} ({code.file})")
    unique = list(dict.fromkeys(places))
    return " and ".join(unique[:4]) + (f" and {len(unique) - 4} more" if len(unique) > 4 else "")
