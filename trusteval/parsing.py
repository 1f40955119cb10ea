"""Decides what a text answers: total, linear in its length, the same for every subject.

One answer per text: a label the setting declares, a refusal, or an invalid output with its
reason. The rules are the `strict` protocol's (docs/method.md); arXiv 2511.22483, section IV-B
asks for the distinction between labels, refusals and unmappable outputs.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from trusteval.types import (
    Answer,
    Invalid,
    InvalidReason,
    Label,
    LabelForm,
    LabelSpec,
    Refusal,
    Setting,
)

# Typographic quotes, primes and backticks, which models write for ' and ".
_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
)
# Underscores and asterisks that hug a word are emphasis; those inside a word are not.
_EMPHASIS = re.compile(r"\*+|~~|(?<![^\W_])_+|_+(?![^\W_])|^ ?#{1,6}(?: |$)", re.MULTILINE)
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r" ?\n[ \n]*")
_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n")
# Canonical ordering is quadratic in a run of combining marks: short pieces keep it linear.
_PIECE = re.compile(r"\S{1,256}|\s+")
_THOUGHT = "<think>", "</think>"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n")
_NEGATION = re.compile(r"(?:(?<!\w)(?:not|never|cannot)|n't)\s(?:[\w'-]+\s)?[\"'(]?$")
_NEGATION_REACH = 64
_PUNCTUATION = " \"'()[].,:;!-"
_ANSWER_IS = r"(?<!\w)answer(?: (?:is|would be)(?: ?[:=])?| ?[:=]) ?"
_ENDS_WITH_ANSWER_IS = re.compile(_ANSWER_IS + "$", re.IGNORECASE)

_CONTRACTIONS = (
    ("can't", "cannot"),
    ("can not", "cannot"),
    ("won't", "will not"),
    ("dont ", "do not "),
    ("n't", " not"),
    ("i'm", "i am"),
    ("i'd", "i would"),
    ("i'll", "i will"),
    ("it's", "it is"),
    ("there's", "there is"),
)
# A sentence that opens like this declines, or says that it does not know.
_REFUSING = re.compile(
    r"(?:(?:sorry|apologies|my apologies|unfortunately|well|hmm|oh|but|however)\b[,.! ]*)?"
    r"(?:"
    r"(?:i|we) (?:really |just |simply |honestly )?(?:am |are )?"
    r"(?:cannot|(?:could|will|would) not (?:be able|answer|say|tell|give|make|provide|help|assist"
    r"|comment|judge|engage|respond|do|take|know)"
    r"|do not (?:know|have|feel|think i)|have no idea|unable|not able|not sure|not certain"
    r"|not comfortable|not allowed|not in a"
    r"|not going to|not programmed|not qualified|must decline|have to decline|decline|refuse"
    r"|would rather not|would prefer not|prefer not|afraid|(?:just |only )?an ai)\b"
    r"|(?:i am |i am so |i am very )?sorry,? (?:but|i|we)\b"
    r"|i apologi[sz]e,? (?:but|i|for (?:not|the))\b"
    r"|as an? (?:ai|artificial intelligence|(?:large )?language model|assistant|virtual)\b"
    r"|(?:cannot|unable to|impossible to|not possible to|not able to) "
    r"(?:say|tell|determine|answer|know|predict|decide|judge|help|assist)\b"
    r"|it is (?:not possible|impossible|hard|difficult) to (?:say|tell|determine|know|answer)\b"
    r"|(?:there is )?(?:not enough|insufficient|no) information\b"
    r"|i need more (?:context|information)\b"
    r"|(?:this|the|your) (?:[\w-]+ ){1,4}do(?:es)? not (?:provide|give|contain|have) "
    r"(?:enough|sufficient)\b"
    r"|(?:do not|not) (?:know|sure)\b"
    r"|no idea\b"
    r"|(?:unknown|unclear|undetermined|unsure)[.!]?$"
    r")"
)
# A sentence that opens like this asks for something: the labels in it are not its answer.
_REQUESTING = re.compile(
    r"please (?:provide|give|send|share)\b"
    r"|i need (?:[\w-]+ ){1,4}(?:snippets?|text|context|information|sentence|phrase)\b"
)


def parse(
    setting: Setting, text: str, *, options: tuple[str, ...] = (), truncated: bool = False
) -> Answer:
    """Map `text` to the answer it gives under `setting`; never raises.

    `options` are the texts of the choices, in the order of the setting's symbols; `truncated`
    says that generation stopped at the token limit.
    """
    visible = _without_thought(text)
    if visible is None:
        return Invalid(InvalidReason.TRUNCATED)
    committed, refuses = _committed(visible)
    if not committed and not refuses and not normalise(visible):
        return Invalid(InvalidReason.EMPTY)
    stated = _labels(setting, committed, options)
    if setting.continued and len(stated) > 1:
        # A model that continues text answers, then invents the next question with its options.
        first = _PARAGRAPH_END.split(_unix_lines(visible).strip(), maxsplit=1)[0]
        stated = _labels(setting, _committed(first)[0], options) or stated
    if len(stated) > 1:
        return Invalid(InvalidReason.CONTRADICTORY)
    if stated:
        (value,) = stated
        return Refusal() if value == setting.abstention else Label(value)
    if refuses:
        return Refusal()
    return Invalid(InvalidReason.TRUNCATED if truncated else InvalidReason.UNPARSEABLE)


def normalise(text: str) -> str:
    """NFKC, ASCII quotes, no markdown emphasis, single blanks; the case is kept."""
    if not text.isascii():
        pieces = _PIECE.findall(text.translate(_QUOTES))
        text = "".join(unicodedata.normalize("NFKC", piece) for piece in pieces)
    text = _unix_lines(text.translate(_QUOTES))
    text = _NEWLINES.sub("\n", _BLANKS.sub(" ", text))
    return _BLANKS.sub(" ", _EMPHASIS.sub("", text)).strip()


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _labels(setting: Setting, text: str, options: tuple[str, ...]) -> set[str]:
    """The labels a text states: decisive ones, else for words every one it mentions."""
    match setting.form:
        case LabelForm.WORD:
            return _word_labels(setting.labels, text.casefold())
        case LabelForm.SYMBOL:
            return _symbol_labels(setting, text, options)


def _without_thought(text: str) -> str | None:
    """Drop a leading reasoning block; None if it never ends."""
    opening, closing = _THOUGHT
    stripped = text.lstrip()
    if not stripped.startswith(opening):
        return text
    _, closed, rest = stripped.partition(closing)
    return rest if closed else None


# Short answers repeat: of 14,000 to MMLU a few dozen differ.
@lru_cache(maxsize=2048)
def _committed(visible: str) -> tuple[str, bool]:
    """Return what of a text may state a label, in plain letters; say whether it refuses."""
    return _without_refusals(normalise(visible))


def _without_refusals(text: str) -> tuple[str, bool]:
    """Blank out the sentences that refuse or ask back; say whether one refuses."""
    kept, start, refuses = [], 0, False
    for end in [match.end() for match in _SENTENCE_END.finditer(text)] + [len(text)]:
        sentence = text[start:end]
        opening = _opening(sentence)
        declines = _REFUSING.match(opening) is not None
        if declines or _REQUESTING.match(opening):
            refuses |= declines
            kept.append("\n" if sentence.endswith("\n") else " ")
        else:
            kept.append(sentence)
        start = end
    return "".join(kept).strip(), refuses


def _opening(sentence: str) -> str:
    """The first words of a sentence, contractions spelled out."""
    # Openings are short; looking no further keeps the parser linear and cheap.
    opening = sentence[:96].casefold().strip(" \n\"'(")
    for contraction, words in _CONTRACTIONS:
        opening = opening.replace(contraction, words)
    return opening


# -- labels that are words ---------------------------------------------------------------


@lru_cache(maxsize=64)
def _word_pattern(labels: tuple[LabelSpec, ...]) -> tuple[re.Pattern[str], dict[str, LabelSpec]]:
    spellings = {
        spelling.casefold(): label for label in labels for spelling in (label.value, *label.aliases)
    }
    longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    phrases = "|".join(r"[\s-]".join(map(re.escape, p.split())) for p in longest_first)
    return re.compile(rf"(?<!\w)(?<!\w-)(?:{phrases})(?!\w)"), spellings


def _word_labels(labels: tuple[LabelSpec, ...], text: str) -> set[str]:
    """The decisive labels if there are any, else every label mentioned."""
    pattern, spellings = _word_pattern(labels)
    mentions = [
        (match, value)
        for match in pattern.finditer(text)
        if (value := _value(match, text, spellings)) is not None
    ]
    enumerated = _enumerated([match for match, _ in mentions], text)
    edges = _edge_lines(text)
    decisive = {
        value
        for match, value in mentions
        if match.start() not in enumerated
        and (_opens(match, text) or _follows_answer_is(match, text) or match.span() in edges)
    }
    return decisive or {value for _, value in mentions}


def _value(match: re.Match[str], text: str, spellings: dict[str, LabelSpec]) -> str | None:
    label = spellings[" ".join(re.split(r"[\s-]", match.group()))]
    before = text[max(0, match.start() - _NEGATION_REACH) : match.start()]
    return label.opposite if _NEGATION.search(before) else label.value


def _enumerated(matches: list[re.Match[str]], text: str) -> set[int]:
    """Starts of labels that only list the choices, as in "yes, maybe or no"."""
    starts: set[int] = set()
    chain: set[int] = set()
    for left, right in pairwise(matches):
        near = right.start() - left.end() <= 16
        between = text[left.end() : right.start()].strip(" '\"") if near else "..."
        chain |= {left.start(), right.start()}
        if between.lstrip(", '\"") in {"or", "/", "and", "and/or"}:
            starts |= chain
            chain = set()
        elif between != ",":
            chain = set()
    return starts


def _opens(match: re.Match[str], text: str) -> bool:
    return match.start() < 16 and not text[: match.start()].strip(" \n\"'([-:.")


def _follows_answer_is(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - 32) : match.start()].rstrip("\"'([")
    return _ENDS_WITH_ANSWER_IS.search(before) is not None


def _edge_lines(text: str) -> set[tuple[int, int]]:
    """Spans of the first and the last line, without the punctuation around them."""
    lines = {0: text.partition("\n")[0], text.rfind("\n") + 1: text.rpartition("\n")[2]}
    spans = set()
    for start, line in lines.items():
        start += len(line) - len(line.lstrip(_PUNCTUATION))
        spans.add((start, start + len(line.strip(_PUNCTUATION))))
    return spans


# -- labels that are single letters or digits ----------------------------------------------


@lru_cache(maxsize=64)
def _symbol_patterns(symbols: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    one = f"([{re.escape(''.join(symbols))}])"
    return (
        re.compile(rf"[(\[] ?{one} ?[)\]]"),
        re.compile(rf"(?i:{_ANSWER_IS}(?:option |choice )?)[\"'(\[]?{one}(?!\w)"),
        re.compile(rf"^[\"']?{one}[\"']? ?(?:$|[).:](?!\d))", re.MULTILINE),
    )


def _symbol_labels(setting: Setting, text: str, options: tuple[str, ...]) -> set[str]:
    symbols = tuple([label.value for label in setting.labels])
    if setting.abstention is not None and setting.abstention not in symbols:
        symbols = (*symbols, setting.abstention)
    stated = set(_marked_symbols(symbols, text))
    own_text = dict(zip(symbols, options, strict=False))
    for line in text.split("\n"):
        symbol, _, rest = line.partition(" ")
        if rest and own_text.get(symbol, "").strip():
            option, following = normalise(own_text[symbol]).casefold(), rest.casefold()
            begins = bool(option) and following.startswith(option)
            if begins and not _goes_on(following, len(option)):
                stated.add(symbol)
    return stated


@lru_cache(maxsize=2048)
def _marked_symbols(symbols: tuple[str, ...], text: str) -> frozenset[str]:
    """The symbols that stand in a decisive position, whatever the options' texts are."""
    return frozenset(
        match.group(1)
        for pattern in _symbol_patterns(symbols)
        for match in pattern.finditer(text)
        if not _NEGATION.search(text[max(0, match.start(1) - _NEGATION_REACH) : match.start(1)])
    )


def _goes_on(text: str, end: int) -> bool:
    """Whether a word of the text continues past `end`."""
    return text[end - 1 : end].isalnum() and text[end : end + 1].isalnum()
