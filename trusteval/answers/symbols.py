"""Reads the statements of a text about labels that are single letters or digits.

Such a sign stands everywhere, so it counts only where it is announced, chosen, in brackets, at the
start of a line, or beside its option's own text (docs/method.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from trusteval.answers.claim import ALONE, ANNOUNCED, CHOICE, Claim, Weight
from trusteval.answers.plain import plain
from trusteval.answers.wordings import one_of

_REACH = 72
_SHORTEST_TEXT = 4
_LONGEST_LINK = 24
_MOST_TEXTS = 16
"""Signs whose text beside them is compared with the options."""

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
    "is, was, would be, will be, must be, should be, :, =, ->, →, =>, es, sería, est, serait, "
    "ist, lautet, wäre"
)
_CHOOSING = one_of(
    "choose, chose, choosing, pick, picked, picking, select, selected, selecting, go with, "
    "going with, opt for, say, guess, think, believe, vote for, lean(?:ing)? (?:towards?|to), "
    "settle on, prefer, answer, answering, mark, elijo, escojo, elegiría, choisis, choisirais, "
    "wähle, nehme"
)
_LEADING = one_of(
    "it is, it's, that is, that's, it must be, it would be, must be, so, so it is, therefore, "
    "thus, hence, going for, leaves, leaving, remains, =>"
)
_RIGHT = one_of(
    "correct, right, true, best, answer, most (?:likely|appropriate|accurate|suitable), accurate, "
    "proper, appropriate, correcta, correcte, richtig"
)
_ANNOUNCED = re.compile(
    rf"(?:\b|(?<=[\u3400-\u9fff])|^){_ANSWER}\b[^.\n:=?]{{0,40}}?(?: ?{_IS} ?|:)\s*"
    rf"(?:{_ADVERBS} )*(?:{_SIGN_NAME} ?:? ?)*{_OPENED}$"
    rf"|(?:答案|选项|正确选项)(?:应该|应当|应)?(?:是|为|选)?[:： ]*{_OPENED}$"
    rf"|\b(?:respuesta|réponse|antwort) (?:correcta |correcte )?{_OPENED}$"
)
_FINAL = re.compile(r"\bfinal(?:ly)?\b")
_CHOSEN = re.compile(
    rf"(?:\b{_CHOOSING}(?: it is| it's| is| that it is)?|\b{_LEADING}|(?:选择|选|应选|故选|应该选))"
    rf"[,:]?\s*(?:{_ADVERBS} )*(?:{_SIGN_NAME} ?)*{_OPENED}$"
)
_NAMED = re.compile(rf"(?:\b|^){_SIGN_NAME} ?:? ?{_OPENED}$")
_HEDGED = re.compile(
    rf"\b(?:could|may|might|would not|can) (?:also )?be {_OPENED}$"
    rf"|\b(?:why|whether|if) (?:it is |not )?{_OPENED}$"
)
_DENIED = re.compile(
    rf"(?:\b(?:not|never|neither|nor|except|excluding|exclude|eliminate|rule out|ruling out"
    rf"|rather than|instead of|than|without|unlike)|n't)\s(?:[\w'-]+ ){{0,2}}{_OPENED}$"
)
_DISCARDED = re.compile(
    rf"{_CLOSED} ?(?::? ?[^.\n]{{0,40}}?)?\b(?:is|are|was|seems) (?:clearly |definitely |also "
    rf"|probably )?"
    r"(?:not|n't|incorrect|wrong|false|out|unlikely|eliminated|ruled out)\b"
    rf"|{_CLOSED} ?(?:isn't|can't|cannot|does not|doesn't)\b"
)
_CORRECT = re.compile(
    rf"{_CLOSED}(?: ?[:-] ?[^.\n]{{1,60}}?| \([^)\n]{{1,60}}\)|,)? (?:is|are|seems|looks|would be"
    rf"|must be"
    r"|fits|es|est|ist) (?:the |la |el |die |most |clearly |definitely |probably |likely |indeed "
    r"|also )*"
    rf"{_RIGHT}\b"
)
_CLAUSE_START = re.compile(rf"(?:^|[.;,:]\s){_OPENED}$")
_IS_IT = re.compile(rf"{_CLOSED} (?:is|remains|is left)[.!]?\s*$")  # "A is not correct; C is."
_ENDS = re.compile(
    rf"{_CLOSED}(?:\s*$|\s*[/&]|-(?=\w\b)|\s*[.,;:!?)\]>](?!\d)|\s*\n|\s+-+\s|\s*\("
    r"|\s*[\u3400-\u9fff])"
)
_GOES_ON = re.compile(
    rf"{_CLOSED} (?:is|because|since|as|for|it|would|due|and|or|seems|being|given|porque|car|weil"
    rf"|y|et"
    r"|und|o|ou|oder|rather|over|instead)\b"
)
_REASON = re.compile(
    rf"{_CLOSED} (?:because|since|as|due|given|rather than|instead of|over|porque|car|weil)\b"
)
_INITIAL = re.compile(r"\. ?[A-Z]\.(?: |$)")
_LIST = re.compile(
    r"[\"')\]]*\s*(?:,\s*(?:and|or|y|o|et|ou|und|oder)?|/|&|and|or|to|-|y|o|et|ou|und|oder|和|或"
    r"|、)\s*"
    r"(?:option |choice )?[\"'(\[]*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[\s\"'(\[>#-]*(?:[-+] )?[\"'(\[]*$")
_SENTENCE_START = re.compile(r"[^\W\d_]{2}[\"')]*[.!?][\"')\]]* [\"'(\[]*$")
_SENTENCE_END = re.compile(r"[\"')\]]*(?:[.!?]?\s*$|[.!?]? *\n|[.!?] (?![A-Z]\.))")
_BEFORE_TEXT = re.compile(r"[\"')\]]*\s*(?:[).:;,=>\]]|-+|->)?\s*[\"'(\[]*")


@dataclass(frozen=True, slots=True)
class _Sign:
    """A letter or digit where it stands, with the line around it."""

    value: str
    start: int
    before: str
    after: str
    is_lower: bool

    @property
    def end(self) -> int:
        return self.start + 1


def symbol_claims(
    text: str, *, symbols: tuple[str, ...], options: Sequence[str], continued: bool = False
) -> list[Claim]:
    """Read what a text, its case kept, says of letters or digits; linear in its length.

    `continued` says that it goes on from a question, where options' words may stand by chance.
    """
    own = {
        symbol: words
        for symbol, option in zip(symbols, options, strict=False)
        if (words := _bare(option))
    }
    signs = list(_signs(text, symbols))
    claims: list[Claim] = []
    for sign in signs:
        claim = _claim(sign, own)
        if claims:
            before, listed = claims[-1], _in_list(text, claims[-1], claim)
            if listed is not claim and before.weight < claim.weight:  # "both B and C are correct"
                claims[-1] = replace(before, weight=claim.weight, rule="in a list")
            claim = listed
        claims.append(claim)
    claims = _without_echo(text, _lines_of_signs(text, claims), signs, own)
    claims += _by_text(text, claims, own)
    repeats = any(claim.rule == CHOICE for claim in claims)
    if continued or repeats or any(claim.weight >= Weight.STATED for claim in claims):
        return claims
    return claims + _in_sentence(text, own)


# -- signs -------------------------------------------------------------------------------


_LATIN = r"[0-9A-Za-z\u00c0-\u024f]"


@lru_cache(maxsize=64)
def _sign_pattern(symbols: tuple[str, ...]) -> re.Pattern[str]:
    letters = "".join(symbols)
    both = re.escape(letters + letters.lower())
    return re.compile(
        rf"(?<!{_LATIN})(?<!{_LATIN}[.'])([{both}])(?!{_LATIN}|_)(?!'\w)(?![.,:/]\d)(?! ?[%°])"
    )


def _signs(text: str, symbols: tuple[str, ...]) -> Iterator[_Sign]:
    digits = symbols[0].isdigit()
    for match in _sign_pattern(symbols).finditer(text):
        start = match.start()
        if start and text[start - 1] in ".,:/$-_" and _is_part(text, start, symbols, digits):
            continue
        line = text.rfind("\n", max(0, start - _REACH), start) + 1 or max(0, start - _REACH)
        said = match[1]
        yield _Sign(
            value=said.upper(),
            start=start,
            before=text[line:start] if line else text[:start],
            after=text[start + 1 : start + 1 + _REACH],
            is_lower=said.islower(),
        )


def _is_part(text: str, start: int, symbols: tuple[str, ...], digits: bool) -> bool:
    """Whether a sign belongs to a number, a date, a range of others or a word."""
    mark = text[start - 1]
    before = text[start - 2] if start > 1 else ""
    if mark == "-":
        return before not in ("", " ", *symbols) if before else True
    if mark == ":":
        return before.isdigit()
    if mark == "." or mark == ",":
        return before.isdigit() if digits else before.isalpha()
    return mark in "$_" or (before not in symbols and before != " " and before != "")


# -- claims ------------------------------------------------------------------------------


def _claim(sign: _Sign, own: dict[str, str]) -> Claim:
    weight, rule = _weighed(sign, own)
    return Claim(sign.value, weight, rule, sign.start, sign.end)


def _weighed(sign: _Sign, own: dict[str, str]) -> tuple[Weight, str]:
    before, after = sign.before.lower(), sign.after
    if _DENIED.search(before) or _DISCARDED.match(after.lower()):
        return Weight.NAMED, "denied"
    if _is_article(sign, own) or _is_initial(sign, own):
        return Weight.NAMED, "a word"
    ends = _ENDS.match(after) is not None
    opens_line = _BULLET.fullmatch(sign.before) is not None
    stands_alone = _SENTENCE_START.search(sign.before) is not None and _SENTENCE_END.match(after)
    brackets = sign.before.endswith(("(", "[")) and after.startswith((")", "]"))
    if _CORRECT.match(after.lower()) or (_CLAUSE_START.search(before) and _IS_IT.match(after)):
        return Weight.ANSWER, "called correct"
    if _ANNOUNCED.search(before):
        final = _FINAL.search(before) is not None
        return (Weight.FINAL if final else Weight.ANSWER), ANNOUNCED
    if _HEDGED.search(before):
        return Weight.NAMED, "possible"
    if _CHOSEN.search(before) and (ends or _GOES_ON.match(after) or brackets):
        return Weight.ANSWER, "chosen"
    if stands_alone and not opens_line:
        return Weight.ANSWER, ALONE
    if opens_line and _starts_answer(sign, own, ends=ends):
        return Weight.ANSWER, "starts a line"
    if _NAMED.search(before) and (ends or _GOES_ON.match(after)):
        alone = _NAMED.match(before.strip(" \"'([") + " ") is not None
        return (Weight.ANSWER if alone else Weight.STATED), "named as an option"
    if brackets:
        return Weight.STATED, "in brackets"
    if len(own.get(sign.value, "")) > 1 and _has_own_text(sign, own):
        return Weight.STATED, "beside its own text"
    return Weight.NAMED, "a sign in the text"


def _starts_answer(sign: _Sign, own: dict[str, str], *, ends: bool) -> bool:
    if ends or _has_own_text(sign, own):
        return True
    return not sign.is_lower and _REASON.match(sign.after) is not None


def _is_article(sign: _Sign, own: dict[str, str]) -> bool:
    """Whether an A stands before a noun."""
    if sign.value != "A" or not re.match(r" [^\W\d]", sign.after):
        return False
    return not (_GOES_ON.match(sign.after) or _has_own_text(sign, own))


def _is_initial(sign: _Sign, own: dict[str, str]) -> bool:
    """Whether a letter abbreviates a name, as in "B. F. Skinner", which may be an option."""
    if sign.is_lower or not sign.value.isalpha():
        return False
    whole = _bare(sign.value + sign.after.partition("\n")[0])
    if any(len(text) > 1 and text == whole for text in own.values()):
        return True
    return _INITIAL.match(sign.after) is not None and not _has_own_text(sign, own)


def _has_own_text(sign: _Sign, own: dict[str, str]) -> bool:
    text = own.get(sign.value)
    if not text:
        return False
    following = _bare(sign.after[_text_start(sign) :], limit=len(text) + 8)
    return following.startswith(text) and not _goes_on(following, len(text))


def _text_start(sign: _Sign) -> int:
    found = _BEFORE_TEXT.match(sign.after)
    return found.end() if found else 0


def _in_list(text: str, before: Claim, claim: Claim) -> Claim:
    """Give a sign that only continues a list the weight of the one before it."""
    if not _lists(text, before, claim) or {"denied", "a word"} & {before.rule, claim.rule}:
        return claim
    return replace(claim, weight=max(claim.weight, before.weight), rule="in a list")


def _lists(text: str, before: Claim, claim: Claim) -> bool:
    between = text[before.end : claim.start]
    return (
        before.value != claim.value
        and len(between) <= _LONGEST_LINK
        and bool(_LIST.fullmatch(between))
    )


_LINK = r"(?:,|/|&|-|and|or|to|\+|y|o|et|ou|und|oder|和|或)"
_BESIDE_SIGNS = re.compile(
    # before the first: "both"; between: ", and"; after the last: "are correct."
    r"\s*(?:(?:both|either|options?|choices?|answers?|the)\s+)*"
    rf"|[\"'()\[\]\s]*(?:{_LINK}|\s)*[\"'()\[\]\s]*"
    r"|[\"')\].!\s]*(?:are (?:both )?(?:correct|right|true|the answers?))?[.!\s]*",
    re.IGNORECASE,
)


def _lines_of_signs(text: str, claims: list[Claim]) -> list[Claim]:
    """Take all signs of a line that holds little else for the answer, as in "both B and C"."""
    kept = list(claims)
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        places = [n for n, claim in enumerate(claims) if start <= claim.start < end]
        if len(places) > 1 and len(places) <= _MOST_TEXTS:
            edges = [
                start,
                *(edge for n in places for edge in (claims[n].start, claims[n].end)),
                end,
            ]
            between = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
            if all(_BESIDE_SIGNS.fullmatch(part) for part in between):
                for n in places:
                    kept[n] = replace(claims[n], weight=Weight.ANSWER, rule="in a list")
        start = end + 1
    return kept


def _without_echo(
    text: str, claims: list[Claim], signs: Sequence[_Sign], own: dict[str, str]
) -> list[Claim]:
    """Take options that a text repeats, on lines of their own or not, for no statement."""
    runs: list[list[int]] = []
    for place, (claim, sign) in enumerate(zip(claims, signs, strict=True)):
        if claim.rule != "starts a line" and not _has_own_text(sign, own):
            continue
        last = claims[runs[-1][-1]] if runs else None
        follows = (
            last is not None
            and claim.value > last.value
            and (text.count("\n", last.end, claim.start) <= 1)
        )
        mark, _, rest = sign.after.partition("\n")[0].partition(" ")
        if follows and (mark or rest):
            runs[-1].append(place)
        elif rest:
            runs.append([place])
    kept = list(claims)
    for place in [place for run in runs if len(run) > 1 for place in run]:
        kept[place] = replace(claims[place], weight=Weight.NAMED, rule=CHOICE)
    return kept


def _by_text(text: str, claims: list[Claim], own: dict[str, str]) -> list[Claim]:
    """Find an answer in an option's own words: the first line, or what is announced as the answer.

    A sign beside another option's whole text says two things.
    """
    found: list[Claim] = []
    by_text = {
        words: symbol for symbol, words in own.items() if list(own.values()).count(words) == 1
    }
    for claim in [claim for claim in claims if claim.weight >= Weight.STATED][:_MOST_TEXTS]:
        line = text[claim.end : claim.end + 400].partition("\n")[0]
        beside = _bare(line[_BEFORE_TEXT.match(line).end() :]) if line else ""  # type: ignore[union-attr]
        other = by_text.get(beside)
        if (
            other is not None
            and other != claim.value
            and len(beside) > 1
            and own.get(claim.value) != beside
        ):
            found.append(replace(claim, value=other, rule="another option's text"))
    if found or any(c.weight >= Weight.STATED or c.rule == CHOICE for c in claims):
        return found
    for start, words in _answer_lines(text):
        symbol = by_text.get(words)
        if symbol is not None:
            return [Claim(symbol, Weight.ANSWER, "an option's own text", start, start + len(words))]
    return found


def _in_sentence(text: str, own: dict[str, str]) -> list[Claim]:
    """Find the one option whose whole text stands in the first line, undenied."""
    line = text.partition("\n")[0].lower()
    found = []
    for symbol, words in own.items():
        tells = len(words) >= _SHORTEST_TEXT or (words.isdigit() and words not in own)
        found_at = re.search(rf"(?<![\w.,:/-]){re.escape(words)}(?![\w]|[.,:/-]\d)", line)
        if found_at is None or not tells:
            continue
        place = found_at.start()
        if _DENIED.search(line[:place]):
            return []
        rule = "an option's own text"
        found.append(Claim(symbol, Weight.STATED, rule, place, place + len(words)))
    return found if len(found) == 1 else []


_HEAD_LINE = re.compile(
    rf"(?:^|[.\n] ?|\b)(?:the |my )?(?:final |correct |right |best )*{_ANSWER}(?: is| would "
    rf"be)?\s?[:=]?\s",
    re.IGNORECASE,
)


def _answer_lines(text: str) -> Iterator[tuple[int, str]]:
    first = text.partition("\n")[0]
    yield 0, _bare(first)
    head = _HEAD_LINE.search(text)
    if head is not None:
        yield head.end(), _bare(text[head.end() :].partition("\n")[0])


@lru_cache(maxsize=4096)
def _bare(text: str, limit: int = 400) -> str:
    """Return words in lower case without the punctuation around them."""
    return " ".join(plain(text[:limit]).lower().strip(" .,:;!?\"'()[]-").split())


def _goes_on(text: str, end: int) -> bool:
    """Whether a word of the text continues past `end`."""
    return text[end - 1 : end].isalnum() and text[end : end + 1].isalnum()
