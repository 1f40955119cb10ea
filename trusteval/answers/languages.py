"""Tells which language a text is in, by its script and its commonest words.

Only as finely as reading needs it: five languages are read, and in any other no word may be taken
for a label by accident (Italian "no", Portuguese "no").
"""

from __future__ import annotations

import re
from enum import StrEnum


class Language(StrEnum):
    """The languages whose words are known; OTHER is any that is not."""

    ENGLISH = "en"
    SPANISH = "es"
    FRENCH = "fr"
    GERMAN = "de"
    CHINESE = "zh"
    OTHER = "other"


# Words that are frequent in one language and rare in answers in English; several may share one.
_MARKS: dict[Language | str, str] = {
    Language.ENGLISH: "the is are this that it i not of to and for you was what with do does but an as "
    "be cannot can't don't would answer because they he she his her my have has or in on a so if yes",
    Language.SPANISH: "el la los las es está que de un una y en por lo se puedo puede sé para con del "
    "al como pero porque respuesta pregunta esto eso su más sí tengo soy hay siento muy esta este son "
    "le ni correcta positivo positiva negativo negativa quizás quizá malo incorrecta información incorrecto nada yo mi me te sería fue hacer",
    Language.FRENCH: "le la les est que de un une et en pour pas ne je ce cette c'est il elle des du au "
    "sur dans réponse question désolé suis mais parce peux puis sais n'est qu'il j'ai d'une cela ça "
    "vous nous son sa ses avec n'ai oui elles ils positif négatif peut-être réponds faux",
    Language.GERMAN: "der die das ist nicht und ich ein eine es zu den dem von mit für auf kann aber "
    "antwort frage dies diese leider weil sie er war wird keine kein auch im mir weiß darf habe bin "
    "wäre sind als ja nein vielleicht positiv negativ falsch",
    # Kept apart only so that they are known to be none of the above.
    "it": "il lo gli che non di è un una per con posso questo questa sono mi dispiace ma la le del della "
    "domanda risposta ho perché nel aiutarti spiace risponde rispondere credo sì grazie",
    "pt": "os que não de um uma para com é posso isso esta este você sei mas da na em desculpe "
    "pergunta resposta tenho sou ao são lamento responder sim obrigado",
    "nl": "de het een ik niet dat van en kan op te voor met maar zijn weet deze vraag antwoord geen "
    "helaas dit nee",
    "sv": "jag det är inte att och ett kan som på för med har vet jeg ikke og nej",
    "pl": "nie jest że się mogę wiem przykro odpowiedź pytanie jestem tak",
    "ro": "nu este că să în îmi pare rău răspuns știu",
    "tr": "bu bir ve değil ben için hayır evet bilmiyorum yardımcı olamam üzgünüm",
    "ca": "puc ho això és una per amb ajudar resposta els",
}
_LETTERS = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _words in _MARKS.items():
    for _word in _words.split():
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), str(_language))

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
_LOOKED_AT = 400
_FEW = 4


def language_of(text: str) -> Language:
    """Name the language of a text in lower case; English where nothing tells."""
    head = text[:_LOOKED_AT]
    if not head.isascii():
        if _KANA_OR_HANGUL.search(head):
            return Language.OTHER
        if len(_CHINESE.findall(head)) * 2 >= len(_LETTERS.findall(head)):
            return Language.CHINESE if _CHINESE.search(head) else _by_words(head)
    return _by_words(head)


def _by_words(text: str) -> Language:
    words = _LETTERS.findall(text)
    counts: dict[str, int] = {}
    for word in words:
        for language in _LANGUAGES.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    english = counts.get(Language.ENGLISH, 0)
    if not counts or max(counts.values()) <= english:
        foreign = sum(not word.isascii() and not _latin(word) for word in words)
        return Language.OTHER if foreign * 2 > len(words) else Language.ENGLISH
    best = max(counts, key=lambda language: (counts[language], language in _READ))
    if counts[best] == 1 and len(words) > _FEW:
        return Language.ENGLISH
    return Language(best) if best in _READ else Language.OTHER


def _latin(word: str) -> bool:
    return max(word) < "\u0250" or "\u1e00" <= max(word) <= "\u1eff"


_READ = frozenset(language.value for language in Language)
