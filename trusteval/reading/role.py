"""What a word does to the labels that follow it in its clause."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a word does to the labels that follow it in its clause."""

    NEGATES = "negates"
    QUANTIFIES = "quantifies"  # nothing, nobody: negates as a subject too
    DETERMINES = "determines"  # no, before a noun
    AFFIRMS = "affirms"  # not only, nothing but
    COPULA = "copula"
    PREDICATES = "predicates"  # a verb or preposition that ascribes
    KNOWS = "knows"  # did not know that it was wrong
    WHETHER = "whether"
    CONDITION = "condition"
    BREAKS = "breaks"  # but, so: a new clause
    CONCEDES = "concedes"  # because, although: a clause that explains
    JOINS = "joins"  # and
    CHOOSES = "chooses"  # or, nor, /
    RELATES = "relates"  # who, which, that
    COMPARES = "compares"  # than, rather than
    LESSENS = "lessens"
    POSSIBLE = "possible"  # may, might, could
    PARTIAL = "partial"  # entirely: "not entirely wrong"
    SOURCE = "source"  # some, others: whose view it is
    HOLDS = "holds"  # say, think: what a source does
    TASK = "task"  # the question, the user
    BETWEEN = "between"
    WOULD = "would"
    UNABLE = "unable"  # can, before not
    HEADS = "heads"  # answer, label
    FINAL = "final"
    EXPLAINS = "explains"  # reason, explanation: a head of another kind
    CONCLUDES = "concludes"  # so, therefore
    DEPENDS = "depends"
    SUBJECT = "subject"  # it, this, he
    FILLS = "fills"  # words that change nothing


DENYING = frozenset({Role.NEGATES, Role.QUANTIFIES, Role.DETERMINES})
