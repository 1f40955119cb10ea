"""Content hashes of weights and tokenizers, remembered until a file changes.

Weights may be replaced by others of the same size and modification time (reproducible images, rsync
with --times), so that a file's own account of itself is not believed alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from trusteval.system.bounded import MIB, opened, read_json
from trusteval.system.files import real_path, write_atomically

TOKEN_LISTS = (
    *("tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt"),
    "added_tokens.json",
)
TOKENIZER_FILES = (
    *("tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt"),
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("chat_template.jinja", "chat_template.json", "generation_config.json"),
)
_MOST_KNOWN = 16 * MIB
"""What the memory of fingerprints may hold; a file takes 0.3 KiB of it."""
_HEAD, _BLOCK, _SAMPLES = 1 << 20, 1 << 12, 256
"""What of each file is read every time: 1 MiB, and 256 blocks of 4 KiB."""


def weights_fingerprint(files: Sequence[Path], *, cache: Path) -> str:
    """Return the sha256 over the weight files' digests, each remembered (see `remembered`)."""
    total = hashlib.sha256()
    digests = remembered(files, find=file_fingerprint, cache=cache)
    for file, found in zip(files, digests, strict=True):
        total.update(f"{file.name} {found}\n".encode())
    return total.hexdigest()


def remembered(
    files: Sequence[Path], *, find: Callable[[Path], str], cache: Path, what: str = ""
) -> list[str]:
    """Return what `find` finds in each file, kept in `cache` until the file changes.

    `what` tells apart what is found in the same file. A change shows in inode, size, mtime or
    ctime, which tools that keep times cannot set, or in the blocks that are read every time.
    """
    known_path = cache / "fingerprints.json"
    known = _read_known(known_path)
    found, learned = [], False
    for file in files:
        key, traits = f"{what}{real_path(file)}", _traits(file)
        entry = known.get(key)
        if not isinstance(entry, dict) or entry.get("traits") != traits:
            entry = {"traits": traits, "found": _found(find, file, traits)}
            # What was written to meanwhile is not remembered.
            if _traits(file) == traits:
                known[key], learned = entry, True
        found.append(str(entry["found"]))
    if learned:
        with suppress(OSError):  # a cache that cannot be written remembers nothing
            write_atomically(known_path, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return found


def _read_known(path: Path) -> dict[str, Any]:
    try:
        known = read_json(path, most=_MOST_KNOWN)
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {key: entry for key, entry in known.items() if _is_entry(entry)}


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("traits"), str)
        and isinstance(entry.get("found"), str)
    )


def _traits(file: Path) -> str:
    """Return what tells in no time that a file is the one it was."""
    stat = file.stat()
    blocks = hashlib.sha256()
    with opened(file) as stream:
        for start, length in _sampled(stat.st_size):
            stream.seek(start)
            blocks.update(stream.read(length))
    times = f"{stat.st_mtime_ns} {stat.st_ctime_ns}"
    return f"{stat.st_dev}:{stat.st_ino} {stat.st_size} {times} {blocks.hexdigest()}"


def _sampled(size: int) -> list[tuple[int, int]]:
    """Return where blocks are read every time: the first MiB, the last block, evenly between."""
    if size <= _HEAD + _SAMPLES * _BLOCK:
        return [(0, size)]
    last = size - _BLOCK
    step = (last - _HEAD) / (_SAMPLES - 1)
    return [(0, _HEAD), *((_HEAD + round(i * step), _BLOCK) for i in range(_SAMPLES))]


@lru_cache(maxsize=256)
def _found(find: Callable[[Path], str], file: Path, traits: str) -> str:
    """Find it once per process, where the cache cannot be written."""
    return find(file)


def tokenizer_fingerprint(path: Path) -> str:
    """Return the sha256 over every file that decides how text becomes tokens and back."""
    total = hashlib.sha256()
    named = sorted((path / "additional_chat_templates").glob("*.jinja"))
    for file in (*(path / name for name in TOKENIZER_FILES), *named):
        if file.is_file():
            total.update(f"{file.relative_to(path)} {file_fingerprint(file)}\n".encode())
    return total.hexdigest()


def file_fingerprint(path: Path) -> str:
    """Return a file's sha256."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
