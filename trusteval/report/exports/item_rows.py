"""What every subject answered to every item, a row each: what CSV and Parquet hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trusteval.answers.table import Codes
from trusteval.report.browse.elections import Case, election_of
from trusteval.report.browse.part import Part
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.items import shown_answer, shown_text
from trusteval.types import Answer, Invalid, Label, Refusal, Unavailable, is_right

_Column = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One subject's answer to one item; None is what it has not, or what the run does not hold.

    `kind` is label, refusal or invalid; `correct` is false for the two without a label. `rule`,
    `span`, `truncated` and `response` are a variant's: why its text was read so, the words that
    this rests on, whether the text ended at the token limit, and the text. `ballots`, `tally` and
    `tie_broken_by` are a vote's; the first two are JSON, by member and by answer. `caveat` says
    what the run is not, "" for a whole run of a model on published items.
    """

    subject: str
    benchmark: str
    setting: str
    item: str
    target: str
    kind: str
    label: str | None
    invalid_reason: str | None
    contradictory: bool
    correct: bool
    group: str | None
    rule: str | None
    span: str | None
    truncated: bool | None
    response: str | None
    text: str | None
    ballots: str | None
    tally: str | None
    tie_broken_by: str | None
    caveat: str


@dataclass(frozen=True, slots=True)
class _Vote:
    ballots: str | None = None
    tally: str | None = None
    tie_broken_by: str | None = None


_NO_VOTE = _Vote()


def item_rows(
    run: AnsweredRun, parts: Sequence[tuple[str, str]], *, caveat: str, with_texts: bool
) -> Iterator[ItemRow]:
    """Yield the rows of some subjects on some benchmarks; without texts, no word of any item."""
    for part in parts:
        yield from _rows(run, part, caveat=caveat, with_texts=with_texts)


def why_no_ballots(run: AnsweredRun, parts: Sequence[tuple[str, str]]) -> list[str]:
    """Say of which votes nobody can tell how the members voted, and why."""
    found = ((part, _elected(run, part)) for part in parts)
    return [
        f"no ballots of {subject} on {benchmark}: {elected.why}"
        for (subject, benchmark), elected in found
        if isinstance(elected, Unavailable)
    ]


def _rows(
    run: AnsweredRun, part: tuple[str, str], *, caveat: str, with_texts: bool
) -> Iterator[ItemRow]:
    subject, benchmark = part
    answers = run.answer_tables[part]
    n = len(answers.sample_table.samples)
    rules, spans, responses, cut = _said(run, part, n=n)
    elected = _elected(run, part)
    votes = [_NO_VOTE] * n if isinstance(elected, Unavailable) else elected
    codes = answers.code.tolist()
    for row in answers.rows.tolist():
        sample, answer, vote = (
            answers.sample_table.samples[row],
            answers.answers[codes[row]],
            votes[row],
        )
        yield ItemRow(
            subject=subject,
            benchmark=benchmark,
            setting=sample.setting.name,
            item=sample.id,
            target=sample.target,
            kind=_kind(answer),
            label=answer.value if isinstance(answer, Label) else None,
            invalid_reason=answer.reason.value if isinstance(answer, Invalid) else None,
            contradictory=isinstance(answer, Label) and answer.contradictory,
            correct=is_right(sample, answer),
            group=sample.group,
            rule=rules[row],
            span=spans[row] if with_texts else None,
            truncated=cut[row],
            response=responses[row] if with_texts else None,
            text=shown_text(sample) if with_texts else None,
            ballots=vote.ballots,
            tally=vote.tally,
            tie_broken_by=vote.tie_broken_by,
            caveat=caveat,
        )


def _kind(answer: Answer) -> str:
    match answer:
        case Label():
            return "label"
        case Refusal():
            return "refusal"
        case Invalid():
            return "invalid"


def _said(
    run: AnsweredRun, part: tuple[str, str], *, n: int
) -> tuple[_Column, _Column, _Column, Sequence[bool | None]]:
    """Return rules, spans, responses and whether these were cut off, as far as they are known."""
    nothing = [None] * n
    grounds, said = run.grounds.get(part), run.said.get(part)
    rules = nothing if grounds is None else _column(grounds.rules, grounds.rule)
    spans = nothing if grounds is None else _column(grounds.spans, grounds.span)
    responses = nothing if said is None else _column(said.texts, said.code)
    return rules, spans, responses, nothing if said is None else said.cut.tolist()


def _column(texts: Sequence[str], codes: Codes) -> list[str | None]:
    return [texts[code] for code in codes.tolist()]


def _elected(run: AnsweredRun, part: tuple[str, str]) -> Sequence[_Vote] | Unavailable:
    """Return how each item was voted on; nothing of the answers of who is no vote."""
    answers = run.answer_tables[part]
    if part not in run.members:
        return [_NO_VOTE] * len(answers.sample_table.samples)
    asked = Part(part[1], answers.sample_table, prompts=None, given={})
    election = election_of(run, asked, run.members[part])
    if isinstance(election, Unavailable):
        return election
    votes = [_vote(case) for case in election.cases]
    return [votes[number] for number in election.case.tolist()]


def _vote(case: Case) -> _Vote:
    decision = case.decision
    ballots = {ballot.variant.name: shown_answer(ballot.answer) for ballot in case.ballots}
    tally = {shown_answer(answer): votes for answer, votes in decision.tally}
    return _Vote(_json(ballots), _json(tally), decision.tie_broken_by)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
