"""manifest.json: the sha256 and size of every other file of a bundle."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from trusteval.errors import UsageError
from trusteval.report.bundle.archive import MANIFEST, Unpacked
from trusteval.report.bundle.configuration import sha256_of
from trusteval.system.bounded import loads
from trusteval.system.files import abbreviated
from trusteval.system.shape import number, record, table_of, text

KIND = "trusteval bundle"
SCHEMA_VERSION = 1
_MANIFEST = record({"files": table_of(record({"sha256": text, "size": number}))})


def manifest_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest of some files."""
    told = {
        name: {"sha256": sha256_of(content), "size": len(content)}
        for name, content in files.items()
    }
    return _written({"kind": KIND, "schema": SCHEMA_VERSION, "files": told})


def _written(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def read_manifest(found: Unpacked, *, origin: Path) -> dict[str, Any]:
    """Return what a bundle's manifest says of each file; raises UsageError where there is none."""
    if MANIFEST not in found.files:
        why = found.damaged.get(MANIFEST, f"it has no {MANIFEST}")
        raise UsageError(f"{origin} is no bundle that can be read: {why}")
    try:
        document = loads(found.files[MANIFEST])
        if not isinstance(document, dict) or document.get("kind") != KIND:
            raise ValueError("it is none of a trusteval bundle")
        if document.get("schema") != SCHEMA_VERSION:
            got = abbreviated(document.get("schema"))
            raise ValueError(f"schema {got}, this version reads {SCHEMA_VERSION}")
        _MANIFEST(document, "")
    except ValueError as error:
        raise UsageError(f"{origin}: {MANIFEST} cannot be read: {error}") from error
    files: dict[str, Any] = document["files"]
    return files


def manifest_findings(found: Unpacked, named: Mapping[str, Any]) -> Iterator[str]:
    """Say which files are missing, further, or not those that the manifest names."""
    if _written(loads(found.files[MANIFEST])) != found.files[MANIFEST]:
        yield f"{MANIFEST}: it is not written as a bundle's manifest is"
    for name, why in sorted(found.damaged.items()):
        yield f"{name}: it is damaged: {why}"
    for name in sorted(named.keys() - found.files.keys() - found.damaged.keys()):
        yield f"{name}: the manifest names it, and it is missing"
    for name in sorted(found.files.keys() - named.keys() - {MANIFEST}):
        yield f"{name}: the manifest does not name it"
    for name in sorted(named.keys() & found.files.keys()):
        sha256, size = sha256_of(found.files[name]), len(found.files[name])
        if (sha256, size) != (named[name]["sha256"], named[name]["size"]):
            yield (
                f"{name}: it has sha256 {sha256} and {size} bytes, the manifest says "
                f"{abbreviated(named[name]['sha256'])} and {named[name]['size']}"
            )
