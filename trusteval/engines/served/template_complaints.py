"""Recognizes what a chat template complains of in a server's error, and words what to do about it.

Templates without a system turn refuse it in their own words, which servers pass on as 400 (vLLM,
SGLang), 422 or 500 (llama.cpp); no attempt after the first ends otherwise.
"""

from __future__ import annotations

import re
from enum import StrEnum

_AROUND = 40
_TURN = r"system['\"`]?[ _-]*(?:role|message|prompt|turn|instruction)s?\b"
_NEAR = r"[^.\n]{0,30}?"
_REFUSED = (
    r"\b(?:not|no|never|cannot|can't|\w+n't|un)[^.\n]{0,20}?(?:support|allow|accept|permit|valid)"
)
_SYSTEM = re.compile(
    "|".join(
        (
            rf"{_TURN}{_NEAR}{_REFUSED}",  # Gemma: 'System role not supported'
            rf"\brole\b\W{{0,4}}system\b{_NEAR}{_REFUSED}",
            rf"(?:not|n't|without|unsupported|invalid|unknown|unexpected)\b{_NEAR}\b{_TURN}",
            rf"(?:unsupported|invalid|unknown|unexpected)\s+role\b{_NEAR}\bsystem\b",
            r"unknown variant\W{0,3}system\b",
            r"(?:expected|should be|must be)\W{1,3}user\W{1,3}(?:or\W{1,3})?assistant",
            r"roles?\s+must\s+alternate",  # Mistral, Llama 2
            r"only\W{1,3}user\b[^.\n]{0,15}\b(?:assistant|model)\b[^.\n]{0,15}\broles?\b",
            r"first\s+(?:message|role|turn)\b[^.\n]{0,20}\buser\b",
        )
    ),
    re.IGNORECASE,
)
_SYSTEM_IS_FINE = re.compile(
    r"optional system message|only\b[^.\n]{0,20}\bsystem\b[^.\n]{0,30}\broles?\b", re.IGNORECASE
)
_NO_TEMPLATE = re.compile(
    r"must provide a chat template|no chat[_ ]template|does not (?:have|define) a chat[_ ]template"
    r"|chat[_ ]template[^.\n]{0,20}not (?:set|found|defined)",
    re.IGNORECASE,
)
_OF_LENGTH = re.compile(r"too (?:long|large|many)|context|maximum|exceed", re.IGNORECASE)
_OF_A_TEMPLATE = re.compile(r"jinja|TemplateError|raise_exception", re.IGNORECASE)


class Cure(StrEnum):
    """What of an endpoint's options lets a chat template be."""

    FOLD = "?system=fold"
    NO_TEMPLATE = "?route=completions"

    def sentence(self) -> str:
        match self:
            case Cure.FOLD:
                return (
                    f"its chat template takes no system turn: write MODEL{self}, which puts the "
                    "system text into the first user turn"
                )
            case Cure.NO_TEMPLATE:
                return (
                    f"it has no chat template: write MODEL{self}, which lays conversations out as "
                    "plain text, or give the server a template"
                )


def find_cure(told: str) -> Cure | None:
    """Return what helps against the complaint in a server's error, if it is a template's."""
    if _NO_TEMPLATE.search(told):
        return Cure.NO_TEMPLATE
    return Cure.FOLD if _SYSTEM.search(told) and not _SYSTEM_IS_FINE.search(told) else None


def is_of_length(told: str) -> bool:
    """Whether an error is about a prompt that is too long, which no template changes."""
    return bool(_OF_LENGTH.search(told))


def complaint(told: str) -> str | None:
    """Return the part of an error in which a chat template complains; None if none does."""
    found = _NO_TEMPLATE.search(told) or _SYSTEM.search(told) or _OF_A_TEMPLATE.search(told)
    if found is None:
        return None
    return told[max(0, found.start() - _AROUND) : found.end() + 2 * _AROUND]
