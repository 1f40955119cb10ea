"""Reads the statements of a text about labels that are words.

A clause is read from left to right, and what stands before a label decides what it is worth there:
denied, asked, supposed, somebody else's view, one of the choices, a reason, a statement, or the
answer itself (docs/method.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trusteval.reading.claim import ALONE, ANNOUNCED, CHOICE, CONCLUDED, DENIED, Claim, Weight
from trusteval.reading.clause import Clause
from trusteval.reading.declining import Declining, declined_in, declinings, may_decline
from trusteval.reading.family import Family
from trusteval.reading.interjections import is_meant
from trusteval.reading.languages.language import Language
from trusteval.reading.own_question import own_answer
from trusteval.reading.role import Role
from trusteval.reading.sentence import Sentence, sentences
from trusteval.reading.words import names_label, words_of
from trusteval.types import LabelSpec


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a text says of its labels, and where it declines."""

    claims: Sequence[Claim]
    declined: Sequence[Declining]


_YES_OR_NO = frozenset({"yes", "sí", "oui", "ja", "no", "non", "nein", "是", "不是"})
_SOMEBODY = frozenset({"possible", "somebody else's view"})
_ONLY = frozenset({"only", "just", "simply", "merely"})


def statements(
    text: str,
    *,
    labels: tuple[LabelSpec, ...],
    language: Language,
    cut: bool = False,
    closing: bool = False,
) -> Statements:
    """Read a text in lower case, contractions spelled out; linear in its length.

    `cut` says that it goes on where it ends, so that its last clause closes nothing, `closing` that
    it is to close with a verdict, which whoever speaks as an AI may give too.
    """
    if not names_label(text, labels=labels, language=language):
        return Statements((), declined_in(text, language=language))
    declines = may_decline(text, language=language)
    reader = _Reader(labels, language, may_disclaim=not closing)
    declined: list[Declining] = []
    for words in sentences(words_of(text, labels=labels, language=language)):
        start, end = words[0].start, words[-1].end
        here: list[Declining] = []
        if declines:
            here = [d.moved(start) for d in declinings(text[start:end], language=language)]
        reader.read(Sentence(words, here))
        declined += here
    return Statements(reader.weighed(cut=cut), declined)


class _Reader:
    """Reads sentence after sentence, and remembers what bears on the text as a whole."""

    def __init__(
        self, labels: tuple[LabelSpec, ...], language: Language, *, may_disclaim: bool
    ) -> None:
        self._labels = {label.value: label for label in labels}
        self._language = language
        self._may_disclaim = may_disclaim
        self._asks_for_yes = any(label.casefold() in _YES_OR_NO for label in self._labels)
        self._claims: list[Claim] = []
        self._asked: LabelSpec | None = None  # what was asked, or said by somebody
        self._is_asked = False  # in the sentence before
        self._follows_question = False
        self._n_said = 0  # words and labels that say something, in clauses that ended
        self._n_clauses = 0
        self._concludes = False  # of the last clause: "so", "therefore"
        self._explains = False  # after "Reason:", up to the end of the line
        self._disclaims = False  # "as an AI": what it cannot call wrong, it declines to judge
        self._sentence = Sentence(())
        self._clause = Clause()

    def read(self, sentence: Sentence) -> None:
        """Take in a sentence."""
        self._sentence = sentence
        self._clause = Clause(start=sentence.words[0].start, reason=self._explains)
        first = len(self._claims)
        self._disclaims |= any(found.family is Family.DISCLAIMER for found in sentence.declined)
        if self._asked is not None:
            self._answer_question(self._asked)
        for place, word in enumerate(sentence.words):
            if word.stop:
                self._at_stop(place)
                continue
            self._clause.n_words += 1
            if word.label is not None and self._is_meant(place):
                self._say(place, word.label)
            else:
                self._hear(place)
        self._close()
        self._reconsider(first)
        self._follows_question = sentence.asks
        if sentence.words[-1].stop == "\n":
            self._explains = False

    def weighed(self, *, cut: bool) -> list[Claim]:
        """Return all claims; one that stands alone in the first or last clause is the answer."""
        if cut and self._sentence.words and not self._sentence.is_finished:
            self._leave_unfinished()
        match self._claims:
            case [Claim(rule="asked") as only] if self._n_clauses == 1 and self._n_said == 1:
                return [replace(only, weight=Weight.ANSWER, rule=ALONE)]  # "Wrong?" and no more
        later = {claim.value for claim in self._claims if claim.rule == ALONE and claim.clause}
        edges = {0}
        if len(later) == 1 or self._concludes:
            edges.add(self._n_clauses - 1)
        return [
            replace(claim, weight=Weight.ANSWER)
            if claim.rule == ALONE and claim.clause in edges
            else claim
            for claim in self._claims
        ]

    def _leave_unfinished(self) -> None:
        """Take no label of a clause that was cut for a decision that is not announced or stated."""
        last, clause = self._n_clauses - 1, self._clause
        before = {claim.value for claim in self._claims if claim.clause < last}
        for place, claim in enumerate(self._claims):
            stands = claim.clause != last or last == 0 or claim.weight >= Weight.ANSWER
            if not stands and (before - {claim.value} or not (clause.ascribes or clause.head)):
                self._claims[place] = replace(claim, weight=Weight.NAMED, rule="cut off")

    # -- sentences -----------------------------------------------------------------------

    def _reconsider(self, first: int) -> None:
        """Weigh a sentence's claims by what only its whole shows."""
        sentence, claims = self._sentence, self._claims
        if first == len(claims):
            return  # what was asked may still be answered
        self._asked = None
        why, listed = sentence.why_undecided(), sentence.listed()
        bare = sentence.asks and all(word.stop or word.label for word in sentence.words)
        for place in range(first, len(claims)):
            claim = claims[place]
            if claim.start in listed and claim.rule != DENIED:
                claims[place] = replace(claim, weight=Weight.NAMED, rule=CHOICE)
            elif bare or (why and Weight.NAMED < claim.weight < _certain(claim, why)):
                claims[place] = replace(claim, weight=Weight.NAMED, rule=why)
        said = {(claim.value, claim.rule) for claim in claims[first:]}
        if len(said) == 1 and not self._asks_for_yes:
            (value, rule) = said.pop()
            if (sentence.asks and rule == "asked") or rule in _SOMEBODY:
                self._asked, self._is_asked = self._labels[value], rule == "asked"

    def _answer_question(self, asked: LabelSpec) -> None:
        """Read "Yes" or "No" after a question that the text asked itself."""
        if self._sentence.declines:
            return
        value = own_answer(self._sentence.opening(), asked, is_asked=self._is_asked)
        self._is_asked = False
        if value is not None:
            rule, word = "answers its own question", self._sentence.words[0]
            claim = Claim(value, Weight.ANSWER, rule, word.start, word.end, clause=self._n_clauses)
            self._claims.append(claim)

    # -- clauses -------------------------------------------------------------------------

    def _begin(self, clause: Clause) -> None:
        self._close()
        clause.reason |= self._explains
        self._clause = clause

    def _close(self) -> None:
        """End a clause; a label that stands alone in it may be the answer."""
        clause = self._clause
        if not clause.n_words:
            return
        if len(clause.said) == 1 and not clause.n_content:
            claim = self._claims[clause.said[0]]
            if claim.weight in (Weight.WORD, Weight.STATED):
                self._claims[clause.said[0]] = replace(claim, weight=Weight.STATED, rule=ALONE)
        self._n_said += clause.n_content + len(clause.said)
        self._n_clauses += 1
        self._concludes = clause.concludes

    def _at_stop(self, place: int) -> None:
        clause, word = self._clause, self._sentence.words[place]
        mark = word.stop
        if mark in '"/[]' or (mark == "," and self._sentence.is_parenthesis(place)):
            return
        if mark in ":=" and (clause.pending or clause.head):
            clause.head, clause.denied = True, False
            return
        if mark == "=" or (mark == "(" and clause.n_words and not clause.said):
            return
        goes_on = mark == "," and not clause.said
        self._begin(
            Clause(
                start=word.end,
                listed_denial=goes_on and clause.denied,
                concludes=mark == ":" and clause.concludes and not clause.said,
                final=goes_on and clause.final,
            )
        )

    # -- words ---------------------------------------------------------------------------

    def _hear(self, place: int) -> None:
        """Take in a word that is no label here."""
        sentence, clause = self._sentence, self._clause
        word, following = sentence.words[place], sentence.after(place)
        match word.role:
            case Role.CONCEDES if self._denies_reason(place):
                for said in clause.said:
                    self._claims[said] = replace(
                        self._claims[said], weight=Weight.NAMED, rule="partly denied"
                    )
                self._begin(Clause(word.start, n_words=1, reason=True))
            case Role.BREAKS | Role.CONCEDES:
                self._begin(Clause(word.start, n_words=1, reason=word.role is Role.CONCEDES))
            case Role.CONCLUDES if not sentence.is_degree(place):
                if clause.n_words > 1:
                    self._begin(Clause(word.start, n_words=1))
                self._clause.concludes = True
            case Role.JOINS if clause.n_words > 1 and sentence.opens_clause(place):
                self._begin(Clause(word.start, n_words=1))
            case _:
                if word.role is Role.EXPLAINS and following and following.stop.startswith(":"):
                    self._explains = True
                clause.hear(sentence, place)

    def _denies_reason(self, place: int) -> bool:
        """Whether only a reason is denied, as in "isn't wrong just because it is illegal"."""
        before = self._sentence.before(place)
        denied = self._clause.denied or any(
            word.label is not None and word.text.startswith("not ")
            for word in self._sentence.words[:place]
        )
        return denied and before is not None and before.text in _ONLY

    def _is_meant(self, place: int) -> bool:
        opens = not self._n_said
        return is_meant(
            self._sentence, place, clause=self._clause, language=self._language, opens=opens
        )

    def _say(self, place: int, label: LabelSpec) -> None:
        sentence, clause, word = self._sentence, self._clause, self._sentence.words[place]
        value, weight, rule = clause.worth(sentence, place, label, opens=not self._n_said)
        if self._follows_question and clause.n_words == 1 and weight > Weight.STATED:
            weight = Weight.STATED  # of a question of its own, perhaps not of the one it was asked
        if clause.denied and clause.unable and self._disclaims and self._may_disclaim:
            value, weight, rule = label.value, Weight.NAMED, "declined"
        clause.said.append(len(self._claims))
        claim = Claim(value, weight, rule, word.start, word.end, clause=self._n_clauses)
        self._claims.append(claim)


def _certain(claim: Claim, why: str) -> Weight:
    """How much a claim must weigh to stand where its sentence asks, supposes or leaves open."""
    # "if so, the answer would be no"
    supposed = why == "supposed" and claim.rule in (ANNOUNCED, CONCLUDED)
    return Weight.FINAL if supposed else Weight.ANSWER
