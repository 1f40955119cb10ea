"""Takes the dress off a text: one letter form, ASCII quotes, no markdown, LaTeX, XML or JSON."""

from __future__ import annotations

import re
import unicodedata

# Typographic quotes, primes and backticks, which models write for ' and ".
_LOOK_ALIKES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u00b4`\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f\u2033", '"')
    | {0x3010: "[", 0x3011: "]", 0x3014: "[", 0x3015: "]"}
    | dict.fromkeys("\u3002\uff61", ". ")
    | dict.fromkeys("\u3001", ", ")
    | dict.fromkeys("\u2012\u2013\u2014\u2015", " - ")
    # Joiners, variation selectors and the frame of a key-cap are seen, never read.
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\u20e3", None)
    # Letters in filled circles and squares, which Unicode does not decompose.
    | {base + n: chr(65 + n) for base in (0x1F150, 0x1F170) for n in range(26)}
    | {base + n: chr(48 + n) for base in (0x2776 - 1, 0x24F5 - 1, 0x2780 - 1) for n in range(1, 10)}
    | {0x24FF: "0", 0x24EA: "0", 0x1F10C: "0"}
)
_CLOSERS = str.maketrans({"\uff0e": ". ", "\uff0c": ", "})
# Underscores and asterisks that hug a word are emphasis; those inside a word are not.
_EMPHASIS = re.compile(
    r"\*+|~~|(?<![^\W_])_+|_+(?![^\W_])|^ ?#{1,6}(?: |$)|^ ?>+ ?|^ ?\|(?= )|\|$", re.MULTILINE
)
# A box that is ticked says its line, beside one that is not; what is struck out is taken back.
_CHECKED = re.compile(r"\[[xX\u2713\u2714\u2611]\]")
_UNCHECKED = re.compile(r"^.*\[ \].*$", re.MULTILINE)
_STRUCK = re.compile(r"~~[^~\n]{1,200}~~")
_FENCE = re.compile(r"'{3,}[a-z]{0,12}(?=\n|$)|'{3,}", re.IGNORECASE)
# What any of the steps below may change; most answers have none of it.
_DRESSED = re.compile(r"[^A-Za-z0-9 \n.,!?'\"();:-]|  | \n|\n[ \n]|'{3}")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r" ?\n[ \n]*")
# Canonical ordering is quadratic in a run of combining marks: short pieces keep it linear.
_PIECE = re.compile(r"\S{1,256}|\s+")

_LATEX_COMMAND = re.compile(
    r"\\(?P<boxed>f?boxed)\b|\\(?:text|textbf|textit|textrm|texttt|mathrm|mathbf|mathsf|mathit"
    r"|operatorname|underline|emph|rm|bf|left|right|displaystyle|quad|qquad|,|;|!| )",
    re.IGNORECASE,
)
_LATEX_MARK = re.compile(r"\\[()\[\]]|\$\$?(?=\S)|(?<=\S)\$")
_BRACES = re.compile(r"[{}]")
# Elements that announce an answer, a reason or nothing; other marks are text.
_ANSWERING = r"(?:final[_ ]?)?(?:answer|label|choice|output|response|result|prediction|verdict)"
_ELEMENT = re.compile(
    rf"<(?P<opens>{_ANSWERING})\b[^<>\n]{{0,40}}>"
    r"|<(?P<reason>reason|explanation|rationale|justification)>"
    rf"|</(?:{_ANSWERING}|reason|explanation|rationale|justification)>"
    r"|</?(?:b|i|u|p|em|strong|code|pre|span|div|br|hr|h[1-6]|li|ul|ol|center|mark|tt|small)"
    r"\b[^<>\n]{0,40}>",
    re.IGNORECASE,
)
# A member of a JSON object: a key in quotes, or a bare one after a brace.
_MEMBER = re.compile(r"[{,]?\s*[\"'](\w[\w \-]{0,30})[\"']\s?:\s?")
_JSON = re.compile(r"\s*(?:'+\s?(?:json)?\s*)?[\[{]\s*(?:[\[{]\s*)?[\"']", re.IGNORECASE)


def plain(text: str) -> str:
    """Return the words of a text without their dress; the case is kept."""
    if text.isascii() and _DRESSED.search(text) is None:
        return text.strip()
    if not text.isascii():
        text = text.translate(_LOOK_ALIKES).translate(_CLOSERS)
        text = "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECE.findall(text))
    text = _unix_lines(text.translate(_LOOK_ALIKES))
    if "\\" in text or "$" in text:
        text = _without_latex(text)
    if "<" in text:
        text = _ELEMENT.sub(_element, text)
    if "'''" in text:
        text = _FENCE.sub("", text)
    if ("{" in text or "[" in text) and _JSON.match(text):
        text = _members(text)
    if "[" in text and _CHECKED.search(text):
        text = _CHECKED.sub("", _UNCHECKED.sub("", text))
    if "~~" in text:
        kept = _STRUCK.sub(" ", text)
        text = kept if kept.strip(" \n.!*_") else text
    text = _NEWLINES.sub("\n", _BLANKS.sub(" ", text))
    if any(mark in text for mark in "*_~#>|"):
        text = _BLANKS.sub(" ", _EMPHASIS.sub("", text))
    return text.strip()


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_latex(text: str) -> str:
    text, n = _LATEX_COMMAND.subn(lambda found: "\nAnswer: " if found["boxed"] else "", text)
    text = _LATEX_MARK.sub("", text)
    return _BRACES.sub("", text) if n else text


def _element(found: re.Match[str]) -> str:
    if found["opens"]:
        return "\nAnswer: "
    return "\nReason: " if found["reason"] else "\n" if found.group().startswith("</") else " "


def _members(text: str) -> str:
    """Write a JSON object, whole or cut, as a line per member."""
    text = _MEMBER.sub(lambda found: f"\n{found[1].replace('_', ' ')}: ", text)
    return text.translate(_JSON_MARKS)


_JSON_MARKS = str.maketrans(dict.fromkeys('{}[]"', " "))
