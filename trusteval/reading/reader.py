"""Decides what a text answers: total, linear in its length, the same for every subject.

One answer per text: a label the setting declares, a refusal, or an invalid output with its reason,
and with it the rule that decided and the words it rests on. The rules are the `strict` protocol's
(docs/method.md); arXiv 2511.22483, section IV-B asks for the distinction between labels, refusals
and unmappable outputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from trusteval.reading import refusals
from trusteval.reading.claim import ALONE, ANNOUNCED, Claim, Weight, in_turns
from trusteval.reading.decision import Evidence, decide
from trusteval.reading.declining import declined_in, declinings
from trusteval.reading.family import STRONG
from trusteval.reading.languages import ENGLISH, OTHER
from trusteval.reading.languages.language import Language
from trusteval.reading.shown import Shown, shown
from trusteval.reading.statements import statements
from trusteval.reading.symbols import symbol_claims
from trusteval.reading.verdict import verdicts
from trusteval.reading.words import bare_label, spelled_out
from trusteval.types import (
    Invalid,
    InvalidReason,
    Label,
    LabelForm,
    LabelSpec,
    Reading,
    Refusal,
    Setting,
)

READER_VERSION = 2
"""Counts up whenever a text may be read otherwise than before."""

_CONTRADICTORY = Invalid(InvalidReason.CONTRADICTORY)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n")
_QUOTATION = re.compile(r'"[^"\n]{24,600}"')
_WHOLE = 0.8
"""Share of a text from which on a quotation is all that it says."""
# What a model goes on with after its answer: another item of the benchmark.
_ANOTHER_ITEM = re.compile(
    r"^[^\S\n]*(?:scenario|text|sentence|review|question|premise|hypothesis|item|example|input|person"
    r"|snippet|statement|passage|context|situation|case|q)\b[^\n:]{0,24}:|\?[ \t]*\n",
    re.IGNORECASE | re.MULTILINE,
)
_NEW_CLAUSE = re.compile(r"[.;!?\n]|,? but\b|,? so\b|however|-\s|, ")
_CLAUSE_REACH = 200


def read(
    setting: Setting, text: str, *, options: tuple[str, ...] = (), truncated: bool = False
) -> Reading:
    """Return the answer a text gives under a setting, with the rule and the words; never raises.

    `options` are the texts of the choices, in the order of the setting's symbols; `truncated` says
    that generation stopped at the token limit.
    """
    if setting.form is LabelForm.OPEN:
        return refusals.read(text, truncated=truncated)
    if setting.form is LabelForm.SYMBOL:
        return _read_symbols(setting, text, options, truncated)
    asked = _Asked(setting.labels, setting.abstention, setting.closing)
    whole = _words(asked, text, truncated)
    if whole.answer == _CONTRADICTORY:
        # A model may answer, and go on with an item and an answer that it invents.
        first, *rest = _paragraphs(text)
        if rest and _ANOTHER_ITEM.search(rest[0]):
            again = _words(asked, first, False)
            if isinstance(again.answer, Label):
                return again
    return whole


def _read_symbols(
    setting: Setting, text: str, options: tuple[str, ...], truncated: bool
) -> Reading:
    symbols = tuple([label.value for label in setting.labels])
    if setting.abstention is not None and setting.abstention not in symbols:
        symbols = (*symbols, setting.abstention)
    if (bare := text.strip(" \n.")) in symbols:
        return Reading(_answer(bare, setting.abstention), ALONE, bare)
    asked = symbols, setting.abstention, setting.continued
    whole = _symbols(*asked, text, options, truncated)
    if setting.continued and whole.answer == _CONTRADICTORY:
        # A model that continues text answers, then invents the next question with its options.
        again = _symbols(*asked, _paragraphs(text)[0], options, truncated)
        if isinstance(again.answer, Label | Refusal):
            return again
    return whole


class _Asked(NamedTuple):
    """What of a setting tells how words are read."""

    labels: tuple[LabelSpec, ...]
    abstention: str | None
    closing: bool


@lru_cache(maxsize=8192)
def _words(asked: _Asked, text: str, truncated: bool) -> Reading:
    seen = shown(text)
    if not seen.words:
        return _nothing(seen, truncated)
    if (only := bare_label(seen.lowered.rstrip(".! "), labels=asked.labels)) is not None:
        return Reading(_answer(only.value, asked.abstention), ALONE, seen.quotable)
    said = statements(
        seen.lowered,
        labels=asked.labels,
        language=seen.language,
        cut=truncated,
        closing=asked.closing,
    )
    if asked.closing:
        said = verdicts(said, text=seen.lowered, labels=asked.labels)
        claims = list(said.claims)
    else:
        claims = _unquoted(in_turns(said.claims, seen.lowered), seen.lowered)
    if seen.language is OTHER:
        claims = [claim for claim in claims if _fills_line(claim, seen.lowered)]
    if truncated and seen.deliberates:
        claims = [claim for claim in claims if claim.rule == ANNOUNCED]
    return decide(Evidence(claims, said.declined, seen.quotable, truncated, asked.abstention))


@lru_cache(maxsize=8192)
def _symbols(
    symbols: tuple[str, ...],
    abstention: str | None,
    continued: bool,
    text: str,
    options: tuple[str, ...],
    truncated: bool,
) -> Reading:
    seen = shown(text)
    if not seen.words:
        return _nothing(seen, truncated)
    claims = symbol_claims(seen.words, symbols=symbols, options=options, continued=continued)
    claims = _unquoted(in_turns(claims, seen.words.lower()), seen.words)
    declined = declined_in(seen.lowered, language=seen.language)
    if any(found.family in STRONG for found in declined):
        claims = [_unless_declined(claim, seen.words, seen.language) for claim in claims]
    if truncated:
        claims = [claim for claim in claims if not _is_unfinished(claim, seen.words)]
    if truncated and seen.deliberates:
        least = Weight.FINAL if seen.headed else Weight.ANSWER
        claims = [c for c in claims if c.weight >= least or c.rule == ANNOUNCED]
    return decide(Evidence(claims, declined, seen.words, truncated, abstention, of_signs=True))


def _answer(value: str, abstention: str | None) -> Label | Refusal:
    return Refusal() if value == abstention else Label(value)


def _nothing(seen: Shown, truncated: bool) -> Reading:
    """Where the token limit was reached before anything was said, the limit is to blame."""
    if seen.thinks:
        return Reading(Invalid(InvalidReason.TRUNCATED), "a thought that never ends", "")
    if truncated:
        return Reading(Invalid(InvalidReason.TRUNCATED), "cut before anything was said", "")
    return Reading(Invalid(InvalidReason.EMPTY), "nothing is said", "")


def _paragraphs(text: str) -> list[str]:
    """Return the first paragraph and the rest, if there is any."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _PARAGRAPH_END.split(lines.strip(), maxsplit=1)


# -- what counts for nothing ---------------------------------------------------------------


def _unquoted(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Take what stands in a long quotation for no statement, unless all is one."""
    if '"' not in text:
        return list(claims)
    spans = [found.span() for found in _QUOTATION.finditer(text)]
    spans = [(start, end) for start, end in spans if end - start < _WHOLE * len(text)]
    return [
        replace(claim, weight=Weight.NAMED, rule="quoted")
        if any(start < claim.start < end for start, end in spans)
        else claim
        for claim in claims
    ]


def _fills_line(claim: Claim, text: str) -> bool:
    """Whether nothing stands beside a label in its line."""
    start = text.rfind("\n", 0, claim.start) + 1
    end = text.find("\n", claim.end)
    rest = text[start : claim.start] + text[claim.end : len(text) if end < 0 else end]
    return not any(character.isalnum() for character in rest)


def _is_unfinished(claim: Claim, text: str) -> bool:
    """Whether a cut text has only begun to speak of an option at its end."""
    begins = len(text[: claim.start].split()) > 1
    return claim.rule == "named as an option" and claim.end >= len(text) and begins


def _unless_declined(claim: Claim, text: str, language: Language) -> Claim:
    """Take no sign for an answer in the clause that declines to give one."""
    if claim.weight is Weight.NAMED or claim.rule == ANNOUNCED:
        return claim
    line = max(text.rfind(mark, 0, claim.start) for mark in ".!?\n") + 1
    before = text[max(line, claim.start - _CLAUSE_REACH) : claim.start].lower().strip()
    if language is ENGLISH:
        before = spelled_out(before)
    for found in declinings(before, language=language):
        if found.family in STRONG and not _NEW_CLAUSE.search(before[found.end :]):
            return replace(claim, weight=Weight.NAMED, rule="declined")
    return claim
