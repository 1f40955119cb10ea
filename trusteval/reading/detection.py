"""Tells which language a text is in, by its script and its commonest words.

Only as finely as reading needs it: a few languages are read, and in any other no word may be taken
for a label by accident (Italian "no", Portuguese "no").
"""

from __future__ import annotations

import re
from collections import Counter

from trusteval.reading.languages import CHINESE, ENGLISH, OTHER, READ
from trusteval.reading.languages.language import Language

# Kept apart only so that they are known to be none of those that are read.
_OTHER_MARKS = {
    "it": "il lo gli che non di è un una per con posso questo questa sono mi dispiace ma la le "
    "del "
    "della domanda risposta ho perché nel aiutarti spiace risponde rispondere credo sì grazie",
    "pt": "os que não de um uma para com é posso isso esta este você sei mas da na em desculpe "
    "pergunta resposta tenho sou ao são lamento responder sim obrigado",
    "nl": "de het een ik niet dat van en kan op te voor met maar zijn weet deze vraag antwoord "
    "geen "
    "helaas dit nee",
    "sv": "jag det är inte att och en ett kan som på för med har vet jeg ikke og nej",
    "pl": "nie jest że się mogę wiem przykro odpowiedź pytanie jestem tak",
    "ro": "nu este că să în îmi pare rău răspuns știu",
    "tr": "bu bir ve değil ben için hayır evet bilmiyorum yardımcı olamam üzgünüm",
    "ca": "puc ho això és una per amb ajudar resposta els",
}
_ALSO_ENGLISH = frozenset({"me", "son", "war", "die", "was", "den", "des", "pour", "van"})
"""Words of other languages that are English ones too."""
_LANGUAGES = {language.code: language for language in READ}
_MARKS: dict[str, tuple[str, ...]] = {}
for _code, _words in {**{each.code: each.marks for each in READ}, **_OTHER_MARKS}.items():
    for _word in _words.split():
        if _word in _ALSO_ENGLISH and _code != ENGLISH.code:
            continue
        _MARKS[_word] = (*_MARKS.get(_word, ()), _code)

_PLAINLY_ENGLISH = re.compile(r"\b(?:the|not|you|this|and|that|are|what)\b")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_LOOKED_AT = 400
_FEW = 4
"""Words of a text in which a single one may tell the language."""


def language_of(text: str) -> Language:
    """Tell the language of a text in lower case: English where nothing tells, else OTHER."""
    head = text[:_LOOKED_AT]
    if head.isascii() and _PLAINLY_ENGLISH.search(head):
        return ENGLISH
    words = _WORD.findall(head)
    if not head.isascii():
        if _KANA_OR_HANGUL.search(head):
            return OTHER
        if 0 < len(words) <= 2 * len(_CHINESE.findall(head)):
            return CHINESE
    counts = Counter(code for word in words for code in _MARKS.get(word, ()))
    english = counts[ENGLISH.code]
    most = max(counts.values(), default=0)
    if most <= english or (most == 1 and len(words) > _FEW):
        foreign = sum(not word.isascii() and not _is_latin(word) for word in words)
        return OTHER if foreign * 2 > len(words) else ENGLISH
    best = max(counts, key=lambda code: (counts[code], code in _LANGUAGES))
    return _LANGUAGES.get(best, OTHER)


def _is_latin(word: str) -> bool:
    return max(word) < "\u0250" or "\u1e00" <= max(word) <= "\u1eff"
