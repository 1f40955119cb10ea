"""What the logprobs of a reply say of labels: those that the tokens which a server tells spell.

A server tells the likeliest tokens of each place of the answer. A label is known if it is one of
the first place's, or the answer's own first tokens and one of the next place's: their sum is then
exact. Where the template ends is not shown, so that a label counts with or without a space before
it, whichever is likelier.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trusteval.types import LabelLogs, Route

MOST_LIKELIEST = {Route.CHAT: (20, 5), Route.COMPLETIONS: (5,)}
"""How many of the likeliest tokens are asked for, the most that a server may give first.

OpenAI and vLLM tell up to 20, TGI 5, text completions 5.
"""
LABEL_TOKENS = 4
"""How many tokens are asked for where no answer is: few labels have more."""
_NEVER = -9999.0
"""What vLLM says in place of minus infinity."""
_MOST_LOG = 1e-3


@dataclass(frozen=True, slots=True)
class Place:
    """A token of the answer, and the log-probabilities of tokens that could stand there."""

    token: str
    logs: Mapping[str, float]


def asking_for(route: Route, likeliest: int) -> Mapping[str, Any]:
    """Return what a request has to say to be told the likeliest tokens."""
    if route is Route.CHAT:
        return {"logprobs": True, "top_logprobs": likeliest}
    return {"logprobs": likeliest}


def places_of(reply: Mapping[str, Any]) -> list[Place]:
    """Return what a reply that holds an answer tells of its tokens; nothing of what is none."""
    told = reply["choices"][0].get("logprobs")
    if not isinstance(told, dict):
        return []
    rows = _of_content(told) if isinstance(told.get("content"), list) else _of_lists(told)
    places: list[Place] = []
    for token, candidates in rows:
        logs = {
            text: min(0.0, float(log))
            for text, log in candidates
            if isinstance(text, str)
            and isinstance(log, float | int)
            and not isinstance(log, bool)
            and _NEVER < log <= _MOST_LOG
        }
        if not isinstance(token, str) or not logs:
            break
        places.append(Place(token, logs))
    return places


def label_logs(places: Sequence[Place], labels: Sequence[str], *, likeliest: int) -> LabelLogs:
    """Return what the places say of labels, unknown where no tokens that are told spell one."""
    found: dict[str, float] = {}
    said, total = "", 0.0
    for place in places:
        for token, log in place.logs.items():
            spelt = said + token
            label = spelt.removeprefix(" ")
            found[label] = max(found.get(label, -math.inf), total + log)
        if place.token not in place.logs:
            break
        said, total = said + place.token, total + place.logs[place.token]
    known = tuple(map(found.get, labels))
    unknown = (
        f"no token that the server tells, of the {likeliest} likeliest of each place, spells them"
    )
    return LabelLogs(tuple(labels), known, unknown if None in known else "")


def _of_content(told: Mapping[str, Any]) -> Iterator[tuple[object, list[tuple[object, object]]]]:
    """Read the form of chat completions: a list of tokens, each with the likeliest ones."""
    for one in told["content"]:
        if not isinstance(one, dict):
            return
        others = one.get("top_logprobs")
        rows = [one, *(others if isinstance(others, list) else [])]
        yield (
            one.get("token"),
            [(row.get("token"), row.get("logprob")) for row in rows if isinstance(row, dict)],
        )


def _of_lists(told: Mapping[str, Any]) -> Iterator[tuple[object, list[tuple[object, object]]]]:
    """Read the form of text completions: lists of tokens, of logarithms and of the likeliest."""
    lists = [told.get(name) for name in ("tokens", "token_logprobs", "top_logprobs")]
    if not all(isinstance(one, list) for one in lists):
        return
    for token, log, others in zip(*lists, strict=False):
        yield token, [(token, log), *(others.items() if isinstance(others, dict) else [])]
