"""Reads what a recorded run's subjects said anew, by the present reader; no model and no data.

A vote is elected anew from its members' responses, where they are those that it was over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trusteval.answers.ensembles import elect
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.protocols.protocol import Extract
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.confounds import TOKENIZING, VOTERS
from trusteval.tracking.items import aligned, item_name, rows_in_order
from trusteval.tracking.reader_version import present_reader, protocol_of, reader_of
from trusteval.types import LabelForm, Sample, Unavailable

_CURE = "run the older one again, or accept it again: no model runs for what the store holds"

Options = Mapping[str, tuple[str, ...]]
"""The texts of the choices, by the item's name in its benchmark."""


def read_anew(
    run: AnsweredRun, subject: str, benchmark: str, *, sample_table: SampleTable
) -> AnswerTable | Unavailable:
    """Return what a subject answered as the present reader reads it, in a sample table's order.

    `sample_table` has the same items, with their options.
    """
    if (missing := unsaid(run, subject, benchmark)) is not None:
        return missing
    if any(map(lacks_options, sample_table.samples)):
        return Unavailable("the options of its items are not kept, a reports folder keeps them")
    protocol, members = protocol_of(run.facts), run.members.get((subject, benchmark))
    if members is None:
        return _of_variant(run, (subject, benchmark), sample_table, way=protocol.extract)
    cast = []
    for member in members:
        ballots = _of_variant(run, (member.name, benchmark), sample_table, way=protocol.ballot)
        if isinstance(ballots, Unavailable):
            return ballots
        cast.append(ballots)
    return elect(members, cast)


def unsaid(run: AnsweredRun, subject: str, benchmark: str) -> Unavailable | None:
    """Say what of a subject's words, or of its members', is not at hand; None where all is."""
    members = run.members.get((subject, benchmark))
    if members is None:
        kept = (subject, benchmark) in run.said
        return None if kept else Unavailable(f"what {subject} said is not kept")
    voters = run.identities.get((subject, benchmark), {}).get(VOTERS, {})
    for name in [member.name for member in members]:
        if (name, benchmark) not in run.said:
            return Unavailable(f"what {name} said is not kept")
        if _ran(run.identities.get((name, benchmark))) != _ran(voters.get(name)):
            return Unavailable(f"its member {name} is not the one that it was over")
    return None


def _ran(identity: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what decided the responses; earlier versions did not say what a tokenizer does."""
    if identity is None:
        return None
    return {name: value for name, value in identity.items() if name != TOKENIZING}


def _of_variant(
    run: AnsweredRun, key: tuple[str, str], sample_table: SampleTable, *, way: Extract
) -> AnswerTable | Unavailable:
    rows = rows_in_order(run.answer_tables[key], sample_table)
    if isinstance(rows, Unavailable):
        return rows
    return AnswerTable.of(
        sample_table, map(way, sample_table.samples, run.said[key].only(rows).responses())
    )


def read_alike(
    first: AnsweredRun, second: AnsweredRun, *, subjects: tuple[str, str], benchmark: str
) -> tuple[AnswerTable, AnswerTable] | Unavailable:
    """Return what a subject of each run answered, in one order and as one reader reads it.

    What different readers read is read anew by the present one.
    """
    before, after = (
        run.answer_tables[subject, benchmark]
        for run, subject in zip((first, second), subjects, strict=True)
    )
    lined_up = aligned(before, after.sample_table)
    if isinstance(lined_up, Unavailable):
        return lined_up
    if not rereading(first, second):
        return lined_up, after
    read_by = f"read by readers {reader_of(first.facts)} and {reader_of(second.facts)}"
    sample_table = with_options(after.sample_table, options_of(before.sample_table))
    anew = []
    for run, subject in zip((first, second), subjects, strict=True):
        if reader_of(run.facts) == present_reader(run.facts):
            answer_table = aligned(run.answer_tables[subject, benchmark], sample_table)
        else:
            answer_table = read_anew(run, subject, benchmark, sample_table=sample_table)
        if isinstance(answer_table, Unavailable):
            return Unavailable(f"{read_by}, and {answer_table.why}; {_CURE}")
        anew.append(answer_table)
    return anew[0], anew[1]


def rereading(first: AnsweredRun, second: AnsweredRun) -> str:
    """Say which readers read two runs and which reads them now; "" where one read both."""
    ours, its = reader_of(first.facts), reader_of(second.facts)
    if ours == its:
        return ""
    return f"read anew: reader {ours} before, {its} after, {present_reader(second.facts)} now"


def lacks_options(sample: Sample) -> bool:
    """Whether an item's options, which a reading of letters looks at, are missing."""
    return sample.setting.form is LabelForm.SYMBOL and not sample.options


def options_of(sample_table: SampleTable) -> Options:
    """Return the options of the items that carry some."""
    return {item_name(sample): sample.options for sample in sample_table.samples if sample.options}


def with_options(sample_table: SampleTable, options: Options) -> SampleTable:
    """Return a sample table whose items without options have those given, where there are some."""
    samples = tuple(
        replace(sample, options=options.get(item_name(sample), ()))
        if lacks_options(sample)
        else sample
        for sample in sample_table.samples
    )
    return replace(sample_table, samples=samples)
