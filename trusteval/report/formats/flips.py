"""The first items that a gate's subject lost, with what was asked and what both sides said."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.blocks import SENTENCE, Block, brief, paragraphs, shortened
from trusteval.report.lost_items import LostItem, LostItems, lost_items
from trusteval.report.markup import in_markdown
from trusteval.report.outcomes import SEVERITY, shown_outcome
from trusteval.types import Outcome, Unavailable, Verdict

_MOST_GATES, _MOST_ITEMS, _PROMPT = 12, 3, 1_500
"""Gates and items of each that are shown, and characters of what was asked."""


def flips(run: FinishedRun) -> tuple[Block, ...]:
    """Return the items lost by every verdict that did not pass, worst first, each in a fold."""
    worst_first = sorted(
        (one for one in run.record.verdicts if one.outcome is not Outcome.PASS),
        key=lambda one: (-SEVERITY.index(shown_outcome(one)), one.gate, one.subject),
    )
    if not worst_first:
        return ()
    if isinstance(run.answers, Unavailable):
        return (paragraphs([f"Not shown: {brief(run.answers.why, SENTENCE)}"]),)
    shown = [
        _fold(verdict, lost_items(run.answers, verdict, most=_MOST_ITEMS))
        for verdict in worst_first[:_MOST_GATES]
    ]
    if (n_more := len(worst_first) - len(shown)) > 0:
        shown.append(f"{n_more} further gates did not pass; *trusteval compare* has all items.")
    return (paragraphs(shown),)


def _fold(verdict: Verdict, lost: LostItems | Unavailable) -> str:
    """Return one gate's items, whole: what is shortened leaves out folds, not their ends."""
    title = f"{shown_outcome(verdict)}: {brief(verdict.subject)} on {brief(verdict.gate)}"
    if isinstance(lost, Unavailable):
        return f"{title}: items not known, {brief(lost.why, SENTENCE)}"
    if not lost.n:
        return f"{title}: no item speaks against it"
    counted = f"{lost.n} items, the first {len(lost.shown)}" if lost.n > len(lost.shown) else ""
    summary = f"{title}: {counted or f'{lost.n} items'}"
    body = "\n\n".join(line for item in lost.shown for line in _lines(item))
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def _lines(item: LostItem) -> Iterator[str]:
    yield f"**{brief(item.item)}**, right is {brief(item.target)}"
    yield f"> {_asked(item)}"
    if item.reference is not None and item.reference_answer is not None:
        yield f"- {_said(item.reference, item.reference_answer, item.reference_said)}"
    yield f"- {_said('the subject', item.answer, item.said)}"


def _asked(item: LostItem) -> str:
    if item.prompt is None:
        return brief(item.text, _PROMPT)
    room = _PROMPT // max(1, len(item.prompt))
    return "<br>".join(f"**{one.role}:** {_broken(one.content, room)}" for one in item.prompt)


def _said(name: str, answer: str, said: str | None) -> str:
    words = "" if said is None else f"; it said: {_broken(said, SENTENCE)}"
    return f"{brief(name)}: **{brief(answer)}**{words}"


def _broken(text: str, most: int) -> str:
    """Return a text of several lines in one line of Markdown."""
    return "<br>".join(map(in_markdown, shortened(text, most).split("\n")))
