"""Tells labels such as "no" and "maybe" from the same words before nouns and verbs."""

from __future__ import annotations

from trusteval.reading.clause import Clause
from trusteval.reading.languages import CHINESE, ENGLISH
from trusteval.reading.languages.language import Language
from trusteval.reading.role import Role
from trusteval.reading.sentence import Sentence

_AFTER_ANSWER = frozenset(
    {Role.CONCEDES, Role.CONCLUDES, Role.BREAKS, Role.CHOOSES, Role.JOINS, Role.COMPARES}
)


def is_meant(
    sentence: Sentence, place: int, *, clause: Clause, language: Language, opens: bool
) -> bool:
    """Whether a label's word is meant: "no" also stands before nouns, "maybe" before verbs.

    `clause` is what was heard before it, `opens` says that nothing was said before the clause.
    """
    word, following = sentence.words[place], sentence.after(place)
    if not word.interjects or following is None:
        return True
    if following.stop and following.stop != "/":
        return True
    foreign = language is not ENGLISH and word.text in ENGLISH.interjections
    if language is CHINESE or (foreign and word.role is None):
        return False
    if word.role is None:
        return True  # a word such as "yes" has no other use
    if following.label not in (None, word.label):
        return not clause.n_content and word.role is not Role.FILLS
    if following.role in _AFTER_ANSWER or sentence.is_called_right(place):
        return True
    if word.role is Role.FILLS:  # "maybe it follows"
        return opens and not clause.n_content
    return language is ENGLISH and _is_answering_no(sentence, place, clause)


def _is_answering_no(sentence: Sentence, place: int, clause: Clause) -> bool:
    """Whether "no" answers before more words: "no it is not", "it is a no from me"."""
    before, following = sentence.before(place), sentence.after(place)
    if following is None:
        return True
    if before is not None and before.text == "a" and following.text in {"from", "for"}:
        return True
    begins = following.role is Role.SUBJECT or following.text in {"not", "do", "did", "does"}
    return begins and not clause.n_content and not clause.ascribes
