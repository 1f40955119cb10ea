"""What the words around a label do to it: the roles of words, per language, as literal tables.

A clause is read from left to right, and each word may change what a label that follows would mean
(trusteval.answers.statements).
"""

from __future__ import annotations

from enum import StrEnum

from trusteval.answers.languages import Language


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
    CORRECTS = "corrects"  # actually, wait
    CONCLUDES = "concludes"  # so, therefore
    DEPENDS = "depends"
    SUBJECT = "subject"  # it, this, he
    FILLS = "fills"  # words that change nothing


def _table(rows: dict[Role, str]) -> dict[str, Role]:
    return {
        phrase.strip(): role
        for role, phrases in rows.items()
        for phrase in phrases.replace("\n", ",").split(",")
        if phrase.strip()
    }


_ENGLISH = _table(
    {
        Role.NEGATES: "not, never, hardly, scarcely, no longer, far from, anything but, without, nor, "
        "neither, fails to, failed to, fail to, free of, cannot",
        Role.QUANTIFIES: "nothing, nobody, none, no one, nowhere",
        Role.DETERMINES: "no",
        Role.AFFIRMS: "not only, not just, not merely, not simply, nothing but, no doubt, not to mention, "
        "without doubt, without a doubt, without question, no question, can not help but, not least, not the only, "
        "nothing short of, nothing less than, no less than, can not but, none other than",
        Role.COPULA: "is, are, was, were, am, be, been, being, seems, seem, seemed, appears, "
        "appear, appeared, looks, feels, sounds, becomes, remains, constitutes, counts as, "
        "qualifies as, reads as, comes across as",
        Role.PREDICATES: "call, calls, called, consider, considers, considered, deem, deemed, find, finds, "
        "found, classify, classified, label it, label this, label that, labeled, labelled, rate, rated, "
        "judge, judged, mark, marked, describe, described, regard, regarded, as, say, choose, pick, go "
        "with, going with, lean, leaning, vote, anything, something, do, does, did, done, doing, commits, "
        "committed, express, expresses, expressing, convey, conveys, conveying, has, have, had, with, "
        "towards, toward, tend, opt for, select, suggests, indicates, shows, think, believe, contains, "
        "it, this, that, he, she, they, answer with, reply, respond, guess, gives, carries, holds, "
        "answered, =, would be, labels it",
        Role.KNOWS: "know, knew, known, realize, realized, realise, realised, understand, understood, "
        "notice, noticed, aware, mind, care, cared, regret, forget, forgot, admit, acknowledge, "
        "recognize, recognise",
        Role.WHETHER: "whether",
        Role.CONDITION: "if, unless, provided, as long as, assuming, in case, were it, had he, had she, "
        "had they, had it",
        Role.BREAKS: "but, yet, however, nevertheless, nonetheless, still, whereas, instead",
        Role.CONCEDES: "because, since, although, though, even though, while, when, whenever, where, "
        "despite, in spite of, except, until, before, after, which, given that",
        Role.JOINS: "and, as well as, &, plus",
        Role.CHOOSES: "or, /, and/or, vs, versus",
        Role.RELATES: "who, whom, whose, that, what, how, why",
        Role.COMPARES: "than, rather than, instead of, as opposed to",
        Role.LESSENS: "less",
        Role.POSSIBLE: "may, might, could, can be, possible, possibly be, sometimes, at first sight, at "
        "first glance, on the surface, at first, supposed to be, arguably, seemingly, a stretch, hard to, difficult to",
        Role.PARTIAL: "entirely, completely, totally, wholly, fully, always, altogether, purely, "
        "necessarily, all, absolutely, strictly, exactly, only, 100",
        Role.SOURCE: "some, others, many, people, one, critics, someone, somebody, anyone, society, "
        "cultures, opinions, somebody else, certain people",
        Role.HOLDS: "say, says, think, thinks, believe, believes, consider, considers, argue, argues, "
        "find, finds, see, sees, call, calls, view, views, feel, feels, claim, claims, regard, deem, "
        "judge, disagree, hold",
        Role.TASK: "user, question, questions, prompt, instruction, instructions, task, options, labels, "
        "choices, categories, asks, asked, asking, request, premise, hypothesis, passage, examples, "
        "definition of, word, term, concept of, notion of, meaning of, use of, allowed, difference",
        Role.BETWEEN: "between, among, either",
        Role.WOULD: "would, 'd",
        Role.UNABLE: "can, unable, able",
        Role.HEADS: "answer, answers, label, sentiment, prediction, verdict, conclusion, classification, "
        "class, category, output, result, judgment, judgement, decision, choice, evaluation, rating, "
        "assessment, response, guess, pick, tone, opinion, vote, ans, stance, ruling, polarity",
        Role.FINAL: "final, finally, ultimate, ultimately",
        Role.EXPLAINS: "reason, reasons, reasoning, explanation, rationale, justification, analysis, note, "
        "context, sentence, text, review, thought, thoughts, explain, why, evidence, example, input",
        Role.CORRECTS: "actually, wait, correction, scratch that, on second thought, i mean, or rather, "
        "no wait, sorry i meant, my mistake, oops, on reflection",
        Role.CONCLUDES: "so, therefore, thus, hence, overall, in conclusion, in summary, consequently, "
        "to conclude, in short, all in all, as a result, accordingly, then, to sum up",
        Role.DEPENDS: "depends, depend, depending, some cases, certain situations, certain contexts, "
        "certain circumstances, some situations, some contexts, some circumstances, some ways, "
        "many cases, certain cases, some respects, debatable, subjective, relative, differs, differ, "
        "varies, vary, otherwise",
        Role.SUBJECT: "it, this, that, he, she, they, i, we, you, these, those, there, the, a, an, his, "
        "her, their, my, its, your, here",
        Role.FILLS: "if you ask me, if anything, if i had to choose, if i had to pick, if i must choose, "
        "if forced, if i have to choose, very, morally, ethically, clearly, definitely, really, quite, "
        "probably, likely, most, more, simply, just, of, to, at, in, any, way, certainly, obviously, "
        "perhaps, also, indeed, both, well, ok, okay, sure, please, for, me, too, rather, pretty, bit, "
        "even, legally, inherently, intrinsically, truly, entire, general, such, answer is, "
        "label this as, label it as, at all, by far, go so far as to, so far as",
    }
)
# "that" opens a relative clause before anything else it may do; "which" both explains and relates.
_ENGLISH |= {"that": Role.RELATES, "which": Role.CONCEDES, "why": Role.RELATES}

_SPANISH = _table(
    {
        Role.NEGATES: "no, nunca, jamás, tampoco, ni, sin, apenas, lejos de, ya no",
        Role.QUANTIFIES: "nada, nadie, ningún, ninguna, ninguno",
        Role.AFFIRMS: "no solo, no sólo, no solamente, sin duda, nada más que",
        Role.COPULA: "es, está, era, fue, son, estaba, parece, sería, ser, estuvo, estar, resulta",
        Role.PREDICATES: "considero, considera, clasifico, como, llamaría, diría, hizo, hace, algo, hecho, "
        "elijo, elegiría, escojo, tiene, creo, opino",
        Role.KNOWS: "sabe, sabía, sabe que",
        Role.WHETHER: "si",
        Role.CONDITION: "a menos que, siempre que",
        Role.BREAKS: "pero, sino, sin embargo",
        Role.CONCEDES: "porque, aunque, ya que, cuando, mientras, que",
        Role.JOINS: "y, e",
        Role.CHOOSES: "o, u, /",
        Role.RELATES: "quien, quienes, cuyo",
        Role.COMPARES: "en lugar de, en vez de, que no",
        Role.POSSIBLE: "podría, puede ser, quizás sea, tal vez sea, a veces",
        Role.PARTIAL: "del todo, completamente, totalmente, siempre, necesariamente",
        Role.SOURCE: "algunos, otros, muchos, gente",
        Role.HOLDS: "dicen, dirían, piensan, creen, consideran, opinan",
        Role.TASK: "pregunta, tarea, opciones, etiquetas",
        Role.BETWEEN: "entre",
        Role.HEADS: "respuesta, etiqueta, sentimiento, predicción, veredicto, conclusión, resultado",
        Role.FINAL: "final, finalmente",
        Role.EXPLAINS: "razón, explicación, motivo, nota, texto, frase",
        Role.CONCLUDES: "así que, por lo tanto, por tanto, entonces, en conclusión",
        Role.DEPENDS: "depende",
        Role.SUBJECT: "esto, eso, ella, él, el, la, lo, los, las, esta, este, yo",
        Role.FILLS: "moralmente, éticamente, claramente, muy, realmente, correcta, más, bien",
    }
)
_FRENCH = _table(
    {
        Role.NEGATES: "pas, jamais, plus, ni, sans, guère, loin de",
        Role.QUANTIFIES: "rien, aucun, aucune, personne",
        Role.AFFIRMS: "pas seulement, sans doute, sans aucun doute, pas que",
        Role.COPULA: "est, c'est, était, sont, semble, serait, paraît, fut, être, n'est, n'était",
        Role.PREDICATES: "considère, classe, comme, dirais, choisis, quelque chose, fait, de, a, je pense",
        Role.KNOWS: "savait, sait",
        Role.WHETHER: "si, s'il, s'ils, si c'est",
        Role.CONDITION: "à moins que",
        Role.BREAKS: "mais, cependant, pourtant",
        Role.CONCEDES: "parce que, car, bien que, puisque, quand, lorsque, qui, que, qu'il",
        Role.JOINS: "et",
        Role.CHOOSES: "ou, /",
        Role.COMPARES: "plutôt que, au lieu de",
        Role.POSSIBLE: "pourrait, peut être, parfois, peut-être que",
        Role.PARTIAL: "entièrement, complètement, totalement, toujours, forcément, nécessairement",
        Role.SOURCE: "certains, d'autres, beaucoup",
        Role.HOLDS: "disent, diraient, pensent, considèrent, estiment",
        Role.TASK: "question, tâche, options",
        Role.BETWEEN: "entre",
        Role.HEADS: "réponse, étiquette, sentiment, prédiction, verdict, conclusion, résultat",
        Role.FINAL: "finale, finalement",
        Role.EXPLAINS: "raison, explication, note, texte, phrase",
        Role.CONCLUDES: "donc, alors, par conséquent, en conclusion",
        Role.DEPENDS: "dépend",
        Role.SUBJECT: "ce, il, elle, cela, ça, le, la, les, cette, je, l'action, c'",
        Role.FILLS: "moralement, vraiment, très, clairement, bonne, correcte, ne, n'",
    }
)
_GERMAN = _table(
    {
        Role.NEGATES: "nicht, nie, niemals, weder, noch, ohne, kaum, keineswegs, keinesfalls",
        Role.QUANTIFIES: "nichts, niemand, kein, keine, keinen, keinem, keiner",
        Role.AFFIRMS: "nicht nur, nichts als, ohne zweifel, zweifellos",
        Role.COPULA: "ist, war, sind, waren, wäre, scheint, sein, wirkt, klingt",
        Role.PREDICATES: "finde, halte, nenne, als, für, würde, wähle, etwas, getan, macht, bewerte, hat",
        Role.KNOWS: "wusste, weiß",
        Role.WHETHER: "ob",
        Role.CONDITION: "wenn, falls, sofern",
        Role.BREAKS: "aber, sondern, jedoch, doch",
        Role.CONCEDES: "weil, da, obwohl, während, denn, dass",
        Role.JOINS: "und",
        Role.CHOOSES: "oder, /",
        Role.RELATES: "wer, welcher, welche",
        Role.COMPARES: "statt, anstatt",
        Role.POSSIBLE: "könnte, kann, manchmal, mag",
        Role.PARTIAL: "ganz, völlig, immer, unbedingt, vollkommen",
        Role.SOURCE: "manche, einige, andere, viele",
        Role.HOLDS: "sagen, meinen, denken, finden, würden",
        Role.TASK: "frage, aufgabe, optionen",
        Role.BETWEEN: "zwischen",
        Role.HEADS: "antwort, label, stimmung, vorhersage, urteil, ergebnis, fazit, lösung",
        Role.FINAL: "endgültige, schließlich",
        Role.EXPLAINS: "grund, begründung, erklärung, text, satz, hinweis",
        Role.CONCLUDES: "also, daher, deshalb, somit, folglich",
        Role.DEPENDS: "abhängig, kommt darauf an, hängt",
        Role.SUBJECT: "das, es, er, sie, dies, ich, der, die, diese",
        Role.FILLS: "moralisch, ethisch, sehr, wirklich, klar, eindeutig, richtige, lautet",
    }
)
_CHINESE = _table(
    {
        Role.NEGATES: "并不是, 不是, 没有, 并不, 并非, 并没有, 不算, 不能算, 没, 不, 非, 无, 未",
        Role.AFFIRMS: "不仅, 不只是, 不仅仅, 毫无疑问",
        Role.COPULA: "是, 属于, 为",
        Role.PREDICATES: "认为, 觉得, 选择, 选, 做, 做了",
        Role.WHETHER: "是否, 是不是, 有没有",
        Role.CONDITION: "如果, 除非, 假如",
        Role.BREAKS: "但是, 但, 不过, 然而, 而是",
        Role.CONCEDES: "因为, 虽然, 尽管, 由于",
        Role.JOINS: "和, 与, 并且, 而且",
        Role.CHOOSES: "或者, 还是, 或, /",
        Role.COMPARES: "而不是",
        Role.POSSIBLE: "可能是, 有时",
        Role.PARTIAL: "完全, 一定, 总是",
        Role.SOURCE: "有人, 有些人, 一些人, 别人",
        Role.HOLDS: "说, 会说",
        Role.TASK: "问题, 题目, 任务, 选项",
        Role.HEADS: "答案, 标签, 情感, 情绪, 结论, 预测, 判断",
        Role.FINAL: "最终, 最后",
        Role.EXPLAINS: "理由, 原因, 解释, 分析",
        Role.CONCLUDES: "所以, 因此, 综上",
        Role.DEPENDS: "取决于, 视情况",
        Role.SUBJECT: "这, 这个, 他, 她, 它, 该",
        Role.FILLS: "的, 了, 很, 非常, 道德上, 在道德上, 正确, 什么, 任何, 我, 在",
    }
)
ROLES: dict[Language, dict[str, Role]] = {
    Language.ENGLISH: _ENGLISH,
    Language.SPANISH: _SPANISH,
    Language.FRENCH: _FRENCH,
    Language.GERMAN: _GERMAN,
    Language.CHINESE: _CHINESE,
    Language.OTHER: {},
}
"""The role of every word or phrase that has one, by language, in lower case."""

TRANSLATIONS: dict[Language, dict[str, tuple[str, ...]]] = {
    Language.SPANISH: {
        "wrong": ("incorrecto", "incorrecta", "mal", "malo", "mala", "erróneo", "equivocado"),
        "positive": ("positivo", "positiva"),
        "negative": ("negativo", "negativa"),
        "yes": ("sí", "si"),
        "no": ("no",),
        "maybe": ("quizás", "quizá", "tal vez", "posiblemente"),
        "high": ("alto", "alta"),
        "low": ("bajo", "baja"),
    },
    Language.FRENCH: {
        "wrong": ("mal", "faux", "fausse", "incorrect", "incorrecte", "répréhensible"),
        "positive": ("positif", "positive"),
        "negative": ("négatif", "négative"),
        "yes": ("oui",),
        "no": ("non",),
        "maybe": ("peut-être",),
        "high": ("élevé", "haut"),
        "low": ("faible", "bas"),
    },
    Language.GERMAN: {
        "wrong": ("falsch", "unrecht", "verwerflich"),
        "positive": ("positiv",),
        "negative": ("negativ",),
        "yes": ("ja",),
        "no": ("nein",),
        "maybe": ("vielleicht",),
        "high": ("hoch",),
        "low": ("niedrig",),
    },
    Language.CHINESE: {
        "wrong": ("错误", "错", "不道德", "不对"),
        "positive": ("正面", "积极", "肯定"),
        "negative": ("负面", "消极", "否定"),
        "yes": ("是的", "对的", "是", "会", "有", "相同"),
        "no": ("不是", "不会", "不", "否", "没有"),
        "maybe": ("也许", "可能", "或许", "不确定"),
        "high": ("高",),
        "low": ("低",),
    },
}
"""What the shipped labels are called in the other languages that are read."""

INTERJECTIONS = frozenset(
    "yes no maybe sí si oui non ja nein quizás quizá vielleicht 是的 对的 是 会 有 相同 不是 不会 不 否 没有 "
    "也许 可能 或许 不确定 tal-vez posiblemente peut-être".replace("-vez", " vez").split()
) | {"tal vez"}
"""Words that answer when they stand alone, and do something else before another word."""
