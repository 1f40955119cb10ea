"""A clause as it is heard from left to right, and what a label is worth in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from trusteval.reading.claim import ANNOUNCED, CONCLUDED, DENIED, Weight
from trusteval.reading.role import DENYING, Role
from trusteval.reading.sentence import Sentence, is_parenthetic
from trusteval.reading.words import Word
from trusteval.types import LabelSpec

# Words beside which a label still stands alone: "I would say it is wrong".
_BESIDE = frozenset(
    {Role.FILLS, Role.CONCLUDES, Role.BREAKS, Role.SUBJECT, Role.COPULA, Role.WOULD, Role.HEADS}
    | {Role.HOLDS, Role.NEGATES, Role.FINAL, Role.JOINS, Role.AFFIRMS, Role.PREDICATES}
)
_INERT = frozenset({Role.FILLS, Role.SUBJECT, Role.AFFIRMS, Role.WOULD, Role.PARTIAL, Role.DEPENDS})
_FINITE = frozenset({"did", "does", "has", "had", "commits", "committed"})

Worth = tuple[str, Weight, str]
"""A label's value where it stands, its weight, and the rule that says so."""


@dataclass(slots=True)
class Clause:
    """What has been heard of a clause so far, as far as it bears on a label that follows.

    `n_content` counts words beside which a label does not stand alone; `said` are the places of
    its claims.
    """

    start: int = 0
    n_words: int = 0
    n_content: int = 0
    said: list[int] = field(default_factory=list)
    denied: bool = False
    partly: bool = False  # "not entirely"
    listed_denial: bool = False  # a denial before a comma: "not harmful, illegal or wrong"
    undecided: str = ""
    ascribes: bool = False
    reason: bool = False
    rejects: bool = False  # "rather than"
    lessens: bool = False
    source: bool = False  # "some", before they say
    pending: bool = False  # "the answer", before its "is"
    head: bool = False
    final: bool = False
    relative: bool = False  # inside "who did not ..." or "not asking ..."
    subject_denied: bool = False
    gerund: bool = False  # inside "calling it wrong", before its verb
    unable: bool = False  # "can", which a denial turns into declining
    concludes: bool = False

    # -- words ---------------------------------------------------------------------------

    def hear(self, sentence: Sentence, place: int) -> None:
        """Take in a word that is no label and begins no other clause."""
        word = sentence.words[place]
        if self.n_words == 1 and word.text.endswith("ing") and not word.text.endswith("thing"):
            self.relative = True  # "doing nothing is wrong"
            self.gerund = word.role is None
        if word.role is not None and word.role not in _INERT:
            self._take(word, sentence, place)
        self._count(word)

    def _take(self, word: Word, sentence: Sentence, place: int) -> None:
        match word.role:
            case Role.NEGATES | Role.QUANTIFIES | Role.DETERMINES:
                self._deny(word, sentence.after(place))
            case Role.COPULA:
                if word.text not in {"be", "been", "being"}:
                    self._leave_subject(sentence, place)
                if self.said:
                    self.denied = self.partly = False
                self.relative = self.gerund = False
                self.ascribes = True
                self.head |= self.pending
            case Role.PREDICATES:
                if word.text in _FINITE:
                    self._leave_subject(sentence, place)
                if word.text == "as":  # "not so much negative as positive"
                    self.lessens = False
                self.ascribes = True
            case Role.KNOWS:
                self.denied = self.partly = False
            case Role.WHETHER:
                self.undecided = "asked"
            case Role.CONDITION | Role.BETWEEN:
                self.undecided = "supposed"
            case Role.POSSIBLE if not self.denied:  # "did nothing that could be called wrong"
                self.undecided = self.undecided or "possible"
            case Role.SOURCE:
                self.source |= not self.head and (self.relative or not self.n_content)
            case Role.HOLDS:
                self.ascribes = True
                if self.source:
                    self.undecided = "somebody else's view"
            case Role.TASK if not self.head and not self.pending:
                self.undecided = self.undecided or "about the task"
            case Role.RELATES:
                self.relative = True
                if sentence.asks_in_general(place):
                    self.undecided = "in general"
            case Role.CHOOSES if self.listed_denial and not self.ascribes:
                self.denied = True
            case Role.COMPARES:
                self.rejects = not self.lessens
                self.lessens = False
            case Role.LESSENS:
                self.lessens = True
            case Role.UNABLE:
                self.unable = True
            case Role.HEADS:
                self.pending, self.head = True, False
            case Role.FINAL:
                self.final = True

    def _deny(self, word: Word, following: Word | None) -> None:
        # "not this and not that", "nor", and "ain't nothing wrong" deny once more, not back.
        again = bool(self.said) or word.text == "nor" or word.role is Role.QUANTIFIES
        self.denied = not self.denied or again
        self.partly = following is not None and following.role is Role.PARTIAL
        opens_subject = (
            self.n_words == 1
            and following is not None
            and (following.text.endswith("ing") and following.label is None)
        )
        if self.relative or opens_subject:
            self.relative = self.subject_denied = True

    def _leave_subject(self, sentence: Sentence, place: int) -> None:
        """Leave "who did not ask" behind, at the verb of the clause that it is the subject of."""
        if self.subject_denied and not sentence.has_own_subject(place):
            self.denied = self.partly = self.subject_denied = False

    def _count(self, word: Word) -> None:
        if word.role in _BESIDE:
            return
        self.n_content += word.role not in DENYING
        if word.role is None or word.role is Role.TASK:
            self.pending &= is_parenthetic(word)
            self.head &= word.text.endswith("ly") or is_parenthetic(word)

    # -- labels --------------------------------------------------------------------------

    def worth(self, sentence: Sentence, place: int, label: LabelSpec, *, opens: bool) -> Worth:
        """Weigh a label where it stands; `opens` says that nothing was said before the clause."""
        denied = self.denied ^ self.lessens
        if (why := self._why_named(sentence, place, denied=denied)) is not None:
            return label.value, Weight.NAMED, why
        value = label.opposite if denied else label.value
        if value is None:
            return label.value, Weight.NAMED, DENIED
        if self.undecided or (self.gerund and self.n_content > 1):
            return label.value, Weight.NAMED, self.undecided or "in general"
        if self.head:
            return value, Weight.FINAL if self.final else Weight.ANSWER, ANNOUNCED
        if not denied and sentence.is_called_right(place):
            return value, Weight.ANSWER, "called the answer"
        is_subject = sentence.is_subject(place)
        if opens and not (self.n_content or self.said or self.ascribes or is_subject):
            return value, Weight.ANSWER, "opens the answer"
        if self.reason:
            return value, Weight.REASON, "in a reason"
        before = sentence.before(place)
        right_after_denial = denied and before is not None and before.role in DENYING
        if self.concludes and self.ascribes and not self.undecided:
            return value, Weight.ANSWER, CONCLUDED
        if self.ascribes or self.concludes or right_after_denial:
            return value, Weight.STATED, "denied" if denied else "stated"
        if is_subject:
            return value, Weight.NAMED, "in general"
        return value, Weight.WORD, "mentioned"

    def _why_named(self, sentence: Sentence, place: int, *, denied: bool) -> str | None:
        """Say why a label states nothing here, whatever else is heard; None if it may."""
        word, before = sentence.words[place], sentence.before(place)
        if word.interjects and self.n_words == 1 and sentence.declines:
            return "declined"
        if sentence.declines_at(place, clause_start=self.start):
            return "declined"
        if denied and self.partly:
            return "partly denied"
        if denied and before is not None and before.role is Role.HEADS:
            return "about the task"  # "do not use the label wrong"
        if denied and sentence.is_in_general(place, clause_start=self.start):
            return "in general"
        if sentence.is_attribute(place) and not self.head:
            return "only mentioned"
        return "rejected" if self.rejects else None
