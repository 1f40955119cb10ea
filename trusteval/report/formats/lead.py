"""What stands first in every form: may it ship, how much was judged, of which run."""

from __future__ import annotations

from collections.abc import Iterable

from trusteval.report.caveats import reservations
from trusteval.report.decision import decision
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.blocks import SENTENCE, Block, brief
from trusteval.report.summary import Summary

_MOST = 8
"""Lines of one kind that are said at once; the rest is in the table below."""


def lead(run: FinishedRun, summary: Summary, *, opening: tuple[str, ...]) -> Block:
    """Return the answer, loud; `opening` are lines before it, which always stay."""
    decided = decision(run.record, exit_status=run.exit_status)
    gaps, told = summary.gaps, run.record.facts
    which = summary.provenance.run
    said = (
        *_bold([*gaps.incomplete, *reservations(run.record)]),
        *_listed(reason.sentence for reason in decided.reasons),
        f"{brief(summary.judgements.tally, SENTENCE)}. {brief(summary.laws.line, SENTENCE)}.",
        f"Model {brief(told.model)}, profile {brief(told.profile)}, protocol "
        f"{brief(told.protocol)}, engine {brief(told.engine)}.",
        f"{brief(which[0].upper() + which[1:], 4000)}.",
        *_bold(summary.tries),
        *_bold(summary.remote_code),
        *_bold(gaps.broken),
        *_bold([] if summary.judge is None else summary.judge.doubts),
    )
    head = (*opening, "", f"**{brief(decided.sentence, SENTENCE)}**", "")
    return Block(tuple(said), head=head, gap="\n\n")


def _bold(lines: Iterable[str]) -> list[str]:
    told = [f"**{brief(line, 1000)}**" for line in lines]
    return [*told[:_MOST], *_more(told)]


def _listed(reasons: Iterable[str]) -> list[str]:
    told = [f"- {brief(reason, SENTENCE)}" for reason in reasons]
    return ["\n".join([*told[:_MOST], *(f"- {line}" for line in _more(told))])] if told else []


def _more(told: list[str]) -> list[str]:
    return [f"{len(told) - _MOST} further ones"] if len(told) > _MOST else []
