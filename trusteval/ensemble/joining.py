"""Makes one run of subjects that were recorded apart: on the items that all of them answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from trusteval.answers.table import AnswerTable, Codes, SampleTable
from trusteval.ensemble.recorded_subject import RecordedSubject
from trusteval.errors import TrackingError
from trusteval.tracking.answered_run import AnsweredRun, joined, only_parts
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
    facts = _common_facts([subject.run.facts for subject in subjects])
    in_order = {key: one for each in subjects for key, one in each.run.answer_tables.items()}
    whole = replace(joined(each.run for each in subjects), facts=facts, answer_tables=in_order)
    for benchmark in whole.benchmarks:
        keys = [key for key in whole.answer_tables if key[1] == benchmark]
        kept, n_left_out = _shared([whole.answer_tables[key] for key in keys], benchmark)
        if n_left_out:
            doubts.append(_left_out([name for name, _ in keys], benchmark, n=n_left_out, kept=kept))
        if any(not sample.fields for sample in kept):
            doubts.append(
                f"{benchmark}: its items are described by their recordings; which of them share a "
                "text is not known, so that intervals may be too narrow (--data)"
            )
        whole = _on_items(whole, keys, SampleTable.of(kept))
    if facts.prompts is None and any(subject.run.facts.prompts for subject in subjects):
        doubts.append("whether all subjects were asked with the same prompts is not recorded")
    return whole, tuple(dict.fromkeys(doubts))


def _shared(answer_tables: Sequence[AnswerTable], benchmark: str) -> tuple[list[Sample], int]:
    """Return the items that all of the tables have, and how many others there are."""
    found: dict[str, Sample] = {}
    n_tables = Counter[str]()
    for answers in answer_tables:
        samples = answers.sample_table.samples
        if (twice := repeated_item(samples)) is not None:
            raise TrackingError(f"item {twice} of {benchmark} is there twice")
        for sample in samples:
            name = item_name(sample)
            n_tables[name] += 1
            found[name] = _same(found.get(name, sample), sample)
    kept = [sample for name, sample in found.items() if n_tables[name] == len(answer_tables)]
    return kept, len(found) - len(kept)


def _same(known: Sample, sample: Sample) -> Sample:
    """Return an item with all that is said of it; raises TrackingError where that differs."""
    for what, ours, its in (
        ("target", known.target, sample.target),
        ("group", known.group, sample.group),
    ):
        if ours != its:
            raise TrackingError(
                f"item {item_name(sample)} of {sample.setting.benchmark} has the {what} {ours!r} "
                f"for one subject and {its!r} for another: they answered different items"
            )
    return known if known.fields or not sample.fields else sample


def _on_items(
    run: AnsweredRun, keys: Sequence[tuple[str, str]], sample_table: SampleTable
) -> AnsweredRun:
    """Return a run whose parts are about the items of a sample table, without parts of no item.

    Answers, responses and probabilities of other items are dropped; costs stay those of all that a
    subject answered. What else is recorded of more items is dropped.
    """
    rows = {key: _rows(run.answer_tables[key], sample_table) for key in keys}
    n_rows = {key: len(run.answer_tables[key].sample_table.samples) for key in keys}
    intact = {key for key in keys if np.array_equal(rows[key], np.arange(n_rows[key]))}
    others = run.answer_tables.keys() - set(keys)
    of_items = keys if sample_table.samples else []
    answers = {key: _moved(run.answer_tables[key], rows[key], sample_table) for key in of_items}
    kept = only_parts(run, intact | others)
    tables = {**kept.answer_tables, **answers}
    order = [key for key in run.answer_tables if key in others or key in answers]
    return replace(
        kept,
        data=run.data,
        identities={key: run.identities[key] for key in order},
        answer_tables={key: tables[key] for key in order},
        said={**kept.said, **{key: run.said[key].only(rows[key]) for key in of_items}},
        costs={**kept.costs, **{key: run.costs[key] for key in of_items if key in run.costs}},
        probabilities={
            **kept.probabilities,
            **{
                key: run.probabilities[key].only(rows[key])
                for key in of_items
                if key in run.probabilities
            },
        },
    )


def _moved(answers: AnswerTable, rows: Codes, sample_table: SampleTable) -> AnswerTable:
    return AnswerTable(sample_table, answers.answers, answers.code[rows], np.arange(len(rows)))


def _rows(answers: AnswerTable, sample_table: SampleTable) -> Codes:
    """Return which row of the answers is about each sample."""
    place = {item_name(sample): row for row, sample in enumerate(answers.sample_table.samples)}
    samples = sample_table.samples
    return np.fromiter((place[item_name(sample)] for sample in samples), np.int64, len(samples))


def _left_out(names: Sequence[str], benchmark: str, *, n: int, kept: Sequence[Sample]) -> str:
    all_of = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
    return (
        f"{benchmark}: {n:,} items are left out that not all of {all_of} answered, "
        f"{len(kept):,} are kept"
    )


def _common_facts(told: Sequence[RunFacts]) -> RunFacts:
    """Return what holds of all: nothing is said where one differs or does not say it."""
    first, *others = told
    names = [field.name for field in fields(RunFacts)]
    differing = {
        name: None
        for name in names
        if any(getattr(one, name) != getattr(first, name) for one in others)
    }
    return replace(first, **differing)
