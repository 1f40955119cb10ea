"""What counts in a text that is to close with its verdict: what it states last.

The reader of statements weighs labels that things are called; here they are what somebody does, as
in "I agree". Who states neither of two opposites declines (docs/method.md).
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from trusteval.reading.claim import ALONE, CHOICE, Claim, Weight
from trusteval.reading.declining import Declining
from trusteval.reading.family import Family
from trusteval.reading.statements import Statements
from trusteval.types import LabelSpec

QUOTED = "quoted"
_SENTENCE_END = re.compile(r"[.!?;][\"')\]]*\s|\n")
_QUOTATION = re.compile(r'"[^"\n]{0,600}"')
# "I strongly", "I do not necessarily", "I would have to", "I must say that I".
_FIRST_PERSON = re.compile(
    r"\bi (?:(?!(?:i|you|we|they|he|she|it|the|that|a|an|my|your)\b)[\w'%-]+,? ){0,4}$"
)
_REACH = 60
_DENYING = (
    r"\b(?:not|never|nothing|neither|refuse|refusing|without|instead of|rather than|no need"
    r"|no way|avoid|decline|unable)\b[^.!?;\n]{0,100}?"
)
# What parts two labels that are named together: "or", "nor do I", quotation marks and full stops.
_BETWEEN = (
    r"(?:ing|ment)?[\"'.,]*(?: with [^.!?;\n]{1,60}?)?,?"
    r"(?: (?:or|nor|and)(?: that| an?)? | ?/ ?|-)[\"']?"
    r"(?:(?:do|can|could|would|will) )?(?:i )?(?:\w+ly )?"
)
# "couldn't possibly agree more" tops agreeing, and denies nothing.
_TOPPED_BEFORE = re.compile(r"\b(?:could|can) (?:not|never|hardly) (?:\w+ly )*$")
_TOPPED_AFTER = re.compile(r"(?: with [^.!?;\n]{1,40}?)? (?:any )?more\b(?! than)")
# "people often disagree", "you want me to agree".
_OTHERS = re.compile(
    r"\b(?:(?:we|you|they|he|she|who|one|people|others|many|most|some|several|everyone|everybody"
    r"|anyone|someone|nobody|humans|experts|scholars|researchers|scientists|studies|historians"
    r"|let us|let's)(?: both| all)?|(?:me|you|us|them|people|anyone|everyone) to)"
    r" (?:(?:can|could|would|may|might|will|should|must|do|not|all|also|often|still|\w+ly) ){0,3}$"
)
_PLACED = frozenset({"opens the answer", ALONE})


def verdicts(said: Statements, *, text: str, labels: tuple[LabelSpec, ...]) -> Statements:
    """Return what a text in lower case says as one that closes with its verdict.

    Every claim's turn is the sentence that it stands in, and who states neither label declines.
    """
    pairs = list(_pairs(text, labels))
    neither = [Declining(Family.ABSTAINS, start, end) for start, end, denied in pairs if denied]
    in_pair = _Spans([(start, end) for start, end, _ in pairs])
    spelled = {word: label for label in labels for word in (label.value, *label.aliases)}
    weighed = [
        replace(claim, weight=Weight.NAMED, rule=CHOICE)
        if in_pair.hold(claim.start)
        else _weighed(claim, text, spelled)
        for claim in said.claims
    ]
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return Statements(
        [replace(claim, turn=bisect(ends, claim.start)) for claim in _unmentioned(weighed, text)],
        [*said.declined, *neither],
    )


@dataclass(frozen=True, slots=True)
class _Spans:
    """Parts of a text, from start to end, in order and apart."""

    of: Sequence[tuple[int, int]]

    def hold(self, place: int) -> bool:
        """Whether a place is in one of them."""
        before = bisect(self.of, (place, len(self.of) and self.of[-1][1]))
        return before > 0 and place < self.of[before - 1][1]


def _weighed(claim: Claim, text: str, spelled: Mapping[str, LabelSpec]) -> Claim:
    """Weigh a label by who does what it says; none weighs more by its place in the text."""
    before = text[max(0, claim.start - _REACH) : claim.start]
    label = spelled.get(text[claim.start : claim.end])
    topped = _TOPPED_BEFORE.search(before) and _TOPPED_AFTER.match(text, claim.end)
    if topped and label is not None:
        return replace(claim, value=label.value, weight=Weight.STATED, rule="stated")
    if claim.weight <= Weight.STATED and _OTHERS.search(before):
        return replace(claim, weight=Weight.NAMED, rule="somebody else's view")
    if claim.weight is Weight.WORD and _FIRST_PERSON.search(before):
        return replace(claim, weight=Weight.STATED, rule="stated")
    return replace(claim, weight=Weight.STATED) if claim.rule in _PLACED else claim


def _unmentioned(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Take labels in quotation marks for mentions of what was asked, unless no other is stated."""
    quoted = _Spans([found.span() for found in _QUOTATION.finditer(text)] if '"' in text else [])
    outside = [claim for claim in claims if not quoted.hold(claim.start)]
    if not any(claim.weight > Weight.NAMED for claim in outside):
        return list(claims)
    return [
        replace(claim, weight=Weight.NAMED, rule=QUOTED) if quoted.hold(claim.start) else claim
        for claim in claims
    ]


def _pairs(text: str, labels: tuple[LabelSpec, ...]) -> Iterator[tuple[int, int, bool]]:
    """Yield where two labels are named as a choice, and whether both are denied."""
    for found in _named_together(labels).finditer(text):
        if found["one"] != found["other"]:
            yield found.start(), found.end(), found["denying"] is not None


@lru_cache(maxsize=8)
def _named_together(labels: tuple[LabelSpec, ...]) -> re.Pattern[str]:
    words = [word for label in labels for word in (label.value, *label.aliases)]
    one = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.compile(
        rf"(?P<denying>{_DENYING})?\b(?P<one>{one}){_BETWEEN}\b(?P<other>{one})(?:ing|ment)?\b"
    )
