"""What a baseline becomes when a run is accepted: its parts, beside those that did not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.errors import TrackingError
from trusteval.tracking.answered_run import AnsweredRun, joined
from trusteval.tracking.baseline import Acceptance, Baseline, differences
from trusteval.tracking.items import rows_in_order
from trusteval.tracking.reader_version import reader_of
from trusteval.tracking.rereading import read_anew
from trusteval.tracking.run_facts import RunFacts
from trusteval.tracking.score_entry import ScoreEntry
from trusteval.types import Unavailable

_OTHER_ROWS = (
    "{part} of the baseline, which did not run, was asked other rows ({why}); accept all subjects "
    "together"
)
_OTHER_READER = (
    "{part} of the baseline, which did not run, was read by reader {then} and cannot be read anew "
    "({why}); accept a whole run"
)


def accepted(
    before: Baseline | None,
    run: AnsweredRun,
    *,
    scores: Sequence[ScoreEntry],
    acceptance: Acceptance,
) -> Baseline:
    """Put what a run answered in place of what was accepted; what did not run stays.

    Raises TrackingError where the rest was asked otherwise: one baseline has one protocol, one set
    of prompts, one reader and the same rows for all subjects.
    """
    if before is None:
        return Baseline(run, tuple(scores), (acceptance,))
    kept = {
        key: answer_table
        for key, answer_table in before.answers.answer_tables.items()
        if key not in run.answer_tables
    }
    if kept:
        _refuse_other_asking(before.answers, run, kept=kept)
    sample_tables = {
        benchmark: answer_table.sample_table
        for (_, benchmark), answer_table in run.answer_tables.items()
    }
    wanted = {
        key: sample_tables.get(key[1], answer_table.sample_table)
        for key, answer_table in kept.items()
    }
    stays = _in_order(before.answers, wanted, reader=reader_of(run.facts))
    answers = replace(
        joined([run, stays]), answer_tables={**stays.answer_tables, **run.answer_tables}
    )
    old = [line for line in before.scores if (line.subject, line.benchmark) in kept]
    told = _telling_reader(old, then=reader_of(before.answers.facts), now=reader_of(run.facts))
    return Baseline(answers, (*told, *scores), (*before.acceptances, acceptance))


def _telling_reader(scores: Sequence[ScoreEntry], *, then: int, now: int) -> list[ScoreEntry]:
    """Say of scores that stay which reader they are of, where that is not the baseline's now."""
    return [
        line if then == now or line.reader is not None else replace(line, reader=then)
        for line in scores
    ]


def _refuse_other_asking(
    before: AnsweredRun, run: AnsweredRun, *, kept: Mapping[tuple[str, str], AnswerTable]
) -> None:
    """Refuse what cannot stand beside the parts that stay."""
    subject, benchmark = min(kept)
    asked = _asked(run.facts)
    for name, then in _asked(before.facts).items():
        if then != asked[name]:
            raise TrackingError(
                f"the baseline has another {name} than this run, which would leave "
                f"{len(kept)} of its parts ({subject}/{benchmark}, ...) behind; accept a whole "
                "run, or another --trust-baseline"
            )
    for subject, benchmark in sorted(kept):
        if benchmark in run.data and differences(
            before, benchmark, facts=run.facts, data=run.data[benchmark]
        ):
            raise TrackingError(_OTHER_ROWS.format(part=f"{subject}/{benchmark}", why="other data"))


def _in_order(
    before: AnsweredRun, sample_tables: Mapping[tuple[str, str], SampleTable], *, reader: int
) -> AnsweredRun:
    """Return the parts that stay, in the order and as the reader of those just accepted."""
    answer_tables, said, probabilities = {}, {}, {}
    for key, sample_table in sample_tables.items():
        answer_table, part = before.answer_tables[key], "/".join(key)
        rows = rows_in_order(answer_table, sample_table)
        if isinstance(rows, Unavailable):
            raise TrackingError(_OTHER_ROWS.format(part=part, why=rows.why))
        answer_tables[key] = AnswerTable(
            sample_table, answer_table.answers, answer_table.code[rows], np.arange(len(rows))
        )
        if (then := reader_of(before.facts)) != reader:
            anew = read_anew(before, *key, sample_table=sample_table)
            if isinstance(anew, Unavailable):
                raise TrackingError(_OTHER_READER.format(part=part, then=then, why=anew.why))
            answer_tables[key] = anew
        if key in before.said:
            said[key] = before.said[key].only(rows)
        if key in before.probabilities:
            probabilities[key] = before.probabilities[key].only(rows)
    members = {key: over for key, over in before.members.items() if key in sample_tables}
    costs = {key: cost for key, cost in before.costs.items() if key in sample_tables}
    kept = replace(before, answer_tables=answer_tables, said=said, grounds={})
    return replace(kept, members=members, costs=costs, probabilities=probabilities)


def _asked(facts: RunFacts) -> dict[str, str | None]:
    """Return facts so that equal ones are equal on every machine: of a model the name."""
    return {
        "protocol": facts.protocol,
        "prompts": facts.prompts_sha256,
        "profile": facts.profile,
        "model": Path(str(facts.model)).name,
    }
