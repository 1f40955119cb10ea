"""What a run's subjects answered, item by item: enough to judge again or to compare, without data.

Its document is plain values; `answers.json.gz` in a reports folder and every baseline hold one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from trusteval.benchmarks import BENCHMARKS
from trusteval.sheet import Roll, Sheet
from trusteval.types import Answer, Invalid, InvalidReason, Label, Refusal, Sample

_REFUSED = "refused"
_INVALID = "invalid: "
_CONTRADICTORY = " (contradictory)"


@dataclass(frozen=True, slots=True, eq=False)
class AnsweredRun:
    """`facts` say how the run was asked, `data` which rows of each benchmark. By subject and
    benchmark, `sheets` hold the answers and `identities` what gave them.
    """

    facts: Mapping[str, Any]
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    identities: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    sheets: Mapping[tuple[str, str], Sheet] = field(default_factory=dict)

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(subject for subject, _ in self.sheets))

    @property
    def benchmarks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(benchmark for _, benchmark in self.sheets))

    def to_document(self, *, with_texts: bool) -> dict[str, Any]:
        """Return plain values; `with_texts` keeps the items' own texts, for people."""
        rolls = {benchmark: sheet.roll for (_, benchmark), sheet in self.sheets.items()}
        return {
            "facts": dict(self.facts),
            "benchmarks": {
                name: {
                    "data": dict(self.data.get(name, {})),
                    **_items(roll.samples, with_texts=with_texts),
                }
                for name, roll in sorted(rolls.items())
            },
            "subjects": {
                subject: {
                    benchmark: {
                        "identity": dict(self.identities.get((subject, benchmark), {})),
                        **_answers(sheet),
                    }
                    for (other, benchmark), sheet in sorted(self.sheets.items())
                    if other == subject
                }
                for subject in self.subjects
            },
        }


def answered_run(document: Mapping[str, Any]) -> AnsweredRun:
    """Rebuild a run from its document; raises ValueError, KeyError or TypeError if it is none."""
    rolls = {name: Roll.of(_samples(name, items)) for name, items in document["benchmarks"].items()}
    answered = {
        (subject, benchmark): answers
        for subject, parts in document["subjects"].items()
        for benchmark, answers in parts.items()
    }
    return AnsweredRun(
        facts=document["facts"],
        data={name: items["data"] for name, items in document["benchmarks"].items()},
        identities={key: answers["identity"] for key, answers in answered.items()},
        sheets={key: _sheet(rolls[key[1]], answers) for key, answers in answered.items()},
    )


def joined(runs: Iterable[AnsweredRun]) -> AnsweredRun:
    """Put together what several workers of one run answered; the first to say a thing is kept."""
    parts = list(runs)
    sheets: dict[tuple[str, str], Sheet] = {}
    data: dict[str, Mapping[str, Any]] = {}
    identities: dict[tuple[str, str], Mapping[str, Any]] = {}
    for part in parts:
        sheets = {**part.sheets, **sheets}
        data = {**part.data, **data}
        identities = {**part.identities, **identities}
    return AnsweredRun(
        parts[0].facts if parts else {}, data, identities, dict(sorted(sheets.items()))
    )


def aligned(sheet: Sheet, roll: Roll) -> Sheet | str:
    """Return a subject's answers in the order of another roll, or say how its items differ."""
    place = {item_name(sheet.roll.samples[row]): row for row in sheet.rows.tolist()}
    wanted = [item_name(sample) for sample in roll.samples]
    known = set(wanted)
    gone, new = [k for k in place if k not in known], [k for k in wanted if k not in place]
    if gone or new:
        said = [
            f"{len(keys)} only {when}, the first {keys[0]}"
            for keys, when in ((gone, "before"), (new, "now"))
            if keys
        ]
        return f"other items: {'; '.join(said)}"
    rows = np.fromiter((place[key] for key in wanted), np.int64, len(wanted))
    return Sheet(roll, sheet.answers, sheet.code[rows], np.arange(len(rows)))


def shown_answer(answer: Answer) -> str:
    """Word an answer: its label, "refused", or why it is none."""
    match answer:
        case Label(value, contradictory):
            return f"{value}{_CONTRADICTORY if contradictory else ''}"
        case Refusal():
            return _REFUSED
        case Invalid(reason):
            return f"{_INVALID}{reason}"


def item_name(sample: Sample) -> str:
    """Return what an item is called in its benchmark: its setting and its id there."""
    return f"{sample.setting.name}/{sample.id}"


def shown_text(sample: Sample) -> str:
    """Return an item's own text in one line."""
    return " | ".join(" ".join(text.split()) for text in sample.fields.values())


# -- plain values --------------------------------------------------------------------------


def _items(samples: Sequence[Sample], *, with_texts: bool) -> dict[str, list[str | None]]:
    columns: dict[str, list[str | None]] = {
        "setting": [sample.setting.name for sample in samples],
        "id": [sample.id for sample in samples],
        "target": [sample.target for sample in samples],
        "unit": _numbered([sample.cluster for sample in samples]),
        "stratum": [sample.stratum for sample in samples],
        "group": [sample.group for sample in samples],
    }
    return {**columns, "text": list(map(shown_text, samples))} if with_texts else columns


def _numbered(clusters: Sequence[str]) -> list[str | None]:
    """Name source items by numbers: some are called by their whole text."""
    known: dict[str, str] = {}
    return [known.setdefault(cluster, str(len(known))) for cluster in clusters]


def _samples(benchmark: str, items: Mapping[str, Any]) -> list[Sample]:
    settings = {name: BENCHMARKS[benchmark].setting(name) for name in set(items["setting"])}
    names = ("setting", "id", "target", "unit", "stratum", "group")
    texts = items.get("text", [""] * len(items["id"]))
    return [
        Sample(
            id=id_,
            setting=settings[setting],
            cluster=unit,
            target=target,
            stratum=stratum,
            group=group,
            fields={"text": text} if text else {},
        )
        for (setting, id_, target, unit, stratum, group), text in zip(
            zip(*(items[name] for name in names), strict=True), texts, strict=True
        )
    ]


def _answers(sheet: Sheet) -> dict[str, Any]:
    """Return the different answers and which was given to each item, label by label."""
    return {
        "said": [_plain(answer) for answer in sheet.answers],
        "code": sheet.code[sheet.rows].tolist(),
    }


def _plain(answer: Answer) -> list[str]:
    match answer:
        case Label(value, contradictory):
            return ["label", value, *(["contradictory"] if contradictory else [])]
        case Refusal():
            return ["refusal"]
        case Invalid(reason):
            return ["invalid", reason.value]


def _sheet(roll: Roll, answers: Mapping[str, Any]) -> Sheet:
    said = [_answer(plain) for plain in answers["said"]]
    return Sheet.of(roll, [said[code] for code in answers["code"]])


def _answer(plain: Sequence[str]) -> Answer:
    match plain:
        case ["label", value]:
            return Label(value)
        case ["label", value, "contradictory"]:
            return Label(value, contradictory=True)
        case ["refusal"]:
            return Refusal()
        case ["invalid", reason]:
            return Invalid(InvalidReason(reason))
        case _:
            raise ValueError(f"no answer: {plain!r}")
