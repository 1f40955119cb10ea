"""Finds what of an open answer its speaker says: no code, no quotations, no words of another.

A refusal that is quoted, drafted for somebody or printed by a program declines nothing. Where a
text is nothing but a quotation or a block, that is what it says.
"""

from __future__ import annotations

import re

from trusteval.reading.plain import plain

CODE = "\ue000"
"""Stands, on a line of its own, where a block of code stood."""

_FENCED = re.compile(
    r"^[ \t]*(?P<mark>```|~~~)[^\n]*\n.*?(?:^[ \t]*(?P=mark)|\Z)", re.MULTILINE | re.DOTALL
)
_BLOCKQUOTE = re.compile(r"^[ \t]*>[^\n]*$", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*+\u2022\u25cf\u25aa\u2013](?=[ \t])", re.MULTILINE)
_QUOTATIONS = (
    re.compile(r'"[^"\n]{1,600}"'),
    re.compile(r"(?<!\w)'(?:[^'\n]|(?<=\w)'(?=\w)){3,300}'(?!\w)"),
)
_QUOTED = '""'
# What announces the answer itself, so that a quotation after it is one's own words.
_HEADER = re.compile(
    r"\b(?:response|answer|assistant|output|reply|ai|bot|final|my|the|is|here|model)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")


def said(text: str) -> str:
    """Return a text's own words without their dress, a list item or a paragraph per line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    own = _BLOCKQUOTE.sub("", _FENCED.sub(f"\n{CODE}\n", lines))
    if not _LETTER.search(own):
        own = lines
    words = plain(_BULLET.sub(r"\1-", own))
    unquoted = words
    for quotation in _QUOTATIONS:
        unquoted = quotation.sub(_QUOTED, unquoted)
    return unquoted if _LETTER.search(_HEADER.sub("", unquoted)) else words
