"""Where the numbers of a run come from: how subjects ran, what was built, facts, circumstances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from trusteval.evaluation.subject_notes import PROBABILITIES
from trusteval.report.circumstances import Circumstances
from trusteval.report.record import RunRecord


@dataclass(frozen=True, slots=True)
class BuildRow:
    """What building one quantized checkpoint took, every cell as it is shown."""

    variant: str
    quantization: str
    seconds: str
    peak_memory_mib: str
    device: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Provenance:
    """`run` says which run it is; `subjects` are notes on how each ran, a vote's members too.

    `facts` are what runs have in common that can be compared, `circumstances` what differs.
    """

    run: str
    subjects: Mapping[str, Mapping[str, str]]
    builds: tuple[BuildRow, ...]
    facts: Mapping[str, str]
    circumstances: Mapping[str, str]


_TOLD_ELSEWHERE = ("builds", "laws")


def _notes(record: RunRecord) -> dict[str, dict[str, str]]:
    """Return how each subject ran; probabilities are told of every benchmark apart."""
    notes: dict[str, dict[str, str]] = {}
    for line in record.lines:
        notes.setdefault(line.subject, {}).update(
            (f"{name} on {line.benchmark}" if name == PROBABILITIES else name, told)
            for name, told in line.notes.items()
        )
    return notes


def provenance(record: RunRecord, told: Circumstances) -> Provenance:
    """Word where the numbers of a run come from."""
    facts = replace(record, tries=None, vote_leads=None).facts_document()
    document = told.to_document()
    # Workers finish in any order.
    places, notes = record.places, _notes(record)

    def place(name: str) -> tuple[int, str]:
        return places.get(name, len(places)), name

    return Provenance(
        run=told.run_line,
        subjects={name: notes[name] for name in sorted(notes, key=place) if notes[name]},
        builds=tuple(
            _build_row(name, told.builds[name]) for name in sorted(told.builds, key=place)
        ),
        facts={name: str(value) for name, value in facts.items()},
        circumstances={
            name: str(value) for name, value in document.items() if name not in _TOLD_ELSEWHERE
        },
    )


def _build_row(name: str, build: Mapping[str, Any]) -> BuildRow:
    return BuildRow(
        name,
        quantization=str(build["quantization"]),
        seconds=str(build["seconds"]),
        peak_memory_mib=str(build["peak_memory_mib"]),
        device=str(build["device"]),
        versions=build["versions"],
    )
