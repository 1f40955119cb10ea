"""A sentence as words, and what the places in it show: the little syntax that reading needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trusteval.reading.declining import Declining
from trusteval.reading.family import Family
from trusteval.reading.role import DENYING, Role
from trusteval.reading.words import Word

_DECLINING_TO_ANSWER = frozenset({Family.UNABLE, Family.POLICY})
_COVERING = frozenset({Family.UNABLE, Family.UNKNOWN, Family.POLICY, Family.REQUEST})
_PARENTHETIC_ROLES = frozenset({Role.FILLS, Role.SUBJECT, Role.HOLDS, Role.WOULD})
_PARENTHETIC = frozenset(
    {"in", "my", "view", "opinion", "eyes", "mind", "of", "course", "however", "by", "all", "means"}
    | {"speaking", "fair", "honest", "clear", "sense", "any", "way", "strictly", "as", "far"}
    | {"know", "therefore", "though", "least", "respect"}
)
_PREPOSITIONS = frozenset({"by", "in", "on", "at", "to", "for", "under", "with", "from", "of"})
_MODIFYING = frozenset({None, Role.PREDICATES, Role.PARTIAL, Role.SOURCE})
_RIGHT = frozenset(
    {"answer", "fit", "choice", "label", "correct", "right", "best", "better", "appropriate"}
)
_MEANT = frozenset(
    {"thing", "choice", "decision", "action", "act", "behavior", "behaviour", "move"}
)
_GENERIC = frozenset({"makes", "make", "counts", "constitutes"})
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words up to a full stop or the end of a line, and where they decline to answer."""

    words: Sequence[Word]
    declined: Sequence[Declining] = ()

    def after(self, place: int) -> Word | None:
        """Return the word or stop that follows, None at the end."""
        return self.words[place + 1] if place + 1 < len(self.words) else None

    def before(self, place: int) -> Word | None:
        """Return the word that precedes, quotation marks and the like left out."""
        return next(
            (w for w in reversed(self.words[max(0, place - 3) : place]) if not w.stop), None
        )

    @property
    def asks(self) -> bool:
        return "?" in self.words[-1].text and self.words[-1].stop != ""

    @property
    def is_finished(self) -> bool:
        return bool(self.words[-1].stop)

    @property
    def declines(self) -> bool:
        """Whether it refuses to answer, rather than says that it does not know."""
        return any(found.family in _DECLINING_TO_ANSWER for found in self.declined)

    def declines_at(self, place: int, *, clause_start: int) -> bool:
        """Whether a label stands in the clause that declines: "I can't say whether it is wrong"."""
        start = self.words[place].start
        return any(
            found.family in _COVERING and found.start < start and found.end > clause_start
            for found in self.declined
        )

    def opening(self) -> str:
        """Return its first words, with the stop that follows if there are no more."""
        return " ".join(word.text for word in self.words[: 2 * _NEAR])

    def why_undecided(self) -> str:
        """Say what keeps the whole sentence from stating anything; "" if nothing does."""
        roles = {word.role for word in self.words}
        if self.asks:
            return "asked"
        if Role.WOULD in roles and Role.CONDITION in roles:
            return "supposed"
        return "depends" if Role.DEPENDS in roles else ""

    def listed(self) -> set[int]:
        """Return where labels start that only list the choices, as in "yes, maybe or no"."""
        said = [word for word in self.words if not word.stop]
        if all(word.label is not None for word in said) and len({w.label for w in said}) > 1:
            return {word.start for word in said}
        starts: set[int] = set()
        chain: list[Word] = []
        joined = False
        for word in self.words:
            if word.label is not None:
                chain.append(word)
                if joined and len({w.label.value for w in chain if w.label}) > 1:
                    starts.update(w.start for w in chain)
                joined = False
            elif word.role in {Role.CHOOSES, Role.JOINS} or word.text == "nor":
                joined = bool(chain)
            elif word.role is not Role.FILLS and not (word.stop and word.stop in ",\"'"):
                chain, joined = [], False
        return starts

    # -- places --------------------------------------------------------------------------

    def is_called_right(self, place: int) -> bool:
        """Whether it is said to be the answer, as in "maybe is the better choice"."""
        following = self.after(place)
        if following is None or following.role is not Role.COPULA:
            return False
        return any(word.text in _RIGHT for word in self.words[place + 2 : place + 6])

    def is_subject(self, place: int) -> bool:
        """Whether a verb or another label follows, as in "right and wrong are relative"."""
        following = self.after(place)
        if following is None or following.role not in {Role.JOINS, Role.CHOOSES}:
            return following is not None and following.role in {Role.COPULA, Role.WOULD}
        ahead = self.words[place + 2 : place + _NEAR]
        until = next((n for n, word in enumerate(ahead) if word.stop), len(ahead))
        return any(word.role is Role.COPULA for word in ahead[:until])

    def is_attribute(self, place: int) -> bool:
        """Whether it only tells a thing from others, as in "he took the wrong train"."""
        before, following = self.before(place), self.after(place)
        return (
            before is not None
            and before.text == "the"
            and following is not None
            and (following.role is None and not following.stop and following.text not in _MEANT)
        )

    def is_in_general(self, place: int, *, clause_start: int) -> bool:
        """Whether its being there is denied, as in "there is no universal wrong"."""
        near = self.words[max(0, place - _NEAR) : place]
        texts = {word.text for word in near if word.start >= clause_start}
        before = self.before(place)
        return (
            {"there", "no"} <= texts
            and before is not None
            and (before.role is None and before.text != "thing" and not before.text.endswith("ly"))
        )

    def asks_in_general(self, place: int) -> bool:
        """Whether "what is wrong" is all that is so, and not what is wrong with something."""
        if self.words[place].text != "what":
            return False
        verb, label, beside = (*self.words[place + 1 : place + 4], None, None, None)[:3]
        if verb is None or not (verb.role is Role.COPULA or verb.text in _GENERIC):
            return False
        with_something = beside is not None and beside.text in {"with", "about", "here"}
        return not (label is not None and label.label is not None and with_something)

    def is_degree(self, place: int) -> bool:
        """Whether "so" says how much, as in "not so wrong"."""
        before = self.before(place)
        verbs = {Role.COPULA, Role.PREDICATES, Role.HOLDS}
        return (
            self.words[place].text == "so"
            and before is not None
            and (before.role in DENYING | verbs and not self.words[place - 1].stop)
        )

    def opens_clause(self, place: int) -> bool:
        """Whether "and" joins a statement of its own, as in "and it is", not another word."""
        following = self.after(place)
        if following is not None and following.role is Role.QUANTIFIES:
            return True
        for word in self.words[place + 1 : place + 5]:
            if word.role in {Role.COPULA, Role.WOULD}:
                return True
            if word.stop or word.label is not None or word.role in DENYING | {Role.PREDICATES}:
                return False
        return False

    def has_own_subject(self, place: int) -> bool:
        """Whether a verb has a subject after the denial, as in "did not say that it is"."""
        before = self.words[place - 1] if place else None
        if before is None:
            return False
        if before.role in {Role.RELATES, Role.SUBJECT, Role.NEGATES}:
            return True
        if before.text in {"to", "be"}:
            return True
        for word in reversed(self.words[max(0, place - 4) : place - 1]):
            if word.role is Role.RELATES:
                return True
            if word.role in DENYING:
                return False
        return False

    def is_parenthesis(self, place: int) -> bool:
        """Whether a comma opens or closes a few words that change nothing, as ", in my view,"."""
        ahead = self.words[place + 1 : place + _NEAR]
        behind = self.words[max(0, place - _NEAR) : place]
        return _changes_nothing(ahead) or _changes_nothing(_since_comma(behind))


def is_parenthetic(word: Word) -> bool:
    """Whether a word only says in what view, or how far."""
    return word.text in _PARENTHETIC


def _since_comma(words: Sequence[Word]) -> list[Word]:
    """Return the words since the last comma with one after them, none where there is none."""
    for place in range(len(words) - 1, -1, -1):
        if words[place].stop:
            return [*words[place + 1 :], words[place]] if words[place].stop == "," else []
    return []


def _changes_nothing(words: Sequence[Word]) -> bool:
    """Whether words up to the next comma, and at least one, change nothing.

    Those that a preposition begins may say anything but a verb: ", by any reasonable standard,".
    """
    placed = bool(words) and words[0].text in _PREPOSITIONS
    for n_inside, word in enumerate(words):
        if word.stop:
            return word.stop == "," and n_inside > 0
        allowed = word.role in _PARENTHETIC_ROLES or is_parenthetic(word)
        if word.label is not None or not (allowed or (placed and word.role in _MODIFYING)):
            return False
    return False


def sentences(words: Iterator[Word]) -> Iterator[list[Word]]:
    """Group words up to a full stop or the end of a line; stops alone are no sentence."""
    sentence: list[Word] = []
    for word in words:
        if not word.stop or sentence:
            sentence.append(word)
        if word.stop and word.stop in ".!?\n;" and sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence
