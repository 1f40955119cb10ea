"""Decides by what a text says of labels and by where it declines: one reading, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trusteval.reading.claim import CHOICE, DENIED, LISTED, Claim, Weight, heaviest
from trusteval.reading.declining import Declining
from trusteval.reading.family import STRONG, Family
from trusteval.types import Answer, Invalid, InvalidReason, Label, Reading, Refusal

_LONGEST_SPAN = 160
_BEYOND = 40
_MARKS = ".!?;\n"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found in a text: claims and declinings by their places in `text`.

    `cut` says that generation stopped at the token limit; `of_signs` that labels are letters or
    digits, which name a choice only where they list them; `abstention` is the label that means "I
    don't know".
    """

    claims: Sequence[Claim]
    declined: Sequence[Declining]
    text: str
    cut: bool
    abstention: str | None = None
    of_signs: bool = False


def decide(found: Evidence) -> Reading:
    """Return the answer, the rule that decided and the words it rests on."""
    counted = heaviest(found.claims)
    weight = counted[0].weight if counted else Weight.NAMED
    values = {claim.value for claim in counted if claim.rule != DENIED}
    declining = next((d for d in found.declined if d.family in STRONG), None)
    excusing = next((d for d in found.declined if d.family not in STRONG), None)
    needed = Weight.STATED if declining or excusing or found.cut else Weight.WORD
    only_lists = len(values) > 1 and all(claim.rule == LISTED for claim in counted)
    if weight >= needed and not (only_lists and (declining or found.cut)):
        return _stated(found, counted)
    declined = declining or excusing
    if declined is not None and declined.family is not Family.REQUEST:
        words = _span(found.text, declined.start, declined.end)
        return Reading(Refusal(), declined.family.value, words)
    return _unanswered(found, counted, declined)


def _stated(found: Evidence, counted: Sequence[Claim]) -> Reading:
    first, last = counted[0], counted[-1]
    if any(claim.value != first.value for claim in counted):
        words = _span(found.text, first.start, last.end)
        return _invalid(InvalidReason.CONTRADICTORY, "states several labels", words)
    answer: Answer = Refusal() if last.value == found.abstention else Label(last.value)
    return Reading(answer, last.rule, _clause(found.text, last.start, last.end))


def _unanswered(found: Evidence, counted: Sequence[Claim], requested: Declining | None) -> Reading:
    words = _span(found.text, 0, _LONGEST_SPAN)
    if found.cut:
        return _invalid(InvalidReason.TRUNCATED, "cut before it decided", words)
    if requested is not None:
        words = _span(found.text, requested.start, requested.end)
        return _invalid(InvalidReason.UNPARSEABLE, requested.family.value, words)
    named = [claim for claim in counted if claim.rule != DENIED]
    if found.of_signs:
        named = [claim for claim in found.claims if claim.rule == CHOICE]
    if len({claim.value for claim in named}) > 1:
        rule = "names several labels and decides on none"
        return _invalid(InvalidReason.CONTRADICTORY, rule, words)
    rule = counted[0].rule if counted else "no label"
    return _invalid(InvalidReason.UNPARSEABLE, rule, words)


def _invalid(reason: InvalidReason, rule: str, words: str) -> Reading:
    return Reading(Invalid(reason), rule, words)


def _span(text: str, start: int, end: int) -> str:
    return " ".join(text[start : min(end, start + _LONGEST_SPAN)].split())


def _clause(text: str, start: int, end: int) -> str:
    """Return the words around a label: what the reading rests on."""
    first = max(text.rfind(mark, max(0, start - _LONGEST_SPAN), start) for mark in _MARKS)
    first = max(first + 1, start - _LONGEST_SPAN, 0)
    ends = [p for mark in _MARKS if (p := text.find(mark, end, end + _LONGEST_SPAN)) >= 0]
    return " ".join(text[first : min(ends, default=min(len(text), end + _BEYOND))].split())
