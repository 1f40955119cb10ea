"""What a checkpoint's tokenizer does, whichever library saved its files last.

Saving a tokenizer again rewrites its files without another token: keys that only keep books come
and go, merges change their notation, a template moves to a file of its own. What is left is told
by parts, so that a difference says where it lies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trusteval.checkpoints.config_files import MOST_CONFIG, MOST_LISTED, object_of
from trusteval.checkpoints.fingerprints import file_fingerprint, remembered
from trusteval.system.bounded import read_json, read_text

_SLOW_FILES = ("tokenizer.model", "vocab.json", "merges.txt", "vocab.txt", "added_tokens.json")
"""Tokens of a checkpoint without a tokenizer.json."""
_BOOKS = frozenset(
    {
        *("tokenizer_class", "backend", "is_local", "local_files_only", "name_or_path"),
        *("transformers_version", "processor_class", "special_tokens_map_file", "tokenizer_file"),
        *("model_max_length", "padding_side", "truncation_side", "pad_token", "chat_template"),
        *("added_tokens_decoder", "extra_special_tokens", "additional_special_tokens"),
        *("model_input_names", "auto_map", "fix_mistral_regex", "return_tensors", "verbose"),
        *("max_length", "stride", "truncation_strategy", "pad_to_multiple_of", "device_map"),
        *("pad_token_type_id", "padding", "torch_dtype", "dtype", "use_fast"),
    }
)
"""Settings that name a class or a place, or are about padding and cutting, which never happen
here; added tokens are in tokenizer.json too."""
_PLAIN = {"", "PreTrainedTokenizer", "TokenizersBackend"}
"""Classes that add nothing to what tokenizer.json says."""


def tokenizing(path: Path, *, cache: Path) -> dict[str, str]:
    """Return what decides how a checkpoint turns texts into tokens and stops, by part.

    Parts that a checkpoint does not have, or whose files cannot be read, are left out. Reading a
    large vocabulary takes long: `cache` keeps what was found.
    """
    return dict(_parts(path, cache))


def _parts(path: Path, cache: Path) -> Iterator[tuple[str, str]]:
    fast = path / "tokenizer.json"
    special = object_of(path / "special_tokens_map.json")  # says what newer settings say too
    settings = {**special, **object_of(path / "tokenizer_config.json")}
    if fast.is_file():
        yield "tokens", remembered([fast], find=_pipeline, cache=cache, what="tokenizing ")[0]
    else:
        slow = [path / name for name in _SLOW_FILES if (path / name).is_file()]
        if slow:
            found = remembered(slow, find=file_fingerprint, cache=cache)
            names = [file.name for file in slow]
            yield "tokens", _digest(dict(zip(names, found, strict=True)))
    if (template := _template(path, settings)) is not None:
        yield "chat template", _digest(template)
    if settings:
        yield "settings", _digest(_without_books(settings))
    if (stops := _stops(path)) is not None:
        yield "stops at", json.dumps(stops)


def _pipeline(fast: Path) -> str:
    """Return the sha256 of all in a tokenizer.json that acts on a text."""
    try:
        whole = read_json(fast, most=MOST_LISTED)
        acting = {
            name: value
            for name, value in whole.items()
            if name not in ("version", "truncation", "padding")
        }
        model = dict(acting.get("model") or {})
        if isinstance(merges := model.get("merges"), list):
            model["merges"] = [one if isinstance(one, str) else " ".join(one) for one in merges]
        model.pop("type", None)  # older files leave it out
        acting["model"] = {name: value for name, value in model.items() if not _is_unset(value)}
        if _adds_nothing(acting.get("post_processor")):
            acting["post_processor"] = None
    except (OSError, ValueError, TypeError, AttributeError):
        return file_fingerprint(fast)
    return _digest({name: value for name, value in acting.items() if value is not None})


def _is_unset(value: Any) -> bool:
    """Whether a value is what leaving it out means."""
    return value is None or value is False or value == ""


def _adds_nothing(post_processor: Any) -> bool:
    """Whether a template is of the text alone."""
    match post_processor:
        case {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}]}:
            return True
        case _:
            return False


def _template(path: Path, settings: Mapping[str, Any]) -> Any:
    """Return the chat template; a file of its own goes before one among the settings."""
    try:
        return read_text(path / "chat_template.jinja", most=MOST_CONFIG)
    except (OSError, ValueError):
        of_file = object_of(path / "chat_template.json").get("chat_template")
        return settings.get("chat_template") if of_file is None else of_file


def _without_books(settings: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: _content(value)
        for name, value in settings.items()
        if name not in _BOOKS and not _is_unset(value)
    }
    named = settings.get("tokenizer_class")
    plain = named.removesuffix("Fast") if isinstance(named, str) else named
    return kept if plain is None or str(plain) in _PLAIN else {**kept, "tokenizer_class": plain}


def _content(value: Any) -> Any:
    """Return a special token's text, which is written alone or with how it is matched."""
    return value["content"] if isinstance(value, dict) and "content" in value else value


def _stops(path: Path) -> list[Any] | None:
    """Return the tokens that end an answer, as generation takes them from the files."""
    for name in ("generation_config.json", "config.json"):
        declared = object_of(path / name).get("eos_token_id")
        if declared is not None:
            listed = declared if isinstance(declared, list) else [declared]
            return sorted(listed, key=str)
    return None


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
