"""Asks one served model: prompts at once, and why its server refuses one."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncGenerator,
    Callable,
    Collection,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import replace
from typing import Any, TypeVar

from trusteval.engines.engine import Weighed
from trusteval.engines.served.completions import Completion, completion, read_answer
from trusteval.engines.served.concurrency import answered_together
from trusteval.engines.served.label_logprobs import LABEL_TOKENS, label_logs, places_of
from trusteval.engines.served.likeliest import Likeliest
from trusteval.engines.served.outcome import Failure, Rejection, Reply
from trusteval.engines.served.refused import RefusedError, named, naming
from trusteval.engines.served.servers import Servers
from trusteval.engines.served.template_complaints import Cure, find_cure, is_of_length
from trusteval.engines.served.thought import Thought
from trusteval.errors import EngineError, PromptError, UnweighedError
from trusteval.types import Draw, Endpoint, Prompt, Response, Role, Route

_T = TypeVar("_T")
_MOST_TOLD = 1000
_OF_THE_SERVER = (0, 401, 403, 429)
"""Without a word (0), for want of a key, or busy for good: no other model or route fares better."""
_OF_THE_TEMPLATE = (400, 422, 500)


class OpenAIEngine:
    """One served model; `described` is what its server said when it was first asked."""

    def __init__(
        self,
        servers: Servers,
        endpoint: Endpoint,
        *,
        name: str,
        described: Mapping[str, Any],
    ) -> None:
        self.name = name
        self._servers = servers
        self._endpoint = endpoint
        self._described = described
        self._client = servers.client(endpoint, connections=servers.concurrency)
        self._n_answered = 0
        self._is_folding_needed: bool | None = None
        self._loop: asyncio.Runner | None = asyncio.Runner()
        self._answers: AsyncGenerator[Any, None] | None = None
        self._likeliest = Likeliest(servers, self._client, endpoint)

    @property
    def at_once(self) -> int:
        """How many prompts are asked at once."""
        return self._servers.concurrency

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_new_tokens: int,
        done: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Response]]:
        async def ask(index: int) -> Response:
            return (await self._ask(prompts[index], index, max_new_tokens, draw=draw))[0]

        yield from self._groups(ask, prompts, limit=max_new_tokens, done=done)

    def weigh(
        self,
        prompts: Sequence[Prompt],
        *,
        labels: Sequence[str],
        max_new_tokens: int,
        done: Collection[int] = (),
        answered: Collection[int] = (),
        draw: Draw | None = None,
    ) -> Iterator[dict[int, Weighed]]:
        missing = sorted(set(range(len(prompts))).difference(done))
        if not missing:
            return
        likeliest = self._n_likeliest(prompts[missing[0]])
        few = min(max_new_tokens, LABEL_TOKENS)

        async def ask(index: int) -> Weighed:
            prompt, is_answered = prompts[index], index in answered
            # Of a draw, a server may tell what the temperature made of the probabilities.
            is_apart = is_answered or draw is not None
            limit = few if is_apart else max_new_tokens
            response, reply = await self._ask(prompt, index, limit, likeliest=likeliest)
            logs = label_logs(places_of(reply), labels, likeliest=likeliest)
            if draw is not None and not is_answered:
                response, _ = await self._ask(prompt, index, max_new_tokens, draw=draw)
            return Weighed(None if is_answered else response, logs)

        yield from self._groups(ask, prompts, limit=max_new_tokens, done=done)

    def _groups(
        self,
        ask: Callable[[int], Coroutine[Any, Any, _T]],
        prompts: Sequence[Prompt],
        *,
        limit: int,
        done: Collection[int],
    ) -> Iterator[dict[int, _T]]:
        """Ask about every prompt that is not done, and yield what arrives in groups."""
        missing = sorted(set(range(len(prompts))).difference(done))
        if not missing:
            return
        self.refuse_change()
        answers = answered_together(ask, missing, at_once=self._servers.concurrency)
        self._answers = answers
        try:
            # Between two groups the loop stands still: what arrives waits in the sockets.
            while (group := self._run(_next(answers))) is not None:
                yield group
        except RefusedError as error:
            raise self._explained(error, prompts[error.index], limit) from error
        finally:
            self._cancel()

    def _n_likeliest(self, prompt: Prompt) -> int:
        """Return how many tokens of a place the server tells; raises UnweighedError for none."""
        with naming(self.name, self._servers.key):
            told = self._run(self._likeliest.of(prompt))
        if isinstance(told, int):
            return told
        raise UnweighedError(self._servers.key.without(told))

    def check_health(self) -> None:
        return None

    def close(self) -> None:
        """Cancel what is asked and close all connections."""
        self._cancel()
        if self._loop is not None:
            self._loop.run(self._client.close())
            self._loop.close()
            self._loop = None

    def _run(self, doing: Coroutine[Any, Any, _T]) -> _T:
        if self._loop is None:
            doing.close()
            raise EngineError(f"{self.name}: the engine is closed")
        return self._loop.run(doing)

    def _cancel(self) -> None:
        if self._loop is not None and self._answers is not None:
            self._loop.run(_end(self._answers))
            self._answers = None

    def refuse_change(self) -> None:
        """Raise EngineError if the server is gone or says other things than at first."""
        with naming(self.name, self._servers.key):
            described = self._run(self._servers.ask_what_it_is(self._client, self._endpoint))
        if described != self._described:
            raise EngineError(
                f"{self.name}: {self._endpoint.url} was redeployed during the run: it said "
                f"{_brief(self._described)}, and now {_brief(described)}"
            )

    async def _ask(
        self,
        prompt: Prompt,
        index: int,
        max_new_tokens: int,
        *,
        draw: Draw | None = None,
        likeliest: int = 0,
    ) -> tuple[Response, Mapping[str, Any]]:
        """Return an answer, and the reply that it was in."""
        asked = completion(
            prompt, self._endpoint, max_new_tokens=max_new_tokens, draw=draw, likeliest=likeliest
        )
        place = self._endpoint.url, self._endpoint.model, asked.route.value
        with naming(self.name, self._servers.key):
            self._servers.given_up.refuse(*place)
            try:
                answer = await self._answer(prompt, asked, index)
            except (PromptError, RefusedError):
                raise
            except EngineError as error:
                self._servers.given_up.remember(error, *place)
                raise
        self._n_answered += 1
        return answer

    async def _answer(
        self, prompt: Prompt, asked: Completion, index: int
    ) -> tuple[Response, Mapping[str, Any]]:
        url = self._endpoint.url + asked.path
        patience = self._servers.patience_with(self._endpoint)

        async def is_hopeless() -> bool:
            return await self._takes_only_folded(prompt, asked.max_new_tokens)

        posted = self._client.post(url, asked.body, patience=patience, is_hopeless=is_hopeless)
        match await posted:
            case Reply(document):
                answer = read_answer(document, asked, self._endpoint, index=index)
                if isinstance(answer, Thought):
                    limit, others = asked.max_new_tokens, self._n_answered
                    why = answer.sentence(max_new_tokens=limit, answered=others)
                    raise EngineError(f"{self._endpoint.url}: {why}")
                return answer, document
            case Rejection() as rejection:
                raise RefusedError(url, rejection, asked.route, index=index)
            case Failure(status, why):
                raise RefusedError(url, Rejection(status, why), asked.route, index=index)

    def _explained(self, refused: RefusedError, prompt: Prompt, limit: int) -> EngineError:
        """Find out why a request was refused, and remember what holds for all of its kind."""
        endpoint, route = self._endpoint, refused.route
        error = refused.worded()
        cure = find_cure(refused.rejection.told) if route is Route.CHAT else None
        if cure is Cure.FOLD and not _is_foldable(prompt, endpoint):
            cure = None
        may_be = refused.rejection.status in _OF_THE_TEMPLATE and not is_of_length(
            refused.rejection.told
        )
        if cure is None and may_be and self._run(self._takes_only_folded(prompt, limit)):
            cure = Cure.FOLD
        if cure is not None:
            error = EngineError(f"{refused.url}: {refused.rejection.why}; {cure.sentence()}")
        if not isinstance(error, PromptError):
            whole = refused.rejection.status in _OF_THE_SERVER
            place = (endpoint.url,) if whole else (endpoint.url, endpoint.model, route.value)
            self._servers.given_up.remember(error, *place)
        return named(self.name, error, self._servers.key)

    async def _takes_only_folded(self, prompt: Prompt, limit: int) -> bool:
        """Whether a prompt is answered if its system text stands in the user turn, and not else.

        Tried once, since it takes two requests.
        """
        if self._n_answered or not _is_foldable(prompt, self._endpoint):
            return False
        if self._is_folding_needed is None:
            self._is_folding_needed = False  # whoever else asks meanwhile goes on as before
            folding = replace(self._endpoint, folds_system=True)
            folded_first = (folding, self._endpoint)
            found = [await self._is_answered(prompt, way, limit) for way in folded_first]
            self._is_folding_needed = found == [True, False]
        return self._is_folding_needed

    async def _is_answered(self, prompt: Prompt, endpoint: Endpoint, limit: int) -> bool:
        asked = completion(prompt, endpoint, max_new_tokens=limit)
        once = replace(self._servers.opening, total=0.0)
        answer = await self._client.post(endpoint.url + asked.path, asked.body, patience=once)
        return isinstance(answer, Reply)


def _brief(described: Mapping[str, Any]) -> str:
    told = repr(described)
    return told if len(told) <= _MOST_TOLD else f"{told[:_MOST_TOLD]}..."


def _is_foldable(prompt: Prompt, endpoint: Endpoint) -> bool:
    has_system = any(message.role is Role.SYSTEM for message in prompt)
    return has_system and not endpoint.folds_system and endpoint.route is Route.CHAT


async def _next(answers: AsyncGenerator[dict[int, _T], None]) -> dict[int, _T] | None:
    return await anext(answers, None)


async def _end(answers: AsyncGenerator[Any, None]) -> None:
    await answers.aclose()
