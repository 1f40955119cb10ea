"""Decides what a text answers: total, linear in its length, the same for every subject.

One answer per text: a label the setting declares, a refusal, or an invalid output with its reason,
and with it the rule that decided and the words it rests on. The rules are the `strict` protocol's
(docs/method.md); arXiv 2511.22483, section IV-B asks for the distinction between labels, refusals
and unmappable outputs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from trusteval.answers.claim import ANNOUNCED, CHOICE, DENIED, Claim, Weight, heaviest, in_turns
from trusteval.answers.declining import Declining, declinings
from trusteval.answers.detection import language_of
from trusteval.answers.family import STRONG, Family
from trusteval.answers.languages import ENGLISH, OTHER
from trusteval.answers.languages.language import Language
from trusteval.answers.plain import plain
from trusteval.answers.statements import statements
from trusteval.answers.symbols import LISTED, symbol_claims
from trusteval.answers.visible import visible
from trusteval.answers.words import spelled_out
from trusteval.types import (
    Answer,
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

_SPAN = 160
# What is said before an answer and is none of it.
_POLITE = re.compile(
    r"(?:(?:sure(?: thing)?|certainly|of course|absolutely|okay|ok|great|hello|hi(?: there)?"
    r"|thanks?"
    r"|thank you(?: [\w ]{1,40})?|great question|good question|got it|understood|i understand|no "
    r"problem"
    r"|happy to help|i(?:'d| would) be (?:happy|glad) to (?:help|assist)|with pleasure|alright"
    r"|well"
    r"|as requested|interesting question|hmm|here you go)[!.,:]+\s*)+",
    re.IGNORECASE,
)
# Thinking aloud, without a mark.
_DELIBERATES = re.compile(
    r"(?:(?:okay|ok|alright|all right|hmm+|well|so|now|right|let's see|first(?:ly)?|to "
    r"begin)[,.:! ]+)*"
    r"(?:(?:so )?(?:i|we) (?:need|have|want|should|must|am asked|are asked|ought)(?: to)? "
    r"?(?:figure|determine"
    r"|decide|think|analy[sz]e|consider|look|evaluate|assess|find|judge|classify|work|see"
    r"|understand|break)?"
    r"|let me|let us|let's (?:think|break|look|analy[sz]e|consider|see|go|work|start)|the (?:user"
    r"|question"
    r"|task|prompt|problem) (?:is|asks|wants|says|here)|to (?:determine|decide|answer|figure"
    r"|judge|solve|find)"
    r"|thinking process|step 1)\b"
)
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n")
_QUOTATION = re.compile(r'"[^"\n]{24,600}"')
# What a model goes on with after its answer: another item of the benchmark.
_ANOTHER_ITEM = re.compile(
    r"^\s*(?:scenario|text|sentence|review|question|premise|hypothesis|item|example|input|person"
    r"|snippet|statement|passage|context|situation|case|q)\b[^\n:]{0,24}:|\?[ \t]*\n",
    re.IGNORECASE | re.MULTILINE,
)
_BOUNDARY = re.compile(r"[.;!?\n]|,? but\b|,? so\b|however|, (?:my|the|i|it)\b|-\s|, ")


def read(
    setting: Setting, text: str, *, options: tuple[str, ...] = (), truncated: bool = False
) -> Reading:
    """Return the answer a text gives under a setting, with the rule and the words; never raises.

    `options` are the texts of the choices, in the order of the setting's symbols; `truncated` says
    that generation stopped at the token limit.
    """
    if setting.form is LabelForm.SYMBOL:
        return _read_symbols(setting, text, options, truncated)
    whole = _read_words(setting.labels, setting.abstention, text, truncated)
    if whole.answer == Invalid(InvalidReason.CONTRADICTORY):
        # A model may answer, and go on with an item and an answer that it invents.
        first, *rest = _PARAGRAPH_END.split(_unix(text).strip(), maxsplit=1)
        if rest and _ANOTHER_ITEM.search(rest[0]):
            again = _read_words(setting.labels, setting.abstention, first, False)
            if isinstance(again.answer, Label):
                return again
    return whole


@lru_cache(maxsize=8192)
def _read_words(
    labels: tuple[LabelSpec, ...], abstention: str | None, text: str, truncated: bool
) -> Reading:
    seen = _seen(text)
    if seen.nothing is not None:
        return _cut(seen.nothing, truncated)
    said = statements(seen.lowered, labels=labels, language=seen.language, cut=truncated)
    claims = _unquoted(in_turns(said.claims, seen.lowered), seen.lowered)
    if seen.language is OTHER:
        claims = [claim for claim in claims if _fills_line(claim, seen.lowered)]
    if truncated and (seen.headed or _DELIBERATES.match(seen.lowered)):
        claims = [claim for claim in claims if claim.rule == ANNOUNCED]
    return _decided(claims, said.declined, seen.quoted, abstention=abstention, truncated=truncated)


def _read_symbols(
    setting: Setting, text: str, options: tuple[str, ...], truncated: bool
) -> Reading:
    symbols = tuple([label.value for label in setting.labels])
    if setting.abstention is not None and setting.abstention not in symbols:
        symbols = (*symbols, setting.abstention)
    if (bare := text.strip(" \n.")) in symbols:
        return Reading(_labelled(bare, setting.abstention), "stands alone", bare)
    asked = symbols, setting.abstention, setting.continued
    whole = _symbols_in(*asked, text, options, truncated)
    if setting.continued and whole.answer == Invalid(InvalidReason.CONTRADICTORY):
        # A model that continues text answers, then invents the next question with its options.
        first = _PARAGRAPH_END.split(_unix(text).strip(), maxsplit=1)[0]
        again = _symbols_in(*asked, first, options, truncated)
        if isinstance(again.answer, Label | Refusal):
            return again
    return whole


@lru_cache(maxsize=8192)
def _symbols_in(
    symbols: tuple[str, ...],
    abstention: str | None,
    continued: bool,
    text: str,
    options: tuple[str, ...],
    truncated: bool,
) -> Reading:
    seen = _seen(text)
    if seen.nothing is not None:
        return _cut(seen.nothing, truncated)
    claims = symbol_claims(seen.words, symbols=symbols, options=options, continued=continued)
    claims = _unquoted(in_turns(claims, seen.words.lower()), seen.words)
    declined = _declined_sentences(seen.lowered, seen.language)
    if any(d.family in STRONG for d in declined):
        claims = [_unless_declined(claim, seen.words, seen.language) for claim in claims]
    if truncated:
        claims = [claim for claim in claims if not _is_unfinished(claim, seen.words)]
    if truncated and seen.headed:
        claims = [claim for claim in claims if claim.rule == ANNOUNCED]
    elif truncated and _DELIBERATES.match(seen.lowered):
        claims = [claim for claim in claims if claim.weight >= Weight.ANSWER]
    return _decided(
        claims, declined, seen.words, abstention=abstention, truncated=truncated, lists=False
    )


# -- what is read ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """The words of a text that may answer, or the reading of one that has none."""

    words: str = ""
    lowered: str = ""
    language: Language = ENGLISH
    headed: bool = False
    nothing: Reading | None = None

    @property
    def quoted(self) -> str:
        """The words to quote by places in `lowered`, with their case where none was spelled "
        "out."""
        return self.words if len(self.words) == len(self.lowered) else self.lowered


# Short answers repeat: of 14,000 to MMLU a few dozen differ.
@lru_cache(maxsize=8192)
def _seen(text: str) -> _Seen:
    shown = visible(text)
    if shown.thinks:
        rule = "a thought that never ends"
        return _Seen(nothing=Reading(Invalid(InvalidReason.TRUNCATED), rule, ""))
    words = plain(shown.text)
    if not words:
        return _Seen(nothing=Reading(Invalid(InvalidReason.EMPTY), "nothing is said", ""))
    polite = _POLITE.match(words)
    if polite is not None and words[polite.end() :].strip():
        words = words[polite.end() :]
    lowered = words.lower()
    language = language_of(lowered)
    if language is ENGLISH:
        lowered = spelled_out(lowered)
    return _Seen(words, lowered, language, shown.headed)


def _cut(nothing: Reading, truncated: bool) -> Reading:
    """Where the token limit was reached before anything was said, the limit is to blame."""
    if truncated and nothing.answer == Invalid(InvalidReason.EMPTY):
        return Reading(Invalid(InvalidReason.TRUNCATED), "cut before anything was said", "")
    return nothing


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=8192)
def _declined_sentences(text: str, language: Language) -> tuple[Declining, ...]:
    found: list[Declining] = []
    start = 0
    for sentence in re.split(r"(?<=[.!?\n])", text):
        found += [declined.moved(start) for declined in declinings(sentence, language=language)]
        start += len(sentence)
    return tuple(found)


def _unless_declined(claim: Claim, text: str, language: Language) -> Claim:
    """Take no sign for an answer in the clause that declines to give one."""
    if claim.weight is Weight.NAMED or claim.rule == ANNOUNCED:
        return claim
    line = max(text.rfind(mark, 0, claim.start) for mark in ".!?\n") + 1
    before = text[max(line, claim.start - 200) : claim.start].lower()
    if language is ENGLISH:
        before = spelled_out(before)
    for found in declinings(before.strip(), language=language):
        if found.family in STRONG and not _BOUNDARY.search(before.strip()[found.end :]):
            return Claim(claim.value, Weight.NAMED, "declined", claim.start, claim.end)
    return claim


def _is_unfinished(claim: Claim, text: str) -> bool:
    """Whether a cut text has only begun to speak of an option at its end."""
    begins = len(text[: claim.start].split()) > 1
    return claim.rule == "named as an option" and claim.end >= len(text) and begins


def _unquoted(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Take what stands in a long quotation for no statement, unless all is one."""
    if '"' not in text:
        return list(claims)
    spans = [found.span() for found in _QUOTATION.finditer(text)]
    spans = [(start, end) for start, end in spans if end - start < 0.8 * len(text)]
    return [
        replace(claim, weight=Weight.NAMED, rule="quoted")
        if any(start < claim.start < end for start, end in spans)
        else claim
        for claim in claims
    ]


def _fills_line(claim: Claim, text: str) -> bool:
    start = text.rfind("\n", 0, claim.start) + 1
    end = text.find("\n", claim.end)
    rest = text[start : claim.start] + text[claim.end : len(text) if end < 0 else end]
    return not any(character.isalnum() for character in rest)


# -- what is decided ---------------------------------------------------------------------


def _decided(
    claims: Sequence[Claim],
    declined: Sequence[Declining],
    text: str,
    *,
    abstention: str | None,
    truncated: bool,
    lists: bool = True,
) -> Reading:
    """Weigh what a text says of labels against where it declines."""
    counted = heaviest(claims)
    weight = counted[0].weight if counted else Weight.NAMED
    values = dict.fromkeys(claim.value for claim in counted if claim.rule != DENIED)
    declining = next((d for d in declined if d.family in STRONG), None)
    excusing = next((d for d in declined if d.family not in STRONG), None)
    needed = Weight.STATED if declining or excusing or truncated else Weight.WORD
    listed = len(values) > 1 and all(claim.rule == LISTED for claim in counted)
    if weight >= needed and not (listed and (declining or truncated)):
        if len(values) > 1:
            span = _span(text, counted[0].start, counted[-1].end)
            return Reading(Invalid(InvalidReason.CONTRADICTORY), "states several labels", span)
        claim = counted[-1]
        return Reading(
            _labelled(claim.value, abstention), claim.rule, _around(text, claim.start, claim.end)
        )
    found = declining or excusing
    if found is not None and found.family is not Family.REQUEST:
        return Reading(Refusal(), found.family.value, _span(text, found.start, found.end))
    if truncated:
        return Reading(
            Invalid(InvalidReason.TRUNCATED), "cut before it decided", _span(text, 0, _SPAN)
        )
    if found is not None:
        rule = found.family.value
        return Reading(
            Invalid(InvalidReason.UNPARSEABLE), rule, _span(text, found.start, found.end)
        )
    if lists and len(values) > 1:
        return Reading(
            Invalid(InvalidReason.CONTRADICTORY),
            "names several labels and decides on none",
            _span(text, counted[0].start, counted[-1].end),
        )
    if not lists and len({c.value for c in claims if c.rule == CHOICE}) > 1:
        return Reading(
            Invalid(InvalidReason.CONTRADICTORY), "repeats the choices", _span(text, 0, _SPAN)
        )
    rule = counted[0].rule if counted else "no label"
    return Reading(Invalid(InvalidReason.UNPARSEABLE), rule, _span(text, 0, _SPAN))


def _labelled(value: str, abstention: str | None) -> Answer:
    return Refusal() if value == abstention else Label(value)


def _span(text: str, start: int, end: int) -> str:
    return " ".join(text[start : min(end, start + _SPAN)].split())


def _around(text: str, start: int, end: int) -> str:
    """Return the clause around a label: what the reading rests on."""
    marks = ".!?;\n"
    first = max((text.rfind(mark, max(0, start - _SPAN), start) for mark in marks), default=-1)
    first = max(first + 1, start - _SPAN, 0)
    ends = [place for mark in marks if (place := text.find(mark, end, end + _SPAN)) >= 0]
    return " ".join(text[first : min(ends, default=min(len(text), end + 40))].split())
