"""Words the first items that speak against a subject: what was asked, answered and said."""

from __future__ import annotations

from collections.abc import Iterator

from trusteval.metrics.metric import METRICS
from trusteval.printable import printable_line
from trusteval.report.lost_items import LostItem, lost_items
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Prompt, Role, Unavailable, Verdict

MOST = 3
_MOST_ASKED = 300
_MOST_SAID = 120
"""Letters of a prompt and of a response; what has more is cut, and it is said."""


def lost_item_lines(run: AnsweredRun, verdict: Verdict) -> Iterator[str]:
    """Yield printable lines on up to three items of a verdict; those of one item are set in."""
    if verdict.score.metric not in METRICS:
        yield printable_line(f"its items are not known: no metric {verdict.score.metric} here")
        return
    found = lost_items(run, verdict, most=MOST)
    if isinstance(found, Unavailable):
        yield printable_line(f"its items cannot be shown: {found.why}")
        return
    first = "" if found.n <= len(found.shown) else f"; the first {len(found.shown)}"
    them = "item" if found.n == 1 else "items"
    reference = found.shown[0].reference if found.shown else verdict.reference
    against = _against(verdict, reference)
    yield printable_line(f"{found.n} {them} {against}{first}{':' if found.shown else ''}")
    for number, one in enumerate(found.shown, 1):
        yield from map(printable_line, _lines_of(one, number=number, subject=verdict.subject))


def _against(verdict: Verdict, reference: str | None) -> str:
    """Say what makes an item one that speaks against the subject."""
    metric, subject = verdict.score.metric, verdict.subject
    if METRICS[metric].is_disparity:
        how = "wrong or not at all" if reference is None else f"otherwise than by {reference}"
        return f"answered {how} (a gap is of whole groups, no item opens it alone)"
    beside = "" if reference is None else f" and not against {reference}"
    return f"count against {subject} by {metric}{beside}"


def _lines_of(one: LostItem, *, number: int, subject: str) -> Iterator[str]:
    yield f"{number}. {one.item}, right: {one.target}"
    asked = f"item: {one.text}" if one.prompt is None else f"asked: {_asked(one.prompt)}"
    yield f"   {asked}"
    if one.reference is not None:
        yield f"   {one.reference}: {one.reference_answer}{_said(one.reference_said)}"
    yield f"   {subject}: {one.answer}{_said(one.said)}"


def _asked(prompt: Prompt) -> str:
    """Return a prompt in one line; of a long one the end, where the question is."""
    turns = [
        turn.content if turn.role is Role.PLAIN else f"[{turn.role}] {turn.content}"
        for turn in prompt
    ]
    text = _in_one_line(" ".join(turns))
    if len(text) <= _MOST_ASKED:
        return text
    return f"(the last {_MOST_ASKED} of {len(text):,} letters) ...{text[-_MOST_ASKED:]}"


def _said(text: str | None) -> str:
    if text is None:
        return ""
    whole = _in_one_line(text)
    if len(whole) <= _MOST_SAID:
        return f', said "{whole}"'
    return f', said "{whole[:_MOST_SAID]}..." (the first {_MOST_SAID} of {len(whole):,} letters)'


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
