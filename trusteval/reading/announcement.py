"""What a letter or digit is worth where it stands: the grammar of announcing a choice."""

from __future__ import annotations

import re

from trusteval.reading.claim import ALONE, ANNOUNCED, Weight
from trusteval.reading.option_texts import OptionTexts, bare
from trusteval.reading.sign import Sign
from trusteval.reading.wordings import one_of

STARTS_LINE, NAMED, POSSIBLE, DENIED, A_WORD, CORRECT = (
    *("starts a line", "named as an option", "possible", "denied", "a word", "called correct"),
)

_OPENED, _CLOSED = r"[\"'(\[ #]*", r"[\"')\]]*"
_ADVERBS = one_of(
    "most likely, likely, probably, definitely, clearly, therefore, thus, hence, indeed, simply, "
    "just, certainly, obviously, possibly, perhaps, still, then, also, actually, either, the, "
    "that, it, is, it's, of, la, el, die, der, das, le, l', best, correct, right, "
    "wahrscheinlich, probablement, probablemente"
)
_SIGN_NAME = one_of(
    r"option, choice, number, no\., nr\., letter, alternative, answer, opción, opcion, número, "
    r"numéro, nummer, buchstabe, lettre, letra, 选项, #"
)
_ANSWER = one_of(
    "answers?, ans, label, verdict, decision, output, option, choice, selection, pick, guess, "
    "solution, conclusion, response, result, prediction, respuesta, réponse, antwort, lösung, "
    "opción, 答案, 选项"
)
_IS = one_of(
    "is, are, was, would be, will be, must be, should be, :, =, ->, →, =>, es, sería, est, "
    "serait, ist, lautet, wäre"
)
_CHOOSING = one_of(
    "choose, chose, choosing, pick, picked, picking, select, selected, selecting, go with, going "
    "with, go for, going for, opt for, say, guess, think, believe, vote for, lean(?:ing)? "
    "(?:towards?|to), settle on, prefer, answer, answering, mark, bet on, money on, points? to, "
    "plump for, land on, elijo, escojo, elegiría, choisis, choisirais, wähle, nehme"
)
_LEADING = one_of(
    "it is, it's, that is, that's, it must be, it would be, must be, so, so it is, therefore, "
    "thus, hence, leaves, leaving, only, not [^.\\n]{1,24} but, =>"
)
_RIGHT = one_of(
    "correct, right, true, best, answer, most (?:likely|appropriate|accurate|suitable), accurate, "
    "proper, appropriate, my (?:final |best )?(?:answer|choice|pick|guess), correcta, correcte, "
    "richtig"
)
_FALSE = one_of(
    "not, n't, incorrect, wrong, false, out, unlikely, eliminated, ruled out, impossible"
)
_ANNOUNCED = re.compile(
    rf"(?:\b|(?<=[\u3400-\u9fff])|^){_ANSWER}\b[^.\n:=?]{{0,40}}?(?: ?{_IS} ?|:)\s*"
    rf"(?:{_ADVERBS} )*(?:{_SIGN_NAME} ?:? ?)*{_OPENED}$"
    rf"|(?:答案|选项|正确选项)(?:应该|应当|应)?(?:是|为|选)?[:： ]*{_OPENED}$"
    rf"|\b(?:respuesta|réponse|antwort) (?:correcta |correcte )?{_OPENED}$"
)
_FINAL = re.compile(r"\bfinal(?:ly)?\b")
_CHOSEN = re.compile(
    rf"(?:\b{_CHOOSING}(?: it is| it's| is| that it is)?|\b{_LEADING}"
    # After a comma: "all but B" is no choice.
    r"|[,;.!] (?:but|yet|however|though|pero|mais|aber)"
    rf"|(?:选择|选|应选|故选|应该选|而是))[,:]?\s*(?:{_ADVERBS} )*(?:{_SIGN_NAME} ?)*{_OPENED}$"
)
_NAMED = re.compile(rf"(?:\b|_|^){_SIGN_NAME} ?:? ?{_OPENED}$")
_HEDGED = re.compile(
    rf"\b(?:could|may|might|would not|can) (?:also )?be {_OPENED}$"
    rf"|\b(?:why|whether|if) (?:it is |not )?{_OPENED}$"
)
_DENIED = re.compile(
    rf"(?:\b(?:not|never|neither|nor|except|excluding|exclude|eliminate|rule out|ruling out"
    rf"|rather than|instead of|than|without|unlike)|n't)\s(?:(?!but\b|so\b)[\w'-]+ "
    rf"){{0,2}}{_OPENED}$|(?:不是|并非|不选|排除){_OPENED}$"
)
_WITH_TEXT = r"(?: ?[:-] ?[^.\n]{1,60}?| \([^)\n]{1,60}\)|,)?"
_DISCARDED = re.compile(
    rf"{_CLOSED}{_WITH_TEXT} (?:is|are|was|seems) (?:clearly |definitely |also |probably |all "
    rf"|both )?{_FALSE}\b|{_CLOSED} ?(?:isn't|can't|cannot|does not|doesn't)\b"
    rf"|{_CLOSED}[^.\n|]{{0,60}}?[|:]\s*(?:false|incorrect|wrong|no)\b|{_CLOSED}\s*[❌✖✗✘🚫]"
)
_CORRECT = re.compile(
    rf"{_CLOSED}{_WITH_TEXT} (?:is|are|seems|looks|would be|must be|fits|es|est|ist) (?:the |la "
    rf"|el |die |most |clearly |definitely |probably |likely |indeed |also )*{_RIGHT}\b"
    rf"|{_CLOSED} (?:remains|is left|survives|it is)\b|{_CLOSED}[^.\n|]{{0,60}}?[|:]\s*(?:true"
    rf"|correct|right)\b|{_CLOSED}\s*[✅✔☑]"
)
_CLAUSE_START = re.compile(rf"(?:^|[.;,:]\s){_OPENED}$")
_AFTER_COLON = re.compile(rf"\w \w[^:]*:\s*{_OPENED}$")
_IS_IT = re.compile(rf"{_CLOSED} is[.!]?\s*$")  # "A is not correct; C is."
_ENDS = re.compile(
    rf"{_CLOSED}(?:\s*$|\s*[/&]|-(?=\w\b)|\s*[.,;:!?)\]>](?!\d)|\s*\n|\s+-+\s|\s*\("
    r"|\s*[\u3400-\u9fff])"
)
_ENDS_TEXT = re.compile(rf"{_CLOSED}[.!]?\s*$")
_GOES_ON = re.compile(
    rf"{_CLOSED} (?:is|because|since|as|for|it|would|due|and|or|seems|being|given|porque|car|weil"
    rf"|y"
    r"|et|und|o|ou|oder|rather|over|instead)\b"
)
_REASON = re.compile(
    rf"{_CLOSED} (?:because|since|as|due|given|rather than|instead of|over|porque|car|weil)\b"
)
_INITIAL = re.compile(r"\. ?[A-Z]\.(?: |$)")
_BULLET = re.compile(r"[\s\"'(\[>#-]*(?:[-+] )?[\"'(\[]*$")
_SENTENCE_START = re.compile(r"[^\W\d_]{2}[\"')]*[.!?][\"')\]]* [\"'(\[]*$")
_SENTENCE_END = re.compile(r"[\"')\]]*(?:[.!?]?\s*$|[.!?]? *\n|[.!?] (?![A-Z]\.))")


def weigh(sign: Sign, options: OptionTexts) -> tuple[Weight, str]:
    """Return what a sign is worth where it stands, and the rule that says so."""
    before, after = sign.before.lower(), sign.after
    if _DENIED.search(before) or _DISCARDED.match(after.lower()):
        return Weight.NAMED, DENIED
    if _is_article(sign, options) or _is_initial(sign, options):
        return Weight.NAMED, A_WORD
    if _CORRECT.match(after.lower()) or (_CLAUSE_START.search(before) and _IS_IT.match(after)):
        hedged = _HEDGED.search(before)
        return (Weight.NAMED, POSSIBLE) if hedged else (Weight.ANSWER, CORRECT)
    if _ANNOUNCED.search(before):
        return (Weight.FINAL if _FINAL.search(before) else Weight.ANSWER), ANNOUNCED
    if _HEDGED.search(before):
        return Weight.NAMED, POSSIBLE
    return _placed(sign, options)


def _placed(sign: Sign, options: OptionTexts) -> tuple[Weight, str]:
    """Weigh a sign that nothing announces or denies by its place."""
    before, after = sign.before.lower(), sign.after
    ends, goes_on = _ENDS.match(after) is not None, _GOES_ON.match(after) is not None
    brackets = sign.before.endswith(("(", "[")) and after.startswith((")", "]"))
    opens_line = _BULLET.fullmatch(sign.before) is not None
    if _CHOSEN.search(before) and (ends or goes_on or brackets):
        return Weight.ANSWER, "chosen"
    opens_sentence = _SENTENCE_START.search(sign.before) and _SENTENCE_END.match(after)
    closes_text = _AFTER_COLON.search(before) and _ENDS_TEXT.match(after)
    if not opens_line and (opens_sentence or closes_text):
        return Weight.ANSWER, ALONE
    if opens_line and _starts_answer(sign, options, ends=ends):
        return Weight.ANSWER, STARTS_LINE
    if _NAMED.search(before) and (ends or goes_on):
        alone = _NAMED.match(before.strip(" \"'([") + " ") is not None
        return (Weight.ANSWER if alone else Weight.STATED), NAMED
    if brackets:
        return Weight.STATED, "in brackets"
    if options.tells(sign.value) and options.follows(sign):
        return Weight.STATED, "beside its own text"
    return Weight.NAMED, "a sign in the text"


def _starts_answer(sign: Sign, options: OptionTexts, *, ends: bool) -> bool:
    if ends or options.follows(sign):
        return True
    return not sign.is_lower and _REASON.match(sign.after) is not None


def _is_article(sign: Sign, options: OptionTexts) -> bool:
    """Whether an A stands before a noun."""
    if sign.value != "A" or not re.match(r" [^\W\d]", sign.after):
        return False
    return not (_GOES_ON.match(sign.after) or options.follows(sign))


def _is_initial(sign: Sign, options: OptionTexts) -> bool:
    """Whether a letter abbreviates a name, as in "B. F. Skinner", which may be an option."""
    if sign.is_lower or not sign.value.isalpha():
        return False
    if options.is_name(bare(sign.value + sign.after.partition("\n")[0])):
        return True
    return _INITIAL.match(sign.after) is not None and not options.follows(sign)
