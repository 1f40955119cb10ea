"""Benchmark files for who has none: fetched from Hugging Face at pinned commits.

What the hub publishes is rewritten once, in a cache folder, as the original files the loaders
read, so that loaders, fingerprints and checks are the same for both origins. Not offered: raw
UCI Adult (the hub's copies are other files) and the crime settings (no hub file has the group).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from textwrap import shorten
from typing import Any

from trusteval.benchmarks import advglue
from trusteval.benchmarks.source import Row
from trusteval.errors import DataError
from trusteval.suite import hub_formats as formats
from trusteval.suite.hub_formats import Tables
from trusteval.system.atomic_folder import make_once


@dataclass(frozen=True, slots=True)
class HubDataset:
    """One benchmark on the hub: `files` of a repository at a commit, and their conversion.

    Files, not configurations: a configuration prepares all its splits to read one. `convert`
    returns the original files by name; it raises DataError for a row it does not understand.
    """

    repository: str
    revision: str
    files: tuple[str, ...]
    convert: Callable[[Tables], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class MaterialisedData:
    """A directory of original files, and the commit of each repository they came from."""

    root: Path
    revisions: Mapping[str, str]


_MARKER = "hub_revisions.json"
_LAYOUT = "1"  # Part of a folder's name: a new number where a conversion writes something else.


def _decoding_trust(
    files: Iterable[str], convert: Callable[[Tables], Mapping[str, bytes]]
) -> HubDataset:
    """Read the columns that DecodingTrust's own code reads from its gated repository."""
    commit = "214d9a81ef9d333039faeda85a24e045ded71d5d"
    return HubDataset("AI-Secure/DecodingTrust", commit, files=tuple(files), convert=convert)


HUB: Mapping[str, HubDataset] = {
    # Perturbed texts only: without their originals, the clean settings find no rows.
    "advglue": HubDataset(
        "AI-Secure/adv_glue",
        "e1abda026f687e917a8d9895469194736ebe872c",
        files=tuple(f"adv_{task}/validation-00000-of-00001.parquet" for task in advglue.TASKS),
        convert=formats.advglue_files,
    ),
    # Not verified: whether `original_*` is there for all rows of all tasks.
    "advglue_plus_plus": _decoding_trust(
        (f"adv-glue-plus-plus/data/{task}.jsonl" for task in advglue.TASKS),
        formats.advglue_plus_plus_files,
    ),
    "adult": _decoding_trust(
        (f"fairness/fairness_data/{stem}.jsonl" for stem in formats.ADULT), formats.adult_files
    ),
    "ethics": _decoding_trust(
        (f"machine_ethics/{name}.jsonl" for name in ("cm_test", "cm_train")), formats.ethics_files
    ),
    "ood": _decoding_trust(("ood/style.jsonl", "ood/knowledge.jsonl"), formats.ood_files),
    "mmlu": HubDataset(
        "cais/mmlu",
        "c30699e8356da336a370243923dbaf21066bb9fe",
        files=tuple(f"all/{split}-00000-of-00001.parquet" for split in ("dev", "test")),
        convert=formats.mmlu_files,
    ),
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
    marker = formats.json_bytes({dataset.repository: dataset.revision})
    out = scratch / "files"
    for file, content in {**dataset.convert(tables), _MARKER: marker}.items():
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        (out / file).write_bytes(content)
    return out


def _fetch(name: str, dataset: HubDataset, arrow: Path) -> list[list[Row]]:
    failures: tuple[type[BaseException], ...] = (ImportError,)
    tables = []
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
        tables.append(
            [Row(f"{origin}, line {line}", values) for line, values in enumerate(rows, start=1)]
        )
    return tables


def _failures() -> tuple[type[BaseException], ...]:
    """Name what the hub's libraries raise for absence, refusal, no network or a broken file."""
    from datasets.exceptions import DatasetsError

    hub: Any = import_module("huggingface_hub.errors")
    # HTTPError is that of whichever HTTP library the hub's was built on; that has changed twice.
    hub_errors = (hub.EntryNotFoundError, hub.HTTPError, hub.XetDownloadError)
    return (OSError, ValueError, RuntimeError, DatasetsError, *hub_errors)
