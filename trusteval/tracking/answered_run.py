"""What a run's subjects answered, item by item: enough to judge again or to compare, without data.

Its document is plain values; `answers.json.gz` in a reports folder and every baseline hold one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from trusteval.answers.grounds import Grounds
from trusteval.answers.probabilities import LabelProbabilities
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.suite.data_facts import DataFacts, data_facts
from trusteval.system.digests import digest
from trusteval.tracking import columns, text_columns
from trusteval.tracking.items import repeated_item, shown_text
from trusteval.tracking.run_facts import UNSAID, RunFacts, run_facts
from trusteval.types import Cost, Prompt, Sample, Variant

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, eq=False)
class AnsweredRun:
    """`facts` say how the run was asked and read, `data` which rows of each benchmark.

    By subject and benchmark, `answer_tables` hold the answers and `identities` what gave them; of
    variants `said` holds the responses, `grounds` why they were read so, and `probabilities`, if
    they were recorded (--trust-probabilities), how likely each label was: all in the order of the
    answer table's sample table; `costs` holds what the answers took. A vote has none of these:
    `members` holds the variants that it is over. `prompts` are what engines were given of each
    benchmark, in the same order; `accepted` are the answers of a baseline that a subject was
    compared with. `ledger` says whether all that the run was asked was judged, and what not. Runs
    of earlier versions lack some of these.
    """

    facts: RunFacts
    data: Mapping[str, DataFacts] = field(default_factory=dict)
    identities: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    answer_tables: Mapping[tuple[str, str], AnswerTable] = field(default_factory=dict)
    said: Mapping[tuple[str, str], ResponseTable] = field(default_factory=dict)
    grounds: Mapping[tuple[str, str], Grounds] = field(default_factory=dict)
    members: Mapping[tuple[str, str], tuple[Variant, ...]] = field(default_factory=dict)
    costs: Mapping[tuple[str, str], Cost] = field(default_factory=dict)
    ledger: Mapping[str, Any] = field(default_factory=dict)
    probabilities: Mapping[tuple[str, str], LabelProbabilities] = field(default_factory=dict)
    prompts: Mapping[str, tuple[Prompt, ...]] = field(default_factory=dict)
    accepted: Mapping[tuple[str, str], AnswerTable] = field(default_factory=dict)

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(subject for subject, _ in self.answer_tables))

    @property
    def benchmarks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(benchmark for _, benchmark in self.answer_tables))

    @property
    def digest(self) -> str:
        """Tell its items and answers from any others, whatever the run is called."""
        document = self.to_document(with_texts=False)
        return digest([document["benchmarks"], document["subjects"]])

    def to_document(self, *, with_texts: bool) -> dict[str, Any]:
        """Return plain values; `with_texts` keeps the items' own texts, and why answers were read
        as they were, for people.
        """
        sample_tables = {
            benchmark: answer_table.sample_table
            for (_, benchmark), answer_table in self.answer_tables.items()
        }
        return {
            **({"ledger": dict(self.ledger)} if self.ledger else {}),
            "facts": self.facts.to_document(),
            "benchmarks": {
                name: {
                    "data": self.data.get(name, DataFacts()).to_document(),
                    **columns.of_items(sample_table.samples),
                    **_spellings(sample_table.samples),
                    **(_texts(sample_table.samples) if with_texts else {}),
                    **(self._prompts(name) if with_texts else {}),
                }
                for name, sample_table in sorted(sample_tables.items())
            },
            "subjects": {
                subject: {
                    benchmark: self._part((subject, benchmark), with_grounds=with_texts)
                    for other, benchmark in sorted(self.answer_tables)
                    if other == subject
                }
                for subject in self.subjects
            },
        }

    def _prompts(self, benchmark: str) -> dict[str, Any]:
        asked = self.prompts.get(benchmark)
        return {} if asked is None else {"prompts": text_columns.of_prompts(asked)}

    def _part(self, key: tuple[str, str], *, with_grounds: bool) -> dict[str, Any]:
        part: dict[str, Any] = {"identity": dict(self.identities.get(key, {}))}
        part |= columns.of_answers(self.answer_tables[key])
        if key in self.said:
            part["responses"] = text_columns.of_said(self.said[key])
        if key in self.members:
            part["members"] = columns.of_members(self.members[key])
        if with_grounds and key in self.costs:
            part["cost"] = columns.of_cost(self.costs[key])
        if key in self.probabilities:
            part["probabilities"] = columns.of_probabilities(self.probabilities[key])
        if with_grounds and key in self.grounds:
            part["readings"] = text_columns.of_grounds(self.grounds[key])
        if with_grounds and key in self.accepted:
            part["accepted"] = columns.of_answers(self.accepted[key])
        return part


def _spellings(samples: Sequence[Sample]) -> dict[str, Any]:
    own = columns.of_spellings(samples)
    return {"spellings": own} if own else {}


def _texts(samples: Sequence[Sample]) -> dict[str, list[Any]]:
    return {"text": list(map(shown_text, samples)), "options": columns.of_options(samples)}


def answered_run(document: Mapping[str, Any]) -> AnsweredRun:
    """Rebuild a run from its document; raises ValueError, KeyError or TypeError if it is none."""
    sample_tables = {
        name: _sample_table(columns.samples(items, benchmark=name), benchmark=name)
        for name, items in document["benchmarks"].items()
    }
    parts = {
        (subject, benchmark): part
        for subject, of_subject in document["subjects"].items()
        for benchmark, part in of_subject.items()
    }
    sizes = {key: len(sample_tables[key[1]].samples) for key in parts}
    return AnsweredRun(
        facts=run_facts(document["facts"]),
        data={name: data_facts(items["data"]) for name, items in document["benchmarks"].items()},
        identities={key: part["identity"] for key, part in parts.items()},
        answer_tables={
            key: columns.answer_table(part, sample_table=sample_tables[key[1]])
            for key, part in parts.items()
        },
        said={
            key: text_columns.said(part["responses"], n=sizes[key])
            for key, part in parts.items()
            if "responses" in part
        },
        grounds={
            key: text_columns.grounds(part["readings"], n=sizes[key])
            for key, part in parts.items()
            if "readings" in part
        },
        members={
            key: columns.members(part["members"])
            for key, part in parts.items()
            if "members" in part
        },
        costs={key: columns.cost(part["cost"]) for key, part in parts.items() if "cost" in part},
        ledger=document.get("ledger", {}),
        probabilities={
            key: columns.probabilities(part["probabilities"], n=sizes[key])
            for key, part in parts.items()
            if "probabilities" in part
        },
        prompts={
            name: text_columns.prompts(items["prompts"], n=len(items["id"]))
            for name, items in document["benchmarks"].items()
            if "prompts" in items
        },
        accepted={
            key: columns.answer_table(part["accepted"], sample_table=sample_tables[key[1]])
            for key, part in parts.items()
            if "accepted" in part
        },
    )


def only_parts(run: AnsweredRun, parts: Collection[tuple[str, str]]) -> AnsweredRun:
    """Return what a run holds of some subjects on some benchmarks."""

    def of(those: Mapping[tuple[str, str], _Value]) -> dict[tuple[str, str], _Value]:
        return {key: value for key, value in those.items() if key in parts}

    benchmarks = {benchmark for _, benchmark in parts}
    return replace(
        run,
        data={name: data for name, data in run.data.items() if name in benchmarks},
        identities=of(run.identities),
        answer_tables=of(run.answer_tables),
        said=of(run.said),
        grounds=of(run.grounds),
        members=of(run.members),
        costs=of(run.costs),
        probabilities=of(run.probabilities),
        prompts={name: asked for name, asked in run.prompts.items() if name in benchmarks},
        accepted=of(run.accepted),
    )


def renamed(run: AnsweredRun, name: str) -> AnsweredRun:
    """Return a run of one subject under another name."""

    def of(those: Mapping[tuple[str, str], _Value]) -> dict[tuple[str, str], _Value]:
        return {(name, benchmark): value for (_, benchmark), value in those.items()}

    return replace(
        run,
        identities=of(run.identities),
        answer_tables=of(run.answer_tables),
        said=of(run.said),
        grounds=of(run.grounds),
        members=of(run.members),
        costs=of(run.costs),
        probabilities=of(run.probabilities),
        accepted=of(run.accepted),
    )


def _sample_table(samples: Sequence[Sample], *, benchmark: str) -> SampleTable:
    if (twice := repeated_item(samples)) is not None:
        raise ValueError(f"{benchmark} has the item {twice} twice")
    return SampleTable.of(samples)


def joined(runs: Iterable[AnsweredRun]) -> AnsweredRun:
    """Put together what several workers of one run answered; the first to say a thing is kept."""
    parts = list(runs)
    return AnsweredRun(
        facts=parts[0].facts if parts else UNSAID,
        data=_first(part.data for part in parts),
        identities=_first(part.identities for part in parts),
        answer_tables=dict(sorted(_first(part.answer_tables for part in parts).items())),
        said=_first(part.said for part in parts),
        grounds=_first(part.grounds for part in parts),
        members=_first(part.members for part in parts),
        costs=_first(part.costs for part in parts),
        probabilities=_first(part.probabilities for part in parts),
        prompts=_first(part.prompts for part in parts),
        accepted=_first(part.accepted for part in parts),
    )


def _first(parts: Iterable[Mapping[_Key, _Value]]) -> dict[_Key, _Value]:
    """Put mappings together; of a key that several have, the first value."""
    whole: dict[_Key, _Value] = {}
    for part in parts:
        whole = {**part, **whole}
    return whole
