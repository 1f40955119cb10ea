"""Finds what of a text is its answer: no reasoning, no special tokens, no invented next turn.

Models mark their reasoning in a dozen ways, and a runtime may keep, strip or cut the marks. What
was thought aloud is no answer, and a thought that never ends has none (docs/method.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 12_000
"""Characters that are read whole; of a longer text the first and the last half of as many."""

_THOUGHT = (
    r"(?:think|thinking|thought|thoughts|reason|reasoning|reflection|scratchpad|analysis|cot"
    r"|chain[ _-]of[ _-]thought|inner[ _-]monologue|monologue|internal[ _-]reasoning|antthinking)"
)
_OPENED = rf"(?:begin[ _]of[ _]|start[ _]|begin[ _])?(?:[a-z]{{1,12}}[:_])?{_THOUGHT}"
_CLOSED = rf"(?:/ ?|end[ _]of[ _]|end[ _])(?:[a-z]{{1,12}}[:_])?{_THOUGHT}"
_MARK = re.compile(
    # <think> [THINK] ◁think▷ <|begin_of_thought|> {thinking} «thought» and what closes them.
    rf"[<\[◁{{«【]\|?\s?(?:(?P<opened>{_OPENED})|(?P<closed>{_CLOSED}))\s?\|?[>\]▷}}»】]"
    # The older form closes with a slash before the bracket's own name: ◁/think▷, <|/think|>.
    r"|(?P<other_closed><channel\|>)"
    r"|(?P<other_opened><\|channel>\s?thought)",
    re.IGNORECASE,
)
_MARK_STARTS = "<[◁{«【"
_MARK_CHARACTERS = 64

# Channels, as gpt-oss writes them: with its marks, and with the marks stripped by a tokenizer.
_FINAL = re.compile(r"<\|channel\|>\s?final\b[^<]{0,64}<\|message\|>", re.IGNORECASE)
_CHANNEL = re.compile(r"<\|channel\|>", re.IGNORECASE)
_MESSAGE = re.compile(r"<\|message\|>", re.IGNORECASE)
_BARE_ANALYSIS = re.compile(r"\s*(?:assistant)?(?:analysis|commentary)(?=[A-Z\"'(]|\s[A-Z])")
_BARE_FINAL = re.compile(r"(?:assistant ?final|(?<=[.!?)\"'])final)(?=\W|[A-Z0-9])")
_LEADING_FINAL = re.compile(r"\s*(?:assistant ?)?final(?=[A-Z0-9])")

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
    return Visible(shown, headed=_HEADED_THOUGHT.match(shown) is not None)


def _without_thought(text: str) -> str | None:
    """Drop reasoning that is marked as such; None where it never ends and nothing precedes it."""
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
    """Return what the final channel says, "" if there is none; None where there are no channels."""
    if "<|channel|>" in text or "<|message|>" in text:
        final = None
        for final in _FINAL.finditer(text):
            pass
        if final is not None:
            return text[final.end() :] or " "
        if _CHANNEL.search(text):
            return ""
        message = _MESSAGE.search(text)
        return None if message is None else text[message.end() :] or " "
    if _BARE_ANALYSIS.match(text):
        final = _BARE_FINAL.search(text)
        return "" if final is None else text[final.end() :] or " "
    leading = _LEADING_FINAL.match(text)
    return None if leading is None else text[leading.end() :]


def _first_opening(text: str) -> int | None:
    for mark in _MARK.finditer(text):
        if mark["opened"] or mark["other_opened"]:
            return mark.start()
    return None


def _last_closing(text: str) -> tuple[int, int] | None:
    """Find the last mark that ends a thought, from the end on: texts may be long."""
    end = len(text)
    while end > 0:
        start = max(0, end - LONGEST)
        # A mark may lie across the border of two pieces.
        piece = text[start : end + _MARK_CHARACTERS]
        last = None
        for mark in _MARK.finditer(piece):
            if mark["closed"] or mark["other_closed"]:
                last = mark
        if last is not None:
            return start + last.start(), start + last.end()
        end = start
    return None


def _within_bounds(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def _first_turn(text: str) -> str:
    """Cut at the first special token or turn after something was said."""
    if "<" in text or "[" in text:
        text = _before_token(_BOXES.sub(" ", text))
    own = _OWN_HEADER.match(text)
    if own is not None and text[own.end() :].strip():
        text = text[own.end() :]
    turn = _NEXT_TURN.search(text)
    if turn is not None and text[: turn.start()].strip():
        return text[: turn.start()]
    return text


def _before_token(text: str) -> str:
    for token in _TOKEN.finditer(text):
        if text[: token.start()].strip() and _says(text[: token.start()]):
            return text[: token.start()]
    return _TOKEN.sub("\n", text)


def _says(text: str) -> bool:
    """Whether anything but tokens and the speaker's own header stands there."""
    rest = _TOKEN.sub(" ", text).strip(" \n:#*")
    return bool(rest) and rest.casefold() not in {"assistant", "user", "system", "model", "bot"}
