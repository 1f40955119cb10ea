"""Finds what of a text is its answer: no reasoning, no special tokens, no invented next turn.

Models mark their reasoning in a dozen ways, and a runtime may keep, strip or cut the marks. What
was thought aloud is no answer, and a thought that never ends has none (docs/method.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 4_000
"""Characters that are read whole; of a longer text the first and the last half of as many."""

_THOUGHT = (
    r"(?:think|thinking|thought|thoughts|reason|reasoning|reflection|scratchpad|analysis|cot"
    r"|chain[ _-]of[ _-]thought|inner[ _-]monologue|monologue|internal[ _-]reasoning|antthinking)"
)
_OPENED = rf"(?:begin[ _]of[ _]|start[ _]|begin[ _])?(?:[a-z]{{1,12}}[:_])?{_THOUGHT}"
_CLOSED = rf"(?:/ ?|end[ _]of[ _]|end[ _])(?:[a-z]{{1,12}}[:_])?{_THOUGHT}"
_MARK = re.compile(
    # <think> [THINK] ◁think▷ <|begin_of_thought|> {thinking} «thought» and what closes them.
    rf"[<\[◁{{«【]\|?\s?(?:(?P<closed>{_CLOSED})|(?P<opened>{_OPENED}))\s?\|?[>\]▷}}»】]"
    # The older form closes with a slash before the bracket's own name: ◁/think▷, <|/think|>.
    r"|(?P<other_closed><channel\|>|<unused\d+>(?!\s?thought))"
    r"|(?P<other_opened>(?:<\|channel>|<unused\d+>)\s?thought)",
    re.IGNORECASE,
)
_MARK_STARTS = "<[◁{«【"
_STEMS = (
    *("think", "thought", "reason", "reflection", "scratchpad", "analysis", "cot>", "monologue"),
    *("channel", "unused"),
)
_MARK_REACH = 32
_MOST_MARKS = 64

# Channels, as gpt-oss writes them: with its marks, and with the marks stripped by a tokenizer.
_FINAL = re.compile(r"<\|channel\|>\s?final\b[^<]{0,64}<\|message\|>", re.IGNORECASE)
# A response that is marked itself: [BEGIN FINAL RESPONSE], <|START_RESPONSE|>, <response>.
_RESPONSE = re.compile(
    r"(?:\[BEGIN FINAL RESPONSE\]|<\|(?:START|begin_of)_(?:RESPONSE|solution)\|>"
    r"|<(?:final_)?response>)(?P<said>.*?)(?:\[END FINAL RESPONSE\]|<\|(?:END|end_of)_(?:RESPONSE"
    r"|solution)\|>|</(?:final_)?response>|$)",
    re.IGNORECASE | re.DOTALL,
)
_CHANNEL = re.compile(r"<\|channel\|>", re.IGNORECASE)
_MESSAGE = re.compile(r"<\|message\|>", re.IGNORECASE)
_BARE_ANALYSIS = re.compile(r"\s*(?:assistant)?(?:analysis|commentary)(?=[A-Z\"'(]|\s[A-Z])")
_BARE_FINAL = re.compile(r"assistant ?final|(?<=[.!?)\"'])final(?=\W|[A-Z0-9])")
_LEADING_FINAL = re.compile(r"\s*(?:assistant ?)?final(?=[A-Z0-9])")

_SHOWN_THOUGHT = re.compile(
    r"\s*Thinking\.\.\.\n(?:.*?\n\.\.\.done thinking\.(?P<said>.*))?", re.DOTALL
)

# Reasoning under a heading of its own, with the answer under another.
_HEADED_THOUGHT = re.compile(
    r"\s*[#*_ ]{0,6}(?:thinking process|thought process|thinking|thoughts?|reasoning"
    r"|chain of thought|analysis|step[- ]by[- ]step(?: reasoning| analysis)?)[*_ ]{0,4}:",
    re.IGNORECASE,
)

_BOXES = re.compile(r"<\|(?:begin|end)_of_box\|>", re.IGNORECASE)
_TOKEN = re.compile(
    r"<[|\uff5c][^|\uff5c<>\n]{1,40}[|\uff5c]>"
    r"|</?s>|<(?:bos|eos|pad|unk)>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|<end_of_utterance>|</?(?:assistant|user|system|human)>",
    re.IGNORECASE,
)
_SPEAKER = r"(?:assistant|user|human|system|bot|ai|model|chatbot|gpt)"
_NEXT_TURN = re.compile(
    # A header on a line of its own, glued to the answer or not, and "User: ..." on a new line.
    r"(?<=[\w.!?\"')*`}\]])(?:assistant|user)(?=\s*\n|\s*$)"
    rf"|\n[ \t#*]*{_SPEAKER}[ \t*]*(?::|\n|$)"
    r"|\n[ \t#*]*(?:question|q|input|instruction|problem)(?: ?\d{1,4})?[ \t*]*:"
    r"|\n[ \t]*#{2,}[ \t]*(?:instruction|input|question|user|human|problem)",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?:assistant|user)\s*$", re.IGNORECASE)
_OWN_HEADER = re.compile(
    rf"\s*(?:<[|\uff5c]?[^<>\n]{{1,40}}>\s*)*(?:#+ ?)?{_SPEAKER}[ \t*]*(?::|\n)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Visible:
    """What of a text may answer.

    `thinks` says that reasoning was begun and never ended, so that nothing of it may; `headed`
    that it stands under a heading, so that only what is announced as the answer counts.
    """

    text: str
    thinks: bool = False
    headed: bool = False


def visible(text: str) -> Visible:
    """Take off what is not the answer; linear in the length of the text."""
    shown = _without_thought(text)
    if shown is None:
        return Visible("", thinks=True)
    shown = _first_turn(_within_bounds(shown))
    return Visible(shown, headed=":" in shown and _HEADED_THOUGHT.match(shown) is not None)


def _without_thought(text: str) -> str | None:
    """Drop reasoning that is marked as such; None where it never ends and nothing precedes it."""
    begins = text[:LONGEST].lstrip()
    shown = _SHOWN_THOUGHT.match(text) if begins.startswith("Thinking") else None
    if shown is not None:  # as a command line shows it
        return shown["said"]
    channels = _channels(text)
    if channels is not None:
        return channels or None
    if text.isalnum() or not any(start in text for start in _MARK_STARTS):
        return text
    closed = _last_closing(text)
    first = _first_opening(text[: closed[0]] if closed else text)
    if closed is None:
        if first is None:
            return text
        before = text[:first]
        return before if before.strip() else None
    rest = text[closed[1] :]
    reopened = _first_opening(rest)
    if reopened is not None:  # a second thought, which never ends
        rest = rest[:reopened]
        if not rest.strip():
            return None
    if first is None:
        return rest
    return f"{text[:first]}\n{rest}" if text[:first].strip() else rest


def _channels(text: str) -> str | None:
    """Return what the final channel says, "" if none does; None where there are no channels."""
    if "<|channel|>" in text or "<|message|>" in text:
        finals = list(_FINAL.finditer(text))
        if finals:
            return text[finals[-1].end() :] or " "
        if _CHANNEL.search(text):
            return ""
        message = _MESSAGE.search(text)
        return None if message is None else text[message.end() :] or " "
    begins = text[:LONGEST].lstrip()
    if _BARE_ANALYSIS.match(begins):
        final = _BARE_FINAL.search(text)
        return "" if final is None else text[final.end() :] or " "
    if "RESPONSE" in text or "response>" in text or "solution|>" in text:
        response = _RESPONSE.search(text)
        if response is not None:
            return response["said"] or " "
    leading = _LEADING_FINAL.match(begins)
    return None if leading is None else text.lstrip()[leading.end() :]


def _first_opening(text: str) -> int | None:
    """Return where the first mark begins that opens a thought."""
    found = [mark.start() for mark in _marks(text, from_end=False) if not _closes(mark)]
    return min(found, default=None)


def _last_closing(text: str) -> tuple[int, int] | None:
    """Return the span of the last mark that closes a thought."""
    found = [mark.span() for mark in _marks(text, from_end=True) if _closes(mark)]
    return max(found, default=None)


def _closes(mark: re.Match[str]) -> bool:
    return bool(mark["closed"] or mark["other_closed"])


def _marks(text: str, *, from_end: bool) -> Iterator[re.Match[str]]:
    """Yield marks of thoughts around the words they are made of, a bounded number of them."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter that is longer in lower case
        lowered = text
    find = lowered.rfind if from_end else lowered.find
    for stem in _STEMS:
        place = find(stem)
        for _ in range(_MOST_MARKS):
            if place < 0:
                break
            for mark in _MARK.finditer(text, max(0, place - _MARK_REACH), place + _MARK_REACH):
                if mark.start() <= place < mark.end():
                    yield mark
            place = find(stem, 0, place) if from_end else find(stem, place + 1)


def _within_bounds(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def _first_turn(text: str) -> str:
    """Cut at the first special token or turn after something was said."""
    if "<" in text or "[" in text:
        text = _before_token(_BOXES.sub(" ", text))
    if not ("\n" in text or ":" in text or _GLUED.search(text)):
        return text
    own = _OWN_HEADER.match(text)
    if own is not None and text[own.end() :].strip():
        text = text[own.end() :]
    turn = _NEXT_TURN.search(text)
    if turn is not None and text[: turn.start()].strip():
        return text[: turn.start()]
    return text


def _before_token(text: str) -> str:
    """Cut at the first token after something was said; drop those before it."""
    end = 0
    for token in _TOKEN.finditer(text):
        said = text[end : token.start()].strip(" \n:#*").casefold()
        if said and said not in _HEADERS:
            return _TOKEN.sub("", text[: token.start()])
        end = token.end()
    return _TOKEN.sub("", text)


_HEADERS = frozenset({"assistant", "user", "system", "model", "bot"})
