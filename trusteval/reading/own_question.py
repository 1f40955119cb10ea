"""Reads what a text answers to a question that it asked itself, or to what it let somebody say."""

from __future__ import annotations

import re

from trusteval.types import LabelSpec

_AGREES = re.compile(
    r"(?:yes|yeah|yep|yup|correct|indeed|absolutely|definitely|certainly|sure|of course|without "
    r"(?:question|a? ?doubt)|no doubt|i (?:would|do|did|think so|believe so)(?! not)|sí|oui|ja|是"
    r"|对)\b"
)
_DENIES = re.compile(
    r"(?:no(?! doubt)|nope|nah|never|hardly|not (?:at all|really|quite|in my|that i)|by no means"
    r"|i (?:do not think so|(?:would|do|did|can) not)|non|nein|不"
    r"|(?:of course|absolutely|definitely|certainly|probably|clearly|surely) not)\b"
)
# "It is." and "It isn't." after what somebody might say; "my answer is no" after a question.
_UPHOLDS = re.compile(
    r"(?:it|that|this|he|she|they) (?:is|was|are|were|did|does)(?P<not> not)? ?[.!]?$"
)
_GIVES_ANSWER = re.compile(r"[^.]{0,40}\banswer\b[^.]{0,24}?(?:is|:|=) ?(?P<said>yes|no)\b")


def own_answer(opening: str, asked: LabelSpec, *, is_asked: bool) -> str | None:
    """Return the label that a sentence's opening gives, None if it gives none.

    `asked` is the label that was asked, or said by somebody where not `is_asked`.
    """
    upheld, given = _UPHOLDS.match(opening), _GIVES_ANSWER.match(opening)
    if upheld is not None:
        return asked.opposite if upheld["not"] else asked.value
    if given is not None:
        return asked.value if given["said"] == "yes" else asked.opposite
    if is_asked and _DENIES.match(opening):
        return asked.opposite
    return asked.value if is_asked and _AGREES.match(opening) else None
