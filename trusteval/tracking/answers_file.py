"""Answers on disk: gzipped JSON that says its schema, with a digest over all it holds.

A file that is truncated, edited by hand or of another schema is refused in one line.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trusteval.errors import GateError, TrackingError
from trusteval.system.bounded import MIB, gunzip, loads, read_bytes
from trusteval.system.files import abbreviated
from trusteval.system.replacing import replace_file
from trusteval.tracking.answered_run import AnsweredRun, answered_run
from trusteval.tracking.document_shape import check_answers, is_too_deep

SCHEMA_VERSION = 3
_READ = (1, 2, SCHEMA_VERSION)
"""Schema 1 kept no responses and did not say which reader read; 2 did not say what is missing."""
NAME = "answers.json.gz"
MOST_PACKED, MOST_UNPACKED = 32 * MIB, 256 * MIB
"""What a file of answers may hold; a full run of seven subjects has some 2 and 15 MiB."""
_KIND = "trusteval answers"


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document with its schema and digest, whole or not at all.

    The same document gives the same bytes. Raises TrackingError for a place that cannot be
    written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, packed_document(document))
    except OSError as error:
        raise TrackingError(f"cannot write {path}: {error.strerror}") from error


def packed_document(document: Mapping[str, Any]) -> bytes:
    """Return what a file of a document holds: its schema and digest too."""
    whole = {"kind": _KIND, "schema": SCHEMA_VERSION, **document}
    text = _canonical({**whole, "digest": _digest(whole)})
    return gzip.compress(_bytes(text), compresslevel=6, mtime=0)


def read_document(path: Path) -> dict[str, Any]:
    """Read what `write_document` wrote, or an earlier version did.

    Raises TrackingError naming the file if it is missing, truncated, of another kind or schema,
    or not as it was written.
    """
    try:
        packed = read_bytes(path, most=MOST_PACKED)
    except FileNotFoundError as error:
        raise TrackingError(f"{path} does not exist") from error
    except OSError as error:
        raise TrackingError(f"{path} cannot be read: {error.strerror}") from error
    return unpacked_document(packed, path)


def unpacked_document(packed: bytes, path: Path | str) -> dict[str, Any]:
    """Return the document that the bytes of a file hold; raises as `read_document` does."""
    try:
        text = gunzip(packed, most=MOST_UNPACKED)
    except ValueError as error:
        raise TrackingError(f"{path} cannot be unpacked: {error}") from error
    try:
        document = loads(text)
    except ValueError as error:
        raise TrackingError(f"{path} is no JSON that can be read ({error})") from error
    if is_too_deep(document):
        raise TrackingError(f"{path} holds no answers of trusteval: it is nested too deep")
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise TrackingError(f"{path} holds no answers of trusteval")
    if document.get("schema") not in _READ:
        known, got = ", ".join(map(str, _READ)), abbreviated(document.get("schema"))
        raise TrackingError(
            f"{path} has schema {got}, this version reads {known}; run "
            "again; a baseline is moved away and made anew with --trust-accept"
        )
    said = document.pop("digest", None)
    if said != _digest(document):
        raise TrackingError(
            f"{path} is not as it was written: its digest does not match; restore the original "
            "file (baselines change only by --trust-accept)"
        )
    return document


def read_answers(path: Path) -> AnsweredRun:
    """Read the answers of a run; raises TrackingError for a file that holds none."""
    return answers_in(read_document(path), path)


def answers_in(document: Mapping[str, Any], path: Path | str) -> AnsweredRun:
    """Rebuild the answers of a document; raises TrackingError for one that holds none."""
    try:
        check_answers(document)
        return answered_run(document)
    except (ValueError, KeyError, TypeError, IndexError, GateError) as error:
        raise TrackingError(f"{path} holds no answers of this version: {error!r}") from error


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(_bytes(_canonical(document))).hexdigest()


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"


def _bytes(text: str) -> bytes:
    # What a model said may hold half a surrogate pair, which JSON reads and writes.
    return text.encode(errors="surrogatepass")
