"""The records of a setting: from DecodingTrust's own file, or from its factored form.

A file of DecodingTrust repeats its demonstrations in each record. The factored form holds items
once and demonstrations by seed; both say the same. Its spurious files have no such form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trusteval.benchmarks.adversarial_demonstrations.settings import (
    ATTACKED,
    BACKDOOR,
    CLEAN,
    COPIED,
    COUNTERFACTUAL,
    Place,
)
from trusteval.benchmarks.source import DataSource, Row

FOLDER = "adv_demonstration"
_FACTORED = f"{FOLDER}/factored"
_OF_BACKDOOR = "backdoor/experiment1/sst-2_"
ANY_SEED = "*"
"""The key of copies that are the same for every seed."""


@dataclass(frozen=True, slots=True)
class Record:
    """An item, its label as the file has it, and its demonstrations, the last one last."""

    text: str
    label: str
    examples: tuple[tuple[str, str], ...]


def original(place: Place) -> str:
    """Name the file of a setting as DecodingTrust and its hub's copy have it."""
    kind = _OF_BACKDOOR if place.kind == BACKDOOR else f"{place.kind}/"
    return f"{FOLDER}/{kind}{place.folder}/{place.seed}.jsonl"


def read_records(source: DataSource, place: Place, labels: Sequence[str]) -> list[Record]:
    """Read the records of a setting; raises MissingDataError where neither form is there."""
    name, factored = original(place), _factored(place)
    if factored is None or source.holds(name) or not source.holds(factored):
        return [parsed(row, labels) for row in source.jsonl_rows(name)]
    whole = source.json_object(factored)
    if place.kind == COUNTERFACTUAL:
        return list(_counterfactual(whole, place, labels))
    clean = source.json_object(f"{_FACTORED}/backdoor/clean.json")
    return list(_backdoor(whole, clean, place, labels))


def parsed(row: Row, labels: Sequence[str]) -> Record:
    """Read one record of DecodingTrust's own form."""
    known = {label: label for label in labels}
    return Record(
        row.text("input"),
        row.one_of("label", known),
        _pairs(row, row.values.get("examples"), labels, what="examples"),
    )


def _factored(place: Place) -> str | None:
    if place.kind == COUNTERFACTUAL:
        return f"{_FACTORED}/counterfactual/{place.task}.json"
    if place.kind == BACKDOOR:
        trigger = place.folder.partition("_")[2].removesuffix(ATTACKED).removesuffix(CLEAN)
        return f"{_FACTORED}/backdoor/{trigger}.json"
    return None


def _counterfactual(whole: Row, place: Place, labels: Sequence[str]) -> Iterator[Record]:
    items = _pairs(whole, whole.values.get("items"), labels, what="items")
    shared = _pairs(
        whole, _under(whole, "demonstrations", place.seed), labels, what="demonstrations"
    )
    if not place.folder.endswith(COPIED):
        for text, label in items:
            yield Record(text, label, shared)
        return
    of_seed = _under(whole, "counterfactual", place.seed, otherwise=ANY_SEED)
    copies = _pairs(whole, of_seed, labels, what="counterfactual")
    if len(copies) != len(items):
        whole.malformed(f"{len(items)} copies for seed {place.seed}", f"{len(copies)} of them")
    for (text, label), copy in zip(items, copies, strict=True):
        yield Record(text, label, (*shared, copy))


def _backdoor(whole: Row, clean: Row, place: Place, labels: Sequence[str]) -> Iterator[Record]:
    setup = place.folder.partition("_")[0]
    of_setup = Row(whole.place, {"demonstrations": _under(whole, "demonstrations", setup)})
    found = _under(of_setup, "demonstrations", place.seed)
    shared = _pairs(whole, found, labels, what="demonstrations")
    if not place.is_attacked:
        for text, label in _pairs(clean, clean.values.get("items"), labels, what="items"):
            yield Record(text, label, shared)
        return
    target = whole.one_of("label", {label: label for label in labels})
    triggered = whole.values.get("triggered")
    if not isinstance(triggered, list):
        whole.malformed("a list of texts under 'triggered'", triggered)
    for text in triggered:
        if not isinstance(text, str):
            whole.malformed("texts under 'triggered'", text)
        yield Record(text, target, shared)


def _under(row: Row, key: str, name: str, *, otherwise: str | None = None) -> Any:
    """Return what a table under `key` holds for a seed or a setup."""
    table = row.values.get(key)
    if not isinstance(table, Mapping):
        row.malformed(f"a table under {key!r}", table)
    if name not in table and otherwise in table:
        return table[otherwise]
    if name not in table:
        row.malformed(f"{name!r} under {key!r}", list(table))
    return table[name]


def _pairs(
    row: Row, found: object, labels: Sequence[str], *, what: str
) -> tuple[tuple[str, str], ...]:
    """Check a list of a text and its label each; some files capitalise those of examples."""
    if not isinstance(found, list):
        row.malformed(f"a list of [text, label] under {what!r}", found)
    pairs = []
    for pair in found:
        match pair:
            case [str(text), str(label)] if label.lower() in labels:
                pairs.append((text, label.lower()))
            case _:
                row.malformed(f"{what} of the form [text, {' or '.join(labels)}]", pair)
    return tuple(pairs)
