"""Reads the statements of a text about labels that are words.

A clause is read from left to right, and what stands before a label decides what it is worth there:
denied, asked, supposed, somebody else's view, one of the choices, a reason, a statement, or the
answer itself (docs/method.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from trusteval.answers.claim import ALONE, ANNOUNCED, CHOICE, DENIED, Claim, Weight
from trusteval.answers.declining import Declining, declinings
from trusteval.answers.family import Family
from trusteval.answers.languages import CHINESE, ENGLISH
from trusteval.answers.languages.language import Language
from trusteval.answers.role import Role
from trusteval.answers.words import Word, words_of
from trusteval.types import LabelSpec


@dataclass(frozen=True, slots=True)
class Statements:
    """All that a text says of its labels, and where it declines."""

    claims: Sequence[Claim]
    declined: Sequence[Declining]


_YES = frozenset(("yes", "sí", "oui", "ja", "no", "non", "nein", "是", "不是"))
_AGREES = re.compile(
    r"(?:yes|yeah|yep|yup|correct|indeed|absolutely|definitely|certainly|sure|of course|sí|oui|ja"
    r"|是|对)\b"
)
_DENIES = re.compile(
    r"(?:no|nope|nah|never|hardly|not (?:at all|really|quite|in my)|by no means|i do not think so"
    r"|(?:of course|absolutely|definitely|certainly|probably|clearly|surely) not|non|nein|不)\b"
)
# Words beside which a label still stands alone: "I would say it is wrong".
_BESIDE = frozenset(
    {Role.FILLS, Role.CONCLUDES, Role.BREAKS, Role.SUBJECT, Role.COPULA, Role.WOULD, Role.HEADS}
    | {
        Role.HOLDS,
        Role.NEGATES,
        Role.FINAL,
        Role.JOINS,
        Role.AFFIRMS,
        Role.PREDICATES,
    }
)
_INERT = frozenset({Role.FILLS, Role.SUBJECT, Role.AFFIRMS, Role.WOULD, Role.PARTIAL, Role.DEPENDS})
_DENYING = frozenset({Role.NEGATES, Role.QUANTIFIES, Role.DETERMINES})
_AFTER_ANSWER = frozenset(
    {Role.CONCEDES, Role.CONCLUDES, Role.BREAKS, Role.CHOOSES, Role.JOINS, Role.COMPARES}
)
_COVERING = frozenset({Family.UNABLE, Family.UNKNOWN, Family.POLICY, Family.REQUEST})
_PARENTHETIC = frozenset(
    {"in", "my", "view", "opinion", "eyes", "mind", "of", "course", "however", "by", "all", "means"}
    | {"speaking", "fair", "honest", "clear", "sense", "any", "way", "strictly", "as", "far"}
    | {"know", "therefore", "though", "least", "respect"}
)
_FINITE = frozenset({"did", "does", "has", "had", "commits", "committed"})
_RIGHT = frozenset(
    {"answer", "fit", "choice", "label", "correct", "right", "best", "better", "appropriate"}
)
_NEAR = 8


def statements(
    text: str, *, labels: tuple[LabelSpec, ...], language: Language, cut: bool = False
) -> Statements:
    """Read a text in lower case, contractions spelled out; linear in its length.

    `cut` says that it goes on where it ends, so that its last clause closes nothing.
    """
    reader = _Reader(labels, language)
    declined: list[Declining] = []
    for sentence in _sentences(words_of(text, labels=labels, language=language)):
        start, end = sentence[0].start, sentence[-1].end
        here = [found.moved(start) for found in declinings(text[start:end], language=language)]
        reader.read(sentence, here)
        declined += here
    return Statements(reader.weighed(cut=cut), declined)


def _sentences(words: Iterator[Word]) -> Iterator[list[Word]]:
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


@dataclass(slots=True)
class _Clause:
    """What has been heard of a clause so far, as far as it bears on a label that follows."""

    start: int = 0
    n_words: int = 0
    n_content: int = 0  # words beside which a label does not stand alone
    said: list[int] = field(default_factory=list)
    denied: bool = False
    partly: bool = False
    listed_denial: bool = False  # a denial before a comma: "not harmful, illegal or wrong"
    undecided: str = ""
    ascribes: bool = False
    reason: bool = False
    rejects: bool = False
    lessens: bool = False
    source: bool = False
    pending: bool = False  # "the answer", before its "is"
    head: bool = False
    final: bool = False
    relative: bool = False  # inside "who did not ..." or "not asking ..."
    subject_denied: bool = False
    concludes: bool = False
    gerund: bool = False  # inside "calling it wrong", before its verb
    unable: bool = False  # "can", which a denial turns into declining


class _Reader:
    """Reads sentence after sentence, and remembers what bears on the text as a whole."""

    def __init__(self, labels: tuple[LabelSpec, ...], language: Language) -> None:
        self._labels = {label.value: label for label in labels}
        self._language = language
        self._own_yes = any(label.casefold() in _YES for label in self._labels)
        self._claims: list[Claim] = []
        self._asked: LabelSpec | None = None
        self._n_content = 0
        self._n_clauses = 0
        self._concludes = False  # of the last clause: "so", "therefore"
        self._explains = False
        self._disclaims = False  # "as an AI": what it cannot call wrong, it declines to judge
        self._sentence: Sequence[Word] = ()
        self._declined: Sequence[Declining] = ()
        self._clause = _Clause()

    def read(self, sentence: Sequence[Word], declined: Sequence[Declining]) -> None:
        """Take in a sentence."""
        self._sentence, self._declined = sentence, declined
        self._clause = _Clause(start=sentence[0].start)
        first = len(self._claims)
        self._disclaims |= any(d.family is Family.DISCLAIMER for d in declined)
        if self._asked is not None:
            self._answer_question(self._asked)
        for place, word in enumerate(sentence):
            if word.stop:
                self._at_stop(place)
                continue
            self._clause.n_words += 1
            if word.label is not None and self._answers(place):
                self._say(place, word.label)
            else:
                self._hear(place)
        self._close()
        self._reconsider(first)
        if sentence[-1].stop == "\n":
            self._explains = False

    def weighed(self, *, cut: bool) -> list[Claim]:
        """Return all claims; one that stands alone in the first or last clause is the answer."""
        if cut and self._sentence and not self._sentence[-1].stop:
            self._leave_unfinished()
        if self._n_clauses == 1 and len(self._claims) == 1 and self._claims[0].rule == "asked":
            only = self._claims[0]
            if self._n_content == 1:  # "Wrong?" and nothing else
                return [replace(only, weight=Weight.ANSWER, rule=ALONE)]
        alone = [claim for claim in self._claims if claim.rule == ALONE]
        later = {claim.value for claim in alone if claim.clause}
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
        roles = {word.role for word in sentence}
        asks = "?" in sentence[-1].text and sentence[-1].stop != ""
        why = (
            (asks and "asked")
            or (Role.WOULD in roles and Role.CONDITION in roles and "supposed")
            or (Role.DEPENDS in roles and "depends")
            or ""
        )
        listed = _listed(sentence)
        bare = asks and all(word.stop or word.label is not None for word in sentence)
        for place in range(first, len(claims)):
            claim = claims[place]
            if claim.start in listed and claim.rule != DENIED:
                claims[place] = replace(claim, weight=Weight.NAMED, rule=CHOICE)
            elif bare or (why and Weight.NAMED < claim.weight < _certain(claim, why)):
                claims[place] = replace(claim, weight=Weight.NAMED, rule=why)
        self._asked = None
        if asks and not self._own_yes:
            values = {claim.value for claim in claims[first:] if claim.rule == "asked"}
            self._asked = self._labels[values.pop()] if len(values) == 1 else None

    def _answer_question(self, asked: LabelSpec) -> None:
        """Read "Yes" or "No" after a question that the text asked itself."""
        word = self._sentence[0]
        opening = " ".join(w.text for w in self._sentence[:_NEAR])
        value = None
        if _DENIES.match(opening):
            value = asked.opposite
        elif _AGREES.match(opening):
            value = asked.value
        if value is not None and not self._declines():
            rule = "answers its own question"
            claim = Claim(value, Weight.ANSWER, rule, word.start, word.end, clause=self._n_clauses)
            self._claims.append(claim)

    def _declines(self) -> bool:
        return any(d.family in {Family.UNABLE, Family.POLICY} for d in self._declined)

    # -- clauses -------------------------------------------------------------------------

    def _close(self) -> None:
        """End a clause; a label that stands alone in it may be the answer."""
        clause = self._clause
        if not clause.n_words:
            return
        if len(clause.said) == 1 and not clause.n_content:
            claim = self._claims[clause.said[0]]
            if Weight.NAMED < claim.weight < Weight.ANSWER and claim.weight is not Weight.REASON:
                self._claims[clause.said[0]] = replace(claim, weight=Weight.STATED, rule=ALONE)
        self._n_clauses += 1
        self._concludes = clause.concludes

    def _begin(self, start: int, **heard: bool | str) -> None:
        self._close()
        self._clause = _Clause(start=start, **heard)  # type: ignore[arg-type]

    def _at_stop(self, place: int) -> None:
        clause, word = self._clause, self._sentence[place]
        mark = word.stop
        if mark in '"/[]':
            return
        if mark in ":=":
            if clause.pending or clause.head:
                clause.head, clause.denied = True, False
            elif mark == ":":
                self._begin(word.end)
            return
        if mark == "," and _is_parenthesis(self._sentence, place):
            return
        if mark == "(" and clause.n_words and not clause.said:
            return
        self._begin(
            word.end,
            listed_denial=mark == "," and clause.denied and not clause.said,
            final=mark == "," and clause.final and not clause.said,
        )

    # -- words ---------------------------------------------------------------------------

    def _answers(self, place: int) -> bool:
        """Whether a label's word is meant: "no" also stands before nouns, "maybe" before verbs."""
        word, clause = self._sentence[place], self._clause
        if not word.interjects:
            return True
        following = self._after(place)
        if following is None or (following.stop and following.stop != "/"):
            return True
        if self._language is CHINESE:
            return False
        if word.role is None:
            return True  # a word such as "yes" has no other use
        if following.label not in (None, word.label):
            return not clause.n_content and word.role is not Role.FILLS
        if following.role in _AFTER_ANSWER or self._is_called_right(place):
            return True
        if word.role is Role.FILLS:  # "maybe it follows"
            return not self._n_content and not clause.n_content
        if self._language is not ENGLISH:
            return False
        if place and self._sentence[place - 1].text == "a" and following.text in {"from", "for"}:
            return True
        starts = not clause.n_content and not clause.ascribes
        return starts and (
            following.role is Role.SUBJECT or following.text in {"not", "do", "did", "does"}
        )

    def _is_called_right(self, place: int) -> bool:
        """Whether it is said to be the answer, as in "maybe is the better choice"."""
        following = self._after(place)
        if following is None or following.role is not Role.COPULA:
            return False
        return any(word.text in _RIGHT for word in self._sentence[place + 2 : place + 6])

    def _after(self, place: int) -> Word | None:
        return self._sentence[place + 1] if place + 1 < len(self._sentence) else None

    def _hear(self, place: int) -> None:
        """Take in a word that is no label here."""
        word, clause = self._sentence[place], self._clause
        role = word.role
        if clause.n_words == 1 and word.text.endswith("ing") and not word.text.endswith("thing"):
            clause.relative = True  # "doing nothing is wrong"
            clause.gerund = role is None
        if role is None or role in _INERT:
            self._count(word)
            return
        following = self._after(place)
        match role:
            case Role.BREAKS | Role.CONCEDES:
                self._begin(word.start, reason=role is Role.CONCEDES)
                self._clause.n_words = 1
                return
            case Role.CONCLUDES if not (word.text == "so" and _is_degree(self._sentence, place)):
                if clause.n_words > 1:
                    self._begin(word.start)
                    self._clause.n_words = 1
                self._clause.concludes = True
                return
            case Role.JOINS if clause.n_words > 1 and _opens_clause(self._sentence, place):
                self._begin(word.start)
                self._clause.n_words = 1
                return
            case Role.NEGATES | Role.QUANTIFIES | Role.DETERMINES:
                self._deny(place)
            case Role.COPULA:
                self._end_denied_subject(place)
                if clause.said:
                    clause.denied = clause.partly = False
                clause.relative = clause.gerund = False
                clause.ascribes = True
                clause.head |= clause.pending
            case Role.PREDICATES:
                if word.text in _FINITE:
                    self._end_denied_subject(place)
                clause.ascribes = True
            case Role.KNOWS:
                clause.denied = clause.partly = False
            case Role.WHETHER:
                clause.undecided = "asked"
            case Role.CONDITION | Role.BETWEEN:
                clause.undecided = "supposed"
            case Role.POSSIBLE if not clause.denied:  # "did nothing that could be called wrong"
                clause.undecided = clause.undecided or "possible"
            case Role.SOURCE:
                clause.source |= not clause.head and (clause.relative or not clause.n_content)
            case Role.HOLDS:
                clause.ascribes = True
                if clause.source:
                    clause.undecided = "somebody else's view"
            case Role.TASK if not clause.head and not clause.pending:
                clause.undecided = clause.undecided or "about the task"
            case Role.RELATES:
                clause.relative = True
                if word.text == "what" and _asks_in_general(self._sentence, place):
                    clause.undecided = "in general"
            case Role.CHOOSES if clause.listed_denial and not clause.ascribes:
                clause.denied = True
            case Role.COMPARES:
                if clause.lessens:
                    clause.lessens = False
                else:
                    clause.rejects = True
            case Role.LESSENS:
                clause.lessens = True
            case Role.UNABLE:
                clause.unable = True
            case Role.HEADS:
                clause.pending, clause.head = True, False
            case Role.FINAL:
                clause.final = True
            case Role.EXPLAINS if following is not None and following.stop.startswith(":"):
                self._explains = True
        self._count(word)

    def _end_denied_subject(self, place: int) -> None:
        """Leave "who did not ask" behind, at the verb of the clause that it is the subject of."""
        clause = self._clause
        if clause.subject_denied and not _has_own_subject(self._sentence, place):
            clause.denied = clause.partly = clause.subject_denied = False

    def _count(self, word: Word) -> None:
        """Count a word that says something: no label stands alone or is announced beside it."""
        role, clause = word.role, self._clause
        if role in _BESIDE:
            return
        clause.n_content += role not in _DENYING
        self._n_content += role not in _DENYING
        if role is None or role is Role.TASK:
            clause.pending &= word.text in _PARENTHETIC
            clause.head &= word.text.endswith("ly") or word.text in _PARENTHETIC

    def _deny(self, place: int) -> None:
        clause, following = self._clause, self._after(place)
        clause.denied = not clause.denied or self._sentence[place].text == "nor"
        clause.partly = following is not None and following.role is Role.PARTIAL
        opens_subject = (
            clause.n_words == 1
            and following is not None
            and (following.text.endswith("ing") and following.label is None)
        )
        if clause.relative or opens_subject:
            clause.relative = clause.subject_denied = True

    # -- labels --------------------------------------------------------------------------

    def _say(self, place: int, label: LabelSpec) -> None:
        claim = self._claim(self._sentence[place], label, self._after(place))
        if self._is_called_right(place) and claim.value == label.value:
            claim = replace(claim, weight=Weight.ANSWER, rule="called the answer")
        self._clause.said.append(len(self._claims))
        self._claims.append(claim)
        self._n_content += 1

    def _claim(self, word: Word, label: LabelSpec, following: Word | None) -> Claim:
        """Weigh a label where it stands."""
        clause = self._clause

        def claimed(value: str, weight: Weight, rule: str) -> Claim:
            return Claim(value, weight, rule, word.start, word.end, clause=self._n_clauses)

        def named(rule: str) -> Claim:
            return claimed(label.value, Weight.NAMED, rule)

        denied = clause.denied ^ clause.lessens
        if self._is_declined(word) or (denied and clause.unable and self._disclaims):
            return named("declined")
        if denied and clause.partly:
            return named("partly denied")
        if denied and self._names_label(word):
            return named("about the task")
        if denied and self._is_in_general(word):
            return named("in general")
        if clause.rejects:
            return named("rejected")
        value = label.opposite if denied else label.value
        if value is None:
            return named(DENIED)
        if clause.undecided or (clause.gerund and clause.n_content > 1):
            return named(clause.undecided or "in general")
        if clause.head:
            weight = Weight.FINAL if clause.final else Weight.ANSWER
            return claimed(value, weight, ANNOUNCED)
        is_subject = following is not None and (
            following.role in {Role.COPULA, Role.JOINS, Role.CHOOSES}
            and following.text not in {"as"}
        )
        opens = not self._n_content and not clause.n_content and not clause.ascribes
        if opens and not is_subject:
            return claimed(value, Weight.ANSWER, "opens the answer")
        if clause.reason or self._explains:
            return claimed(value, Weight.REASON, "in a reason")
        if clause.ascribes or clause.concludes:
            return claimed(value, Weight.STATED, "denied" if denied else "stated")
        if is_subject and following is not None and following.role is Role.COPULA:
            return named("in general")
        return claimed(value, Weight.WORD, "mentioned")

    def _names_label(self, word: Word) -> bool:
        """Whether it is named as a label, as in "do not use the label wrong"."""
        before = [w for w in self._sentence if w.end <= word.start and not w.stop][-1:]
        return bool(before) and before[0].role is Role.HEADS

    def _is_in_general(self, word: Word) -> bool:
        """Whether its being there is denied, as in "there is no universal wrong"."""
        before = [w for w in self._sentence if self._clause.start <= w.start < word.start]
        words = [w.text for w in before]
        return (
            "there" in words
            and "no" in words
            and (
                before[-1].role is None
                and before[-1].text not in {"thing"}
                and not words[-1].endswith("ly")
            )
        )

    def _is_declined(self, word: Word) -> bool:
        if word.interjects and self._clause.n_words == 1 and self._declines():
            return True
        return any(
            d.family in _COVERING and d.start < word.start and d.end > self._clause.start
            for d in self._declined
        )


def _certain(claim: Claim, why: str) -> Weight:
    """How much a claim must weigh to stand where its sentence asks, supposes or leaves open."""
    supposed = why == "supposed" and claim.rule == ANNOUNCED  # "if so, the answer would be no"
    return Weight.FINAL if supposed else Weight.ANSWER


def _listed(sentence: Sequence[Word]) -> set[int]:
    """Where labels start that only list the choices, as in "yes, maybe or no"."""
    labels = [word for word in sentence if not word.stop]
    if all(word.label is not None for word in labels) and len({w.label for w in labels}) > 1:
        return {word.start for word in labels}
    starts: set[int] = set()
    chain: list[Word] = []
    joined = False
    for word in sentence:
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


def _asks_in_general(sentence: Sequence[Word], place: int) -> bool:
    """Whether "what is wrong" stands for all that is, and not for what is wrong with something."""
    copula, label, beside = ([*sentence[place + 1 : place + 4], None, None, None])[:3]
    return (
        copula is not None
        and (
            copula.role is Role.COPULA or copula.text in {"makes", "make", "counts", "constitutes"}
        )
        and not (label and label.label and beside and beside.text in {"with", "about", "here"})
    )


def _is_degree(sentence: Sequence[Word], place: int) -> bool:
    """Whether "so" says how much, as in "not so wrong"."""
    before = sentence[place - 1] if place else None
    return before is not None and before.role in _DENYING | {
        Role.COPULA,
        Role.PREDICATES,
        Role.HOLDS,
    }


def _opens_clause(sentence: Sequence[Word], place: int) -> bool:
    """Whether "and" joins a statement of its own, as in "and it is", not another word."""
    if sentence[place + 1 : place + 2] and sentence[place + 1].role is Role.QUANTIFIES:
        return True
    for word in sentence[place + 1 : place + 5]:
        if word.role in {Role.COPULA, Role.WOULD}:
            return True
        if word.stop or word.label is not None or word.role in _DENYING | {Role.PREDICATES}:
            return False
    return False


def _is_parenthesis(sentence: Sequence[Word], place: int) -> bool:
    """Whether a comma opens or closes a few words that change nothing, as ", in my view,"."""
    return _closes_parenthesis(sentence[place + 1 : place + _NEAR]) or _closes_parenthesis(
        sentence[max(0, place - _NEAR) : place][::-1]
    )


def _closes_parenthesis(words: Sequence[Word]) -> bool:
    for n_inside, word in enumerate(words):
        if word.stop:
            return word.stop == "," and n_inside > 0
        if word.label is not None or not (
            word.role in {Role.FILLS, Role.SUBJECT, Role.HOLDS, Role.WOULD}
            or word.text in _PARENTHETIC
        ):
            return False
    return False


def _has_own_subject(sentence: Sequence[Word], place: int) -> bool:
    """Whether a copula has a subject after the denial, as in "did not say that it is"."""
    before = sentence[place - 1] if place else None
    if before is None:
        return False
    if before.role in {Role.RELATES, Role.SUBJECT, Role.NEGATES} or before.text in {"to", "be"}:
        return True
    for word in reversed(sentence[max(0, place - 4) : place - 1]):
        if word.role is Role.RELATES:
            return True
        if word.role in _DENYING:
            return False
    return False
