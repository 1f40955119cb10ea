"""What a server is sent for a prompt, and what its reply says: chat and text completions.

Greedy decoding with a fixed seed, or a draw with a seed for each prompt. A reply is an answer only
if it is one in every part; nothing else that a server says ever becomes the text of an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trusteval.engines.chat import PINNED_DATE, fold_system, plain_layout
from trusteval.engines.drawing import seed_of
from trusteval.engines.served.label_logprobs import asking_for
from trusteval.engines.served.thought import Thought, find_thought
from trusteval.errors import EngineError, PromptError
from trusteval.system.as_declared import shown, whole_number
from trusteval.system.files import abbreviated
from trusteval.types import Draw, Endpoint, FinishReason, Prompt, Response, Role, Route

_SEEDS = 1 << 31
_FINISHED = {"stop": FinishReason.END, "length": FinishReason.LENGTH}
_LONGEST_TOKEN = 512
"""No tokenizer has a token of so many characters."""
_MOST_KEYS, _LONGEST_KEY = 10, 40
_MOST_TOKENS = 1 << 31
_FIELD = {Route.CHAT: "content", Route.COMPLETIONS: "text"}


@dataclass(frozen=True, slots=True)
class Completion:
    """One request for an answer of at most `max_new_tokens`."""

    route: Route
    body: Mapping[str, Any]
    max_new_tokens: int

    @property
    def path(self) -> str:
        return "/completions" if self.route is Route.COMPLETIONS else "/chat/completions"


def decoding(draw: Draw | None) -> str:
    """Say how a server is asked to decode, for the addresses of answers."""
    way = "greedy, seed 0" if draw is None else draw.wording
    return f"{way}, thinking off, date pinned to {PINNED_DATE}"


def completion(
    prompt: Prompt,
    endpoint: Endpoint,
    *,
    max_new_tokens: int,
    draw: Draw | None = None,
    likeliest: int = 0,
) -> Completion:
    """Word the request for a prompt's answer, or a draw of it, and the `likeliest` of each token.

    Text to be continued goes without a chat template by any route; a conversation only if the
    endpoint says so, in the plain layout.
    """
    body: dict[str, Any] = {
        "model": endpoint.model,
        "max_tokens": max_new_tokens,
        **_chance(prompt, draw),
        # `transformers serve` reads it as "no repetition penalty", whatever the model's default.
        "frequency_penalty": 0,
    }
    route = route_of(prompt, endpoint)
    if likeliest:
        body |= asking_for(route, likeliest)
    if any(message.role is Role.PLAIN for message in prompt):
        body["prompt"] = "".join(message.content for message in prompt)
        return Completion(route, body, max_new_tokens)
    if route is Route.COMPLETIONS:
        body["prompt"] = plain_layout(prompt)
        return Completion(route, body, max_new_tokens)
    if endpoint.folds_system and any(message.role is Role.SYSTEM for message in prompt):
        prompt = fold_system(prompt)
    body["messages"] = [{"role": str(m.role), "content": m.content} for m in prompt]
    body["chat_template_kwargs"] = {"enable_thinking": False, "date_string": PINNED_DATE}
    return Completion(route, body, max_new_tokens)


def route_of(prompt: Prompt, endpoint: Endpoint) -> Route:
    """Return the way a prompt goes."""
    is_plain = any(message.role is Role.PLAIN for message in prompt)
    return Route.COMPLETIONS if is_plain else endpoint.route


def _chance(prompt: Prompt, draw: Draw | None) -> dict[str, Any]:
    """Return temperature and seed; of a draw, that nothing improbable is cut off either.

    Servers cut by defaults of their own or of the model: the probabilities would be others.
    """
    if draw is None:
        return {"temperature": 0, "seed": 0}
    seed = seed_of(draw, [[message.role, message.content] for message in prompt]) % _SEEDS
    whole = {"top_p": 1, "top_k": -1, "min_p": 0}
    return {"temperature": draw.temperature, "seed": seed, **whole}


def read_answer(
    reply: Mapping[str, Any], asked: Completion, endpoint: Endpoint, *, index: int
) -> Response | Thought:
    """Return the answer that a reply holds; tokens that the server did not count are 0.

    What is no whole number counts nothing, and half a character is one that cannot be shown: all
    else that an answer cannot be is refused. A reply that holds reasoning and no answer is a
    Thought.

    Raises PromptError for an answer that was withheld or interrupted, EngineError for a reply
    that is none or another model's.
    """
    choice = _choice(reply, model=endpoint.model)
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or reason not in _FINISHED:
        got = abbreviated(reason)
        raise PromptError(f"the answer ended with finish_reason {got}", index=index)
    n_prompt_tokens, n_new_tokens = _counts(reply)
    if n_new_tokens > asked.max_new_tokens:
        raise EngineError(
            f"asked for at most {asked.max_new_tokens} tokens, got {shown(n_new_tokens)}: the "
            "server ignores max_tokens"
        )
    said = _text(choice, asked.route)
    if not (said or "").strip() and (thought := find_thought(choice, reply.get("usage"))):
        return thought
    if said is None:
        got = type(_message(choice, asked.route).get(_FIELD[asked.route])).__name__
        raise EngineError(f"expected an answer's text, got {got}")
    if len(said) > _LONGEST_TOKEN * asked.max_new_tokens:
        raise EngineError(
            f"asked for at most {asked.max_new_tokens} tokens, got {len(said):,} characters (at "
            f"most {_LONGEST_TOKEN} a token): the server ignores max_tokens"
        )
    return Response(
        text=said,
        finish_reason=_FINISHED[reason],
        n_prompt_tokens=n_prompt_tokens,
        n_new_tokens=n_new_tokens,
    )


def _message(choice: Mapping[str, Any], route: Route) -> Mapping[str, Any]:
    message = choice if route is Route.COMPLETIONS else choice.get("message")
    return message if isinstance(message, dict) else {}


def _text(choice: Mapping[str, Any], route: Route) -> str | None:
    """Return the text of an answer, None where there is none."""
    text = _message(choice, route).get(_FIELD[route])
    if not isinstance(text, str):
        return None
    # JSON can hold halves of characters, which no file can.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_named(name: object, model: str) -> bool:
    return isinstance(name, str) and (name == model or name.startswith(f"{model}@"))


def _counts(reply: Mapping[str, Any]) -> tuple[int, int]:
    """Return the tokens of prompt and answer; raises EngineError for more than there can be."""
    usage = reply.get("usage")
    given = usage if isinstance(usage, dict) else {}
    counts = [whole_number(given.get(name)) or 0 for name in ("prompt_tokens", "completion_tokens")]
    if max(counts) >= _MOST_TOKENS:
        raise EngineError(f"expected a number of tokens, got {shown(max(counts))}")
    return max(counts[0], 0), max(counts[1], 0)


def _choice(reply: Mapping[str, Any], *, model: str) -> dict[str, Any]:
    """Return the only choice of a reply; raises EngineError for another model's reply."""
    name = reply.get("model")
    # `transformers serve` adds the revision.
    if name is not None and not _is_named(name, model):
        raise EngineError(f"asked {model!r}, but {abbreviated(name)} replied")
    choices = reply.get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        raise EngineError(f"expected a reply with one choice, got {_keys(reply)}")
    return choices[0]


def _keys(reply: Mapping[str, Any]) -> str:
    choices = reply.get("choices")
    if isinstance(choices, list):
        return f"{len(choices)} choices"
    if told := reply.get("error"):
        return f"the error {str(told)[:200]!r}"
    return f"keys {', '.join(sorted(map(_shown, reply))[:_MOST_KEYS]) or 'none'}"


def _shown(key: str) -> str:
    return key if key.isprintable() and len(key) <= _LONGEST_KEY else abbreviated(key)
