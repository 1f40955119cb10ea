"""Content hashes of weights and tokenizers, cached by path, size and time of change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from trusteval.files import write_atomically

TOKENIZER_FILES = (
    *("tokenizer.json", "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt"),
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("chat_template.jinja", "chat_template.json", "generation_config.json"),
)


def weights_fingerprint(files: Sequence[Path], *, cache: Path) -> str:
    """Return the sha256 over the weight files' digests, each cached by path, size and mtime."""
    total = hashlib.sha256()
    digests = remembered(files, find=file_fingerprint, cache=cache)
    for file, found in zip(files, digests, strict=True):
        total.update(f"{file.name} {found}\n".encode())
    return total.hexdigest()


def remembered(
    files: Sequence[Path], *, find: Callable[[Path], str], cache: Path, what: str = ""
) -> list[str]:
    """Return what `find` finds in each file, kept in `cache` until the file changes.

    `what` tells apart what is found in the same file. A change shows in path, size or mtime.
    """
    known_path = cache / "fingerprints.json"
    try:
        known = json.loads(known_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    known = known if isinstance(known, dict) else {}
    found, learned = [], False
    for file in files:
        stat = file.stat()
        key = f"{what}{file.resolve()} {stat.st_size} {stat.st_mtime_ns}"
        if not isinstance(known.get(key), str):
            known[key] = _found(find, file, stat.st_size, stat.st_mtime_ns)
            learned = True
        found.append(known[key])
    if learned:
        with suppress(OSError):  # a cache that cannot be written remembers nothing
            write_atomically(known_path, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return found


@lru_cache(maxsize=256)
def _found(find: Callable[[Path], str], file: Path, size: int, changed: int) -> str:
    """Find it once per process, where the cache cannot be written."""
    return find(file)


def tokenizer_fingerprint(path: Path) -> str:
    """Return the sha256 over every file that decides how text becomes tokens and back."""
    total = hashlib.sha256()
    for name in TOKENIZER_FILES:
        if (path / name).is_file():
            total.update(f"{name} {file_fingerprint(path / name)}\n".encode())
    return total.hexdigest()


def file_fingerprint(path: Path) -> str:
    """Return a file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
