"""Reads the statements of a text about labels that are single letters or digits.

Such a sign stands everywhere, so it counts only where it is announced, chosen, in brackets, at the
start of a line, or beside its option's own text (docs/method.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trusteval.reading.announcement import A_WORD, CORRECT, DENIED, POSSIBLE, STARTS_LINE, weigh
from trusteval.reading.claim import CHOICE, LISTED, Claim, Weight
from trusteval.reading.option_texts import OptionTexts, bare, beside
from trusteval.reading.sign import Sign, signs

_OWN_TEXT = "an option's own text"
_MOST_TEXTS = 16
"""Signs whose text beside them is compared with the options."""
_LONGEST_LINK = 24
_LINK = r"(?:,|/|&|-|and|or|to|\+|y|o|et|ou|und|oder|和|或|、)"
_LINKED = re.compile(
    rf"[\"')\]]*\s*(?:,\s*)?{_LINK}\s*(?:option |choice )?[\"'(\[]*", re.IGNORECASE
)
_BESIDE_SIGNS = re.compile(
    # before the first: "both"; between: ", and"; after the last: "are correct."
    r"\s*(?:(?:both|either|options?|choices?|answers?|the)\s+)*"
    rf"|[\"'()\[\]\s]*(?:{_LINK}|\s)*[\"'()\[\]\s]*"
    r"|[\"')\].!\s]*(?:are (?:both )?(?:correct|right|true|the answers?))?[.!\s]*",
    re.IGNORECASE,
)


def symbol_claims(
    text: str, *, symbols: tuple[str, ...], options: Sequence[str], continued: bool = False
) -> list[Claim]:
    """Read what a text, its case kept, says of letters or digits; linear in its length.

    `continued` says that it goes on from a question, where options' words may stand by chance.
    """
    texts = OptionTexts(symbols, options)
    found = list(signs(text, symbols))
    claims = [_claim(sign, texts) for sign in found]
    if len(claims) > 1:
        claims = _lines_of_signs(text, _chained(text, claims))
        claims = _without_echo(text, claims, found, texts)
    claims += _contradicted(text, claims, texts)
    if continued:
        claims = [_unless_next_question(text, claim, symbols[0]) for claim in claims]
    if any(claim.weight >= Weight.STATED for claim in claims):
        return claims
    repeats = any(claim.rule == CHOICE for claim in claims)
    if (whole := texts.whole(text, announced=repeats)) is not None:
        return [*claims, _of_text(Weight.ANSWER, *whole)]
    if not (continued or repeats) and (named := texts.in_sentence(text)) is not None:
        return [*claims, _of_text(Weight.STATED, *named)]
    return claims


def _claim(sign: Sign, texts: OptionTexts) -> Claim:
    weight, rule = weigh(sign, texts)
    return Claim(sign.value, weight, rule, sign.start, sign.end)


def _of_text(weight: Weight, symbol: str, start: int, end: int) -> Claim:
    return Claim(symbol, weight, _OWN_TEXT, start, end)


# -- lists -------------------------------------------------------------------------------


def _chained(text: str, claims: list[Claim]) -> list[Claim]:
    """Give signs that are listed together one weight: "B or C", "A, B and C are all wrong"."""
    chains: list[list[Claim]] = []
    for claim in claims:
        if chains and _is_linked(text, chains[-1][-1], claim):
            chains[-1].append(claim)
        else:
            chains.append([claim])
    return [claim for chain in chains for claim in _alike(chain)]


def _is_linked(text: str, before: Claim, claim: Claim) -> bool:
    between = text[before.end : claim.start]
    return (
        before.value != claim.value
        and len(between) <= _LONGEST_LINK
        and _LINKED.fullmatch(between) is not None
        and A_WORD not in (before.rule, claim.rule)
    )


def _alike(chain: list[Claim]) -> list[Claim]:
    last = chain[-1]
    if len(chain) == 1:
        return chain
    if chain[0].rule == POSSIBLE:
        return [replace(claim, weight=Weight.NAMED, rule=POSSIBLE) for claim in chain]
    if last.rule == DENIED and all(claim.weight is not Weight.FINAL for claim in chain):
        return [replace(claim, weight=Weight.NAMED, rule=DENIED) for claim in chain]
    weight = max(claim.weight for claim in chain)
    return [
        claim if claim.rule == DENIED else replace(claim, weight=weight, rule=LISTED)
        for claim in chain
    ]


def _lines_of_signs(text: str, claims: list[Claim]) -> list[Claim]:
    """Take all signs of a line that holds little else for the answer, as in "both B and C"."""
    kept = list(claims)
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        places = [n for n, claim in enumerate(claims) if start <= claim.start < end]
        if 1 < len(places) <= _MOST_TEXTS and _is_list(
            text, [claims[n] for n in places], start, end
        ):
            for n in places:
                kept[n] = replace(claims[n], weight=Weight.ANSWER, rule=LISTED)
        start = end + 1
    return kept


def _is_list(text: str, claims: Sequence[Claim], start: int, end: int) -> bool:
    """Whether nothing but links stands around and between signs."""
    edges = [start, *(edge for claim in claims for edge in (claim.start, claim.end)), end]
    return all(
        _BESIDE_SIGNS.fullmatch(text[a:b]) for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


def _without_echo(
    text: str, claims: list[Claim], found: Sequence[Sign], texts: OptionTexts
) -> list[Claim]:
    """Take options that a text repeats, on lines of their own or not, for no statement."""
    runs: list[list[int]] = []
    for place, (claim, sign) in enumerate(zip(claims, found, strict=True)):
        if claim.rule in (DENIED, CORRECT):
            continue
        if claim.rule != STARTS_LINE and not texts.follows(sign):
            continue
        last = claims[runs[-1][-1]] if runs else None
        follows = last is not None and claim.value > last.value
        follows = follows and text.count("\n", last.end if last else 0, claim.start) <= 1
        mark, _, rest = sign.after.partition("\n")[0].partition(" ")
        if follows and (mark or rest):
            runs[-1].append(place)
        elif rest:
            runs.append([place])
    kept = list(claims)
    for place in [place for run in runs if len(run) > 1 for place in run]:
        kept[place] = replace(claims[place], weight=Weight.NAMED, rule=CHOICE)
    return kept


def _unless_next_question(text: str, claim: Claim, first: str) -> Claim:
    """Take the first letter before other words, on a later line, for the options of a question."""
    line = text.rfind("\n", 0, claim.start) + 1
    rest = any(character.isalnum() for character in text[claim.end :].partition("\n")[0])
    if claim.rule == STARTS_LINE and claim.value == first and text[:line].strip() and rest:
        return replace(claim, weight=Weight.NAMED, rule=CHOICE)
    return claim


def _contradicted(text: str, claims: Sequence[Claim], texts: OptionTexts) -> list[Claim]:
    """Return what a sign beside another option's whole text says as well."""
    stated = [claim for claim in claims if claim.weight >= Weight.STATED][:_MOST_TEXTS]
    found = []
    for claim in stated:
        words = bare(beside(text[claim.end : claim.end + 400]))
        other = texts.other_than(claim.value, words)
        if other is not None:
            found.append(replace(claim, value=other, rule="another option's text"))
    return found
