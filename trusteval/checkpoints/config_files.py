"""Reads the JSON files of a checkpoint's folder: each an object, none beyond its bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trusteval.errors import ModelError
from trusteval.system.bounded import MIB, read_json, shown_size

MOST_CONFIG = 16 * MIB
"""How large a config may be; those that list every layer have some hundred KiB."""
MOST_LISTED = 256 * MIB
"""How large a list of tokens, of merges or of tensors may be; the largest known have 35 MiB."""


def read_object(path: Path, *, most: int = MOST_CONFIG) -> dict[str, Any]:
    """Return the JSON object that a file holds.

    Raises ModelError for a file that is not there, is none, or holds more than `most` bytes.
    """
    try:
        values = read_json(path, most=most)
    except FileNotFoundError as error:
        raise ModelError(f"{path.parent} holds no {path.name}; it is no model directory") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(values, dict):
        raise ModelError(f"{path}: expected a JSON object, got {type(values).__name__}")
    return values


def object_of(path: Path, *, most: int = MOST_CONFIG) -> dict[str, Any]:
    """Return the JSON object that a file holds, an empty one where it cannot be had."""
    try:
        found = read_json(path, most=most)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def refuse_no_file(path: Path, *, most: int) -> None:
    """Raise ModelError for what is there, but is no file, or one of more than `most` bytes."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    if not path.is_file():
        raise ModelError(f"{path} is a pipe, device or folder, expected a file; remove it")
    if size > most:
        raise ModelError(f"{path} holds more than {shown_size(most)}, nothing of its kind does")
