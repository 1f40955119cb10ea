"""Makes one run of subjects that were recorded apart: on the items that all of them answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.ensemble.recorded_subject import RecordedSubject
from trusteval.errors import TrackingError
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import item_name, repeated_item
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import Sample

_MOST_NAMES = 3


def joined_run(subjects: Sequence[RecordedSubject]) -> tuple[AnsweredRun, tuple[str, ...]]:
    """Return one run over subjects, and what is left out of it or doubtful.

    Of a benchmark only those items are kept that all who answered any of it did. Raises
    TrackingError where two say that an item's right answer or group differs.
    """
    doubts = [doubt for subject in subjects for doubt in subject.doubts]
    answer_tables: dict[tuple[str, str], AnswerTable] = {}
    said: dict[tuple[str, str], ResponseTable] = {}
    for benchmark in dict.fromkeys(name for one in subjects for name in one.answer_tables):
        asked = [subject for subject in subjects if benchmark in subject.answer_tables]
        sample_table, n_left_out = _shared(asked, benchmark)
        if n_left_out:
            doubts.append(_left_out(asked, benchmark, n=n_left_out, kept=sample_table))
        if not sample_table.samples:
            continue
        if any(not sample.fields for sample in sample_table.samples):
            doubts.append(
                f"{benchmark}: its items are described by their recordings; which of them share a "
                "text is not known, so that intervals may be too narrow (--data)"
            )
        for one in asked:
            rows = _rows(one.answer_tables[benchmark], sample_table)
            mine = one.answer_tables[benchmark]
            answer_tables[one.name, benchmark] = AnswerTable(
                sample_table, mine.answers, mine.code[rows], np.arange(len(rows))
            )
            said[one.name, benchmark] = one.said[benchmark].only(rows)
    facts = _facts(subjects)
    if facts.prompts is None and any(one.facts.prompts for one in subjects):
        doubts.append(
            "whether the subjects were asked with the same prompts is not recorded of all of them"
        )
    identities = {one.name: one.identity for one in subjects}
    run = AnsweredRun(
        facts,
        data={name: data for one in subjects[::-1] for name, data in one.data.items()},
        identities={key: identities[key[0]] for key in answer_tables},
        answer_tables=answer_tables,
        said=said,
    )
    return run, tuple(dict.fromkeys(doubts))


def _shared(subjects: Sequence[RecordedSubject], benchmark: str) -> tuple[SampleTable, int]:
    """Return the items that all of the subjects answered, and how many others there are."""
    found: dict[str, Sample] = {}
    answered = Counter[str]()
    for subject in subjects:
        samples = subject.answer_tables[benchmark].sample_table.samples
        if (twice := repeated_item(samples)) is not None:
            raise TrackingError(f"{subject.name}: item {twice} of {benchmark} is there twice")
        for name, sample in ((item_name(sample), sample) for sample in samples):
            answered[name] += 1
            found[name] = _same(found.get(name, sample), sample, subject.name)
    kept = [sample for name, sample in found.items() if answered[name] == len(subjects)]
    return SampleTable.of(kept), len(found) - len(kept)


def _same(known: Sample, sample: Sample, subject: str) -> Sample:
    """Return an item with all that is said of it; raises TrackingError where that differs."""
    for what, ours, its in (
        ("target", known.target, sample.target),
        ("group", known.group, sample.group),
    ):
        if ours != its:
            raise TrackingError(
                f"{subject}: item {item_name(sample)} of {sample.setting.benchmark} has the {what} "
                f"{its!r}, of those before it {ours!r}; these are answers to other items"
            )
    return known if known.fields or not sample.fields else sample


def _rows(answers: AnswerTable, sample_table: SampleTable) -> Codes:
    """Return which row of the answers is about each sample."""
    place = {item_name(sample): row for row, sample in enumerate(answers.sample_table.samples)}
    samples = sample_table.samples
    return np.fromiter((place[item_name(sample)] for sample in samples), np.int64, len(samples))


def _left_out(
    asked: Sequence[RecordedSubject], benchmark: str, *, n: int, kept: SampleTable
) -> str:
    names = [one.name for one in asked]
    all_of = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
    return (
        f"{benchmark}: {n:,} items are left out that not all of {all_of} answered, "
        f"{len(kept.samples):,} are kept"
    )


def _facts(subjects: Sequence[RecordedSubject]) -> RunFacts:
    """Return what holds of all subjects: nothing is said where one differs or does not say it."""
    told: list[Mapping[str, object]] = [
        {name: getattr(one.facts, name) for name in RunFacts.__dataclass_fields__}
        for one in subjects
    ]
    differing = {name: None for name in told[0] if any(one[name] != told[0][name] for one in told)}
    return replace(subjects[0].facts, **differing)
