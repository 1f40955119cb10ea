"""Benchmark files for who has none: fetched from Hugging Face at pinned commits.

What the hub publishes is rewritten once, in a cache folder, as the original files the loaders
read, so that loaders, fingerprints and checks are the same for both origins. Not offered: raw
UCI Adult (the hub's copies are other files) and the crime settings (no hub file has the group).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from textwrap import shorten
from typing import Any

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.hub_dataset import HubDataset, json_bytes
from trusteval.benchmarks.source import Row
from trusteval.errors import DataError
from trusteval.system.atomic_folder import make_once


@dataclass(frozen=True, slots=True)
class MaterialisedData:
    """A directory of original files, and the commit of each repository they came from."""

    root: Path
    revisions: Mapping[str, str]


_MARKER = "hub_revisions.json"
_LAYOUT = "1"  # Part of a folder's name: a new number where a conversion writes something else.


HUB: Mapping[str, HubDataset] = {
    benchmark.name: benchmark.hub for benchmark in BENCHMARKS.values() if benchmark.hub is not None
}


def materialise(name: str, *, cache: Path, hub: Mapping[str, HubDataset] = HUB) -> MaterialisedData:
    """Return the original files of the benchmark `name`, fetching them if the cache has none.

    Processes that want the same ones wait for the first. Raises DataError, and leaves nothing
    in the cache, if the hub does not have them, cannot be reached or holds unexpected rows.
    """
    if name not in hub:
        raise DataError(
            f"{name}: expected one of {', '.join(hub)} to fetch from the Hugging Face hub; point "
            "--trust-data or TRUSTEVAL_DATA at a directory with its original files"
        )
    dataset = hub[name]
    identity = (_LAYOUT, dataset.repository, dataset.revision, *dataset.files)
    key = hashlib.sha256("\n".join(identity).encode()).hexdigest()
    target = cache / "hub" / f"{name}-{key[:16]}"
    make_once(
        target,
        marker=_MARKER,
        doing="fetching",
        make=lambda scratch: _write(name, dataset, scratch),
    )
    return MaterialisedData(target, {dataset.repository: dataset.revision})


def _write(name: str, dataset: HubDataset, scratch: Path) -> Path:
    # An Arrow cache of our own: without the hub, `datasets` takes any revision it finds there.
    tables = _fetch(name, dataset, scratch / "arrow")
    marker = json_bytes({dataset.repository: dataset.revision})
    out = scratch / "files"
    for file, content in {**dataset.convert(tables), _MARKER: marker}.items():
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (out / file).write_bytes(content)
    return out


def _fetch(name: str, dataset: HubDataset, arrow: Path) -> Iterator[list[Row]]:
    failures: tuple[type[BaseException], ...] = (ImportError,)
    for file in dataset.files:
        try:
            from datasets import load_dataset

            failures = _failures()
            found: Any = load_dataset(
                dataset.repository,
                data_files=file,
                split="train",
                revision=dataset.revision,
                cache_dir=str(arrow),
            )
            rows = list(found)
        except failures as error:
            reason = shorten(f"{error} {error.__cause__ or ''}", 240, placeholder="...")
            raise DataError(
                f"{name}: {file} of {dataset.repository} at {dataset.revision} cannot be read "
                f"from the Hugging Face hub: {reason}. Point --trust-data or TRUSTEVAL_DATA at a "
                "directory with the original files; or make the hub reachable: a network, pip "
                "install datasets and, for a gated repository, its conditions accepted on the "
                "website and HF_TOKEN set"
            ) from error
        origin = f"{dataset.repository}, {file}"
        yield [Row(f"{origin}, line {line}", values) for line, values in enumerate(rows, start=1)]


def _failures() -> tuple[type[BaseException], ...]:
    """Name what the hub's libraries raise for absence, refusal, no network or a broken file."""
    from datasets.exceptions import DatasetsError

    hub: Any = import_module("huggingface_hub.errors")
    # HTTPError is that of whichever HTTP library the hub's was built on; that has changed twice.
    hub_errors = (hub.EntryNotFoundError, hub.HTTPError, hub.XetDownloadError)
    return (OSError, ValueError, RuntimeError, DatasetsError, *hub_errors)
