"""Reads a sample of an inspect log: one item in one epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trusteval.results.answered import Answered
from trusteval.results.content import content_key
from trusteval.results.documents import Entry
from trusteval.types import FinishReason, Response

SAMPLE_FIELDS = (
    *("id", "epoch", "input", "choices", "target", "messages", "output", "scores", "error"),
)
"""What is read of a sample."""
_WORTH = {
    **dict.fromkeys(("c", "yes", "true"), 1.0),
    **dict.fromkeys(("i", "n", "no", "false"), 0.0),
    "p": 0.5,
}
"""What inspect counts a score's word as: correct, incorrect, no answer, partly."""
_CUT = {"max_tokens", "model_length"}


def is_failed(sample: Entry) -> bool:
    """Whether a sample ended in an error, so that nothing was scored that the model said."""
    return sample.values.get("error") is not None


def read_sample(sample: Entry) -> Answered:
    """Return what a sample says; raises TrackingError for what is none."""
    asked, target = sample.values.get("input"), sample.values.get("target")
    if not isinstance(asked, str | list):
        sample.malformed("a text or messages under 'input'", asked)
    choices = sample.optional_items("choices")
    texts = tuple(str(choice) for choice in choices)
    return Answered(
        name=_name(sample),
        key=content_key([_spoken(asked), list(texts), target]),
        text=_shown(asked),
        target=target if isinstance(target, str) else ", ".join(map(str, target or [])),
        values=dict(_scores(sample)),
        epoch=_epoch(sample),
        prompt_key=_prompt_key(sample),
        responses=(_response(sample.part("output")),),
        options=texts,
    )


def _name(sample: Entry) -> str:
    name = sample.values.get("id")
    if isinstance(name, bool) or not isinstance(name, int | str):
        sample.malformed("a number or text under 'id'", name)
    return str(name)


def _epoch(sample: Entry) -> int:
    epoch = sample.values.get("epoch")
    if isinstance(epoch, bool) or not isinstance(epoch, int):
        sample.malformed("a number under 'epoch'", epoch)
    return epoch


def _spoken(asked: str | list[Any]) -> Any:
    """Return an input without what differs from run to run: the messages' ids."""
    if isinstance(asked, str):
        return asked
    return [
        {"role": message.get("role"), "content": message.get("content")}
        if isinstance(message, dict)
        else message
        for message in asked
    ]


def _shown(asked: str | list[Any]) -> str:
    if isinstance(asked, str):
        return asked
    return "\n".join(_content(message) for message in asked)


def _content(message: Any) -> str:
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(content, list):
        return "\n".join(
            str(part.get("text", part.get("type"))) for part in content if isinstance(part, dict)
        )
    return str(content)


def _prompt_key(sample: Entry) -> str:
    """Hash the messages up to the model's first; a demonstration's answer is one of its own."""
    messages = sample.optional_items("messages")
    sent = [
        index
        for index, message in enumerate(messages)
        if isinstance(message, dict)
        and message.get("role") == "assistant"
        and message.get("source", "generate") == "generate"
    ]
    prompt = messages[: sent[0]] if sent else messages
    return content_key(_spoken(prompt)) if prompt else ""


def _response(output: Entry) -> Response:
    choices = output.optional_items("choices")
    first = choices[0] if choices and isinstance(choices[0], dict) else {}
    text = output.values.get("completion")
    if text is None:  # as older versions leave it out
        text = _content(first.get("message", {"content": ""}))
    if not isinstance(text, str):
        output.malformed("a text under 'completion'", text)
    is_cut = first.get("stop_reason") in _CUT
    return Response(text, FinishReason.LENGTH if is_cut else FinishReason.END, 0, 0)


def _scores(sample: Entry) -> Iterator[tuple[str, object]]:
    scores = sample.optional_part("scores")
    for scorer in scores.values:
        score = scores.part(scorer).values.get("value")
        if isinstance(score, dict):
            yield from ((f"{scorer}/{name}", _worth(value)) for name, value in score.items())
        else:
            yield scorer, _worth(score)


def _worth(value: object) -> object:
    """Return a score as inspect's own mean counts it, and what is no score as it is."""
    if not isinstance(value, str):
        return value
    if (worth := _WORTH.get(value.lower())) is not None:
        return worth
    try:
        return float(value)
    except ValueError:
        return value
