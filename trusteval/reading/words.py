"""Cuts a text into the words, labels and stops that statements are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from trusteval.reading.languages import CHINESE, ENGLISH
from trusteval.reading.languages.language import Language
from trusteval.reading.role import Role
from trusteval.types import LabelSpec

_NOT = re.compile(
    r"\b(ca|wo|sha|ai|do|does|did|is|are|was|were|have|has|had|would|should|could|must|need|might)"
    r"(?:n't|nt)\b"
)
_BEFORE_NOT = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_SPELLED_OUT = {"m": "am", "re": "are", "d": "would", "ll": "will", "ve": "have", "s": "is"}
_SHORTENED = re.compile(
    r"\b(i|you|we|they|he|she|it|that|this|there|what|who|here|answer|everything|action)'"
    r"(m|re|d|ll|ve|s)\b"
)
# Between scripts no blank parts words: these are cut by what is known of them.
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|\n|[.!?;:,()\[\]/=\"]+|(?<= )-+(?= )")
_ASCII_WORD = re.compile(r"[a-z0-9']+|.")
_Long = TypeVar("_Long", str, tuple[str, ...])
_STOPS = '\n.!?;:,()[]/="-'


class Word(NamedTuple):
    """A word, a label or a stop of a text, from `start` to `end`.

    `role` is what the word does, None if nothing; `label` what a label's spelling stands for, and
    `interjects` says that it answers only where it stands alone. `stop` is the mark of a stop,
    "\\n" at a line's end.
    """

    text: str
    start: int
    end: int
    role: Role | None = None
    label: LabelSpec | None = None
    stop: str = ""
    interjects: bool = False


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """What single words and phrases mean; `phrases` go by their first two words,
    words without blanks between them by their first character, the longest first.
    """

    roles: Mapping[str, Role]
    labels: Mapping[str, LabelSpec]
    phrases: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    by_character: Mapping[str, tuple[str, ...]]
    interjections: frozenset[str]
    anywhere: re.Pattern[str]


def spelled_out(text: str) -> str:
    """Return an English text in lower case with its contractions written out."""
    if "nt" in text or "n't" in text:
        text = _NOT.sub(lambda found: f"{_BEFORE_NOT.get(found[1], found[1])} not", text)
    text = text.replace("cannot", "can not")
    if "'" in text:
        text = _SHORTENED.sub(lambda found: f"{found[1]} {_SPELLED_OUT[found[2]]}", text)
    return text


def words_of(text: str, *, labels: tuple[LabelSpec, ...], language: Language) -> Iterator[Word]:
    """Yield the words and stops of a text that is in lower case."""
    known = _vocabulary(labels, language)
    tokens = list(_TOKEN.finditer(text))
    place = 0
    while place < len(tokens):
        token = tokens[place]
        said, start = token.group(), token.start()
        for phrase in _beginning(known, tokens, place):
            end = _ends(phrase, tokens, place)
            if end:
                yield _word(" ".join(phrase), start, tokens[end - 1].end(), known)
                place = end
                break
        else:
            place += 1
            if said[0] in _STOPS:
                yield Word(said, start, token.end(), known.roles.get(said), None, said[0])
            elif "-" in said:
                yield from _hyphened(said, start, known)
            elif language is CHINESE:
                yield from _unspaced(said, start, known)
            else:
                yield _word(said, start, token.end(), known)


def _beginning(
    known: _Vocabulary, tokens: list[re.Match[str]], place: int
) -> tuple[tuple[str, ...], ...]:
    """Return the phrases that begin with the words at a place."""
    begun = known.phrases.get(tokens[place].group())
    if begun is None or place + 1 >= len(tokens):
        return ()
    second = tokens[place + 1].group()
    if second == "\n" and place + 2 < len(tokens):
        second = tokens[place + 2].group()
    return begun.get(second, ())


def _hyphened(said: str, start: int, known: _Vocabulary) -> Iterator[Word]:
    """Yield a compound as one word, unless it is a label itself or made of labels only."""
    parts = said.split("-")
    if all(part in known.labels for part in parts):
        for part in parts:
            yield _word(part, start, start + len(part), known)
            start += len(part) + 1
    else:
        yield _word(" ".join(parts), start, start + len(said), known)


def _word(text: str, start: int, end: int, known: _Vocabulary) -> Word:
    label = known.labels.get(text)
    interjects = label is not None and text in known.interjections
    return Word(text, start, end, known.roles.get(text), label, "", interjects)


def _ends(phrase: tuple[str, ...], tokens: list[re.Match[str]], place: int) -> int:
    """Return where a phrase ends that begins at `place`, 0 where it does not stand there."""
    for part in phrase[1:]:
        place += 1
        if place < len(tokens) and tokens[place].group() == "\n":
            place += 1  # a label may be broken at a line's end
        if place >= len(tokens) or tokens[place].group() != part:
            return 0
    return place + 1


def _unspaced(said: str, start: int, known: _Vocabulary) -> Iterator[Word]:
    """Yield the longest words that are known where no blank parts words."""
    place = 0
    while place < len(said):
        longest = next(
            (w for w in known.by_character.get(said[place], ()) if said.startswith(w, place)),
            _ASCII_WORD.match(said, place)[0],  # type: ignore[index]
        )
        yield _word(longest, start + place, start + place + len(longest), known)
        place += len(longest)


@lru_cache(maxsize=256)
def _vocabulary(labels: tuple[LabelSpec, ...], language: Language) -> _Vocabulary:
    roles = language.role_of_each()
    spellings: dict[str, LabelSpec] = {}
    for label in labels:
        translated = language.labels.get(label.value.casefold(), ())
        for spelling in (label.value, *label.aliases, *translated):
            words = _spaced(spelling.lower())
            spellings.setdefault(words, label)
            if words.startswith("not "):
                spellings.setdefault(words.replace(" ", ""), label)  # NotWrong
    phrases: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    by_character: dict[str, list[str]] = {}
    for text in (*spellings, *roles):
        parts = tuple(text.split(" "))
        if len(parts) > 1:
            phrases.setdefault(parts[0], {}).setdefault(parts[1], []).append(parts)
        by_character.setdefault(text[0], []).append(text)
    return _Vocabulary(
        roles=roles,
        labels=spellings,
        phrases={
            first: {second: _longest_first(found) for second, found in begun.items()}
            for first, begun in phrases.items()
        },
        by_character={first: _longest_first(found) for first, found in by_character.items()},
        interjections=language.interjections | ENGLISH.interjections,
        anywhere=_anywhere(spellings),
    )


def _anywhere(spellings: Mapping[str, LabelSpec]) -> re.Pattern[str]:
    """Return what finds any label, or its first word, in a text."""
    words = {spelling.partition(" ")[0] for spelling in spellings}
    latin = sorted(word for word in words if word < "\u3400")
    spaced = rf"(?<![^\W_])(?:{'|'.join(map(re.escape, latin))})(?![^\W_])" if latin else "(?!)"
    return re.compile("|".join([spaced, *map(re.escape, words - set(latin))]))


def names_label(text: str, *, labels: tuple[LabelSpec, ...], language: Language) -> bool:
    """Whether a text in lower case holds a label's word at all."""
    return _vocabulary(labels, language).anywhere.search(text) is not None


def bare_label(text: str, *, labels: tuple[LabelSpec, ...]) -> LabelSpec | None:
    """Return the label whose own spelling is all of a text in lower case."""
    return _vocabulary(labels, ENGLISH).labels.get(text)


def _longest_first(found: list[_Long]) -> tuple[_Long, ...]:
    return tuple(sorted(found, key=len, reverse=True))


def _spaced(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.strip()))
