"""What a text says of one label, and which of its claims count."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

ANNOUNCED = "announced as the answer"
ALONE = "stands alone"
LISTED = "in a list"
CONCLUDED = "concluded"
CHOICE = "one of the choices"
DENIED = "denied, and has no opposite"


class Weight(IntEnum):
    """How much a label is worth where it stands; only the heaviest of a text count."""

    NAMED = 0
    """Asked, supposed, declined or one of the choices: no statement."""
    WORD = 1
    """Stands there, and nothing ascribes it: counts where nothing else is said."""
    REASON = 2
    """Stated in a clause that explains or concedes."""
    STATED = 3
    ANSWER = 4
    """Opens or closes the text, stands alone, or is announced as the answer."""
    FINAL = 5
    """Announced as the final answer."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A label's value where it stands (from `start` to `end`), and why it weighs what it weighs.

    `turn` counts how often the text has corrected itself before; `clause` numbers the clauses.
    """

    value: str
    weight: Weight
    rule: str
    start: int
    end: int
    turn: int = 0
    clause: int = 0


_CORRECTION = re.compile(
    r"\b(?:wait|hold on|scratch that|correction|on second thought|on reflection|my mistake|oops"
    r"|let me (?:correct|reconsider|re-?think|re-?check|redo)|i (?:misread|made a mistake|take "
    r"that back)|sorry, i meant|i mean(?:t)?)\b|(?:^|[.!?;,\n-] ?)(?:actually|or rather|no,? "
    r"actually)\b"
)


_CORRECTING = (
    *("wait", "hold on", "scratch that", "correct", "second thought", "reflection", "my mistake"),
    *(
        "oops",
        "reconsider",
        "think",
        "recheck",
        "re-check",
        "redo",
        "misread",
        "i made",
        "take that",
    ),
    *("mean", "actually", "or rather"),
)


def in_turns(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Count for every claim how often a text, in lower case, has corrected itself before."""
    if len(claims) < 2 or not any(stem in text for stem in _CORRECTING):
        return list(claims)
    corrections = [found.start() for found in _CORRECTION.finditer(text)]
    if not corrections:
        return list(claims)
    return [replace(claim, turn=bisect(corrections, claim.start)) for claim in claims]


def heaviest(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that count: of the text's last word, the heaviest."""
    if not claims:
        return []
    turn = max((c.turn for c in claims if c.weight >= Weight.STATED), default=0)
    standing = [c for c in claims if c.turn == turn or c.weight < Weight.STATED]
    top = max(claim.weight for claim in standing)
    return [claim for claim in standing if claim.weight is top]
