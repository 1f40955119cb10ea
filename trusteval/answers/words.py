"""Cuts a text into the words, labels and stops that statements are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from trusteval.answers.languages import Language
from trusteval.answers.lexicon import INTERJECTIONS, ROLES, TRANSLATIONS, Role
from trusteval.types import LabelSpec

_NOT = re.compile(
    r"\b(ca|wo|sha|ai|do|does|did|is|are|was|were|have|has|had|would|should|could|must|need|might)"
    r"(?:n't|nt)\b"
)
_BEFORE_NOT = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_SPELLED_OUT = {"m": "am", "re": "are", "d": "would", "ll": "will", "ve": "have", "s": "is"}
_SHORTENED = re.compile(
    r"\b(?:(i|you|we|they|he|she|it|that|this|there|what|who|here|answer|everything|action)'"
    r"(m|re|d|ll|ve|s))\b"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a label or a stop of a text, from `start` to `end`.

    `label` is what a label's spelling stands for; `stop` the mark of a stop, "\\n" for a line's end;
    `role` what the word does, "" of a word that does nothing.
    """

    text: str
    start: int
    end: int
    role: Role | None = None
    label: LabelSpec | None = None
    stop: str = ""

    @property
    def interjects(self) -> bool:
        """Whether it answers only when it stands alone."""
        return self.label is not None and self.text in INTERJECTIONS


def spelled_out(text: str) -> str:
    """Return an English text in lower case with its contractions written out."""
    if "n't" in text or "nt" in text:
        text = _NOT.sub(lambda found: f"{_BEFORE_NOT.get(found[1], found[1])} not", text)
    text = text.replace("cannot", "can not")
    if "'" in text:
        text = _SHORTENED.sub(lambda found: f"{found[1]} {_SPELLED_OUT[found[2]]}", text)
    return text


def words_of(text: str, *, labels: tuple[LabelSpec, ...], language: Language) -> Iterator[Word]:
    """Yield the words of a text that is in lower case; what is neither word nor stop is left out."""
    pattern, spellings = _pattern(labels, language)
    roles = ROLES[language]
    for found in pattern.finditer(text):
        said, start, end = found.group(), found.start(), found.end()
        match found.lastgroup:
            case "label" | "short":
                name = _joined(said)
                yield Word(name, start, end, role=roles.get(name), label=spellings[name])
            case "stop":
                yield Word(said, start, end, role=roles.get(said), stop=said[0])
            case _:
                yield Word(said, start, end, role=roles.get(said))


def _joined(said: str) -> str:
    return " ".join(re.split(r"[\s_-]+", said))


@lru_cache(maxsize=256)
def _pattern(
    labels: tuple[LabelSpec, ...], language: Language
) -> tuple[re.Pattern[str], dict[str, LabelSpec]]:
    translated = TRANSLATIONS.get(language, {})
    spellings: dict[str, LabelSpec] = {}
    for label in labels:
        for spelling in (label.value, *label.aliases, *translated.get(label.value.casefold(), ())):
            spellings.setdefault(_joined(spelling.casefold()), label)
    long = [spelling for spelling in spellings if " " in spelling]
    short = [spelling for spelling in spellings if " " not in spelling]
    phrases = [phrase for phrase in ROLES[language] if not phrase.isalpha() or _is_chinese(phrase)]
    parts = {"label": long, "phrase": phrases, "short": short}
    alternatives = "|".join(
        f"(?P<{name}>{'|'.join(map(_spelling, _longest_first(texts)))})"
        for name, texts in parts.items()
        if texts
    )
    word = r"[^\W_]+(?:['-][^\W_]+)*"
    if language is Language.CHINESE:
        word = r"[a-z0-9']+|[^\W_]"
    return (
        re.compile(rf"{alternatives}|(?P<word>{word})|(?P<stop>\n|[.!?;:,()\[\]/=\"]+|(?<= )-+(?= ))"),
        spellings,
    )


def _longest_first(texts: list[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _spelling(text: str) -> str:
    if _is_chinese(text):
        return re.escape(text)
    body = r"[\s_-]*".join(map(re.escape, text.split())) if text.startswith("not ") else None
    body = body or r"[\s_-]+".join(map(re.escape, text.split()))
    before = r"(?<!\w)(?<!\w[-'])" if text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1].isalnum() else ""
    return f"{before}{body}{after}"


def _is_chinese(text: str) -> bool:
    return text >= "\u3400"
