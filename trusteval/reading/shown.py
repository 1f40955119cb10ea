"""What of a text is read: its words without dress and courtesy, in lower case, and its language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trusteval.reading.detection import language_of
from trusteval.reading.languages import ENGLISH
from trusteval.reading.languages.language import Language
from trusteval.reading.plain import plain
from trusteval.reading.visible import visible
from trusteval.reading.wordings import one_of
from trusteval.reading.words import spelled_out

_COURTESY = one_of(
    "sure(?: thing)?, certainly, of course, absolutely, okay, ok, great, hello, hi(?: there)?, "
    "thanks?, thank you(?: [\\w ]{1,40})?, great question, good question, interesting question, "
    "got it, understood, i understand, no problem, happy to help, with pleasure, alright, well, "
    "i(?:'d| would) be (?:happy|glad) to (?:help|assist), as requested, hmm, here you go"
)
_POLITE = re.compile(rf"(?:{_COURTESY}[!.,:]+\s*)+", re.IGNORECASE)
_HESITATION = one_of(
    "okay, ok, alright, all right, hmm+, well, so, now, right, let's see, first(?:ly)?, to begin"
)
_INTENT = one_of(
    "figure, determine, decide, think, analy[sz]e, consider, look, evaluate, assess, find, judge, "
    "classify, work, see, understand, break"
)
# Thinking aloud, without a mark.
_DELIBERATES = re.compile(
    rf"(?:{_HESITATION}[,.:! ]+)*(?:(?:so )?(?:i|we) (?:need|have|want|should|must|am asked"
    rf"|are asked|ought)(?: to)? ?{_INTENT}?|let me|let us|let's (?:go|start|{_INTENT})"
    r"|the (?:user|question|task|prompt|problem) (?:is|asks|wants|says|here)"
    r"|to (?:determine|decide|answer|figure|judge|solve|find)|thinking process|step 1)\b"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The words of a text that may answer; none where `thinks` says that a thought never ends.

    `lowered` are the same in lower case, contractions spelled out. `headed` says that reasoning
    stands under a heading of its own, so that a cut text counts only what it announced.
    """

    words: str
    lowered: str = ""
    language: Language = ENGLISH
    headed: bool = False
    thinks: bool = False

    @property
    def quotable(self) -> str:
        """The words by places in `lowered`, with their case where none was spelled out."""
        return self.words if len(self.words) == len(self.lowered) else self.lowered

    @property
    def deliberates(self) -> bool:
        """Whether it begins by thinking aloud."""
        return self.headed or _DELIBERATES.match(self.lowered) is not None


# Short answers repeat: of 14,000 to MMLU a few dozen differ.
@lru_cache(maxsize=8192)
def shown(text: str) -> Shown:
    """Return what of a text is read."""
    seen = visible(text)
    words = plain(seen.text)
    polite = _POLITE.match(words)
    if polite is not None and words[polite.end() :].strip():
        words = words[polite.end() :]
    lowered = words.lower()
    language = language_of(lowered)
    if language is ENGLISH:
        lowered = spelled_out(lowered)
    return Shown(words, lowered, language, seen.headed, seen.thinks)
