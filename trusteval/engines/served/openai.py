"""Asks models that an OpenAI-compatible server runs: vLLM, SGLang, llama.cpp, TGI and others.

A server does not show its weights, so that nobody can tell whether they were replaced: the store
knows them by URL, name and what the server says of itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any, TypeVar

from trusteval.engines.served.api_key import ApiKey
from trusteval.engines.served.bounds import BOUNDS, Bounds
from trusteval.engines.served.completions import DECODING, Completion, completion, read_answer
from trusteval.engines.served.concurrency import answered
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.given_up import GivenUp
from trusteval.engines.served.json_client import (
    OPENING,
    PATIENCE,
    Failure,
    JsonClient,
    Patience,
    Rejection,
    Reply,
)
from trusteval.engines.served.server_info import Unlisted, describe_server, key_cure
from trusteval.engines.served.template_complaints import Cure, find_cure, is_of_length
from trusteval.engines.served.thought import Thought
from trusteval.engines.served.waiting import Watch
from trusteval.errors import EngineError, PromptError, UsageError, VariantError
from trusteval.printable import printable
from trusteval.system.progress import Say, say_nothing
from trusteval.types import Endpoint, Prompt, Response, Role, Route, Variant

CONCURRENCY = 16
UNKNOWN_WEIGHTS = "served, so not fingerprinted: after redeploying use another store"
_T = TypeVar("_T")
_MOST_TOLD = 1000
_OF_THE_PROMPT = (400, 413, 422)
_OF_THE_SERVER = (0, 401, 403, 429)
"""Without a word (0), for want of a key, or busy for good: no other model or route fares better."""
_OF_THE_TEMPLATE = (400, 422, 500)


@dataclass(frozen=True, slots=True)
class OpenAIBackend:
    """Served models; `dense` is the one under test, where it is served too.

    At most `concurrency` prompts are asked at once. `described` is what servers said of themselves
    when they were first asked: that is what answers are recorded under. `given_up` is what was
    asked in vain, which is known then for all variants and tests of a run.
    """

    dense: Endpoint | None = None
    concurrency: int = CONCURRENCY
    patience: Patience = PATIENCE
    opening: Patience = OPENING
    bounds: Bounds = BOUNDS
    key: ApiKey = field(default_factory=ApiKey.from_environment)
    watch: Watch = field(default_factory=Watch, compare=False)
    described: dict[Endpoint, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    given_up: GivenUp = field(default_factory=GivenUp, compare=False)

    @classmethod
    def create(
        cls,
        model: str | None,
        *,
        concurrency: int = CONCURRENCY,
        say: Say = say_nothing,
        **_options: Any,
    ) -> OpenAIBackend:
        """Take the dense model, if it is served, as URL#MODEL; asks no server yet.

        Raises UsageError for an endpoint or key that cannot be, or without the client library.
        """
        if find_spec("httpx2") is None:
            raise UsageError(
                "served models need the package httpx2; install it with: "
                "pip install 'trusteval[openai]'"
            )
        dense = None if model is None else parse_endpoint(model)
        return cls(dense=dense, concurrency=concurrency, watch=Watch(say))

    def context(self, variant: Variant) -> Mapping[str, Any]:
        endpoint = self.endpoint(variant)
        return {
            "engine": "openai",
            "url": endpoint.url,
            "model": endpoint.model,
            "route": endpoint.route.value,
            "system": "folded" if endpoint.folds_system else "own turn",
            "decoding": DECODING,
            **self._description(variant),
        }

    def notes(self, variant: Variant) -> Mapping[str, str]:
        context = self.context(variant)
        endpoint = self.endpoint(variant)
        return {
            "weights": UNKNOWN_WEIGHTS,
            "served by": f"{endpoint.url}, version {context['version'] or 'unknown'}",
            "served model": endpoint.model,
            "route": endpoint.route.value,
        }

    def build(self, variant: Variant) -> Mapping[str, object]:
        return {}

    def vocabularies(self, variant: Variant) -> Mapping[str, str]:
        return {}

    def tokenizing(self, variant: Variant) -> Mapping[str, str]:
        return {}

    def window(self, variant: Variant) -> None:
        return None

    def open(self, variant: Variant) -> OpenAIEngine:
        engine = OpenAIEngine(
            self,
            self.endpoint(variant),
            name=variant.name,
            described=self._description(variant),
        )
        try:
            engine.refuse_change()
        except EngineError:
            engine.close()
            raise
        return engine

    def endpoint(self, variant: Variant) -> Endpoint:
        """Return where a variant is served; raises VariantError if it is not."""
        endpoint = variant.served or (self.dense if variant.is_under_test else None)
        if endpoint is None:
            raise VariantError(
                f"variant {variant.name!r} is not served; --trust-engine=openai needs "
                f"{variant.name}=openai:URL#MODEL"
            )
        return endpoint

    def _description(self, variant: Variant) -> Mapping[str, Any]:
        endpoint = self.endpoint(variant)
        if endpoint not in self.described:
            self.described[endpoint] = asyncio.run(self._describe(variant))
        return self.described[endpoint]

    async def _describe(self, variant: Variant) -> Mapping[str, Any]:
        with _naming(variant.name, self.key):
            client = self.client(self.endpoint(variant))
            try:
                return await self.ask_what_it_is(client, self.endpoint(variant))
            finally:
                await client.close()

    def client(self, endpoint: Endpoint, *, connections: int = 1) -> JsonClient:
        """Return a client of a server; raises EngineError if none can be had here."""
        return JsonClient(
            endpoint.url,
            key=self.key,
            connections=connections,
            watch=self.watch,
            bounds=self.bounds,
        )

    async def ask_what_it_is(self, client: JsonClient, endpoint: Endpoint) -> Mapping[str, Any]:
        """Return what a server says of itself; raises EngineError if it is gone or given up."""
        self.given_up.refuse(endpoint.url, endpoint.model)
        try:
            described = await describe_server(client, endpoint, patience=self.opening)
        except EngineError as error:
            self.given_up.remember(error, endpoint.url)
            raise
        if isinstance(described, Unlisted):
            unlisted = EngineError(described.why)
            self.given_up.remember(unlisted, endpoint.url, endpoint.model)
            raise unlisted
        return described

    def patience_with(self, endpoint: Endpoint) -> Patience:
        """Return how long to try: not long where another model or route was tried in vain."""
        if not self.given_up.doubts(endpoint.url):
            return self.patience
        short = self.patience.reply + self.opening.total
        return replace(self.patience, total=min(self.patience.total, short))


class OpenAIEngine:
    """One served model; `described` is what its server said when it was first asked."""

    def __init__(
        self,
        backend: OpenAIBackend,
        endpoint: Endpoint,
        *,
        name: str,
        described: Mapping[str, Any],
    ) -> None:
        self.name = name
        self._backend = backend
        self._endpoint = endpoint
        self._described = described
        self._client = backend.client(endpoint, connections=backend.concurrency)
        self._n_answered = 0
        self._is_folding_needed: bool | None = None
        self._loop: asyncio.Runner | None = asyncio.Runner()
        self._answers: AsyncGenerator[dict[int, Response], None] | None = None

    def generate(
        self, prompts: Sequence[Prompt], *, max_new_tokens: int, done: Collection[int] = ()
    ) -> Iterator[dict[int, Response]]:
        missing = sorted(set(range(len(prompts))).difference(done))
        if not missing:
            return
        self.refuse_change()

        async def ask(index: int) -> Response:
            return await self._ask(prompts[index], index, max_new_tokens)

        answers = answered(ask, missing, at_once=self._backend.concurrency)
        self._answers = answers
        try:
            # Between two groups the loop stands still: what arrives waits in the sockets.
            while (group := self._run(_next(answers))) is not None:
                yield group
        except _RefusedError as error:
            raise self._explained(error, prompts[error.index], max_new_tokens) from error
        finally:
            self._cancel()

    def examine(self) -> None:
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
        with _naming(self.name, self._backend.key):
            described = self._run(self._backend.ask_what_it_is(self._client, self._endpoint))
        if described != self._described:
            raise EngineError(
                f"{self.name}: {self._endpoint.url} was redeployed during the run: it said "
                f"{_brief(self._described)}, and now {_brief(described)}"
            )

    async def _ask(self, prompt: Prompt, index: int, max_new_tokens: int) -> Response:
        asked = completion(prompt, self._endpoint, max_new_tokens=max_new_tokens)
        place = self._endpoint.url, self._endpoint.model, asked.route.value
        with _naming(self.name, self._backend.key):
            self._backend.given_up.refuse(*place)
            try:
                answer = await self._answer(prompt, asked, index)
            except (PromptError, _RefusedError):
                raise
            except EngineError as error:
                self._backend.given_up.remember(error, *place)
                raise
        self._n_answered += 1
        return answer

    async def _answer(self, prompt: Prompt, asked: Completion, index: int) -> Response:
        url = self._endpoint.url + asked.path
        patience = self._backend.patience_with(self._endpoint)

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
                return answer
            case Rejection() as rejection:
                raise _RefusedError(url, rejection, asked.route, index=index)
            case Failure(status, why):
                raise _RefusedError(url, Rejection(status, why), asked.route, index=index)

    def _explained(self, refused: _RefusedError, prompt: Prompt, limit: int) -> EngineError:
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
            self._backend.given_up.remember(error, *place)
        return _named(self.name, error, self._backend.key)

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
        once = replace(self._backend.opening, total=0.0)
        answer = await self._client.post(endpoint.url + asked.path, asked.body, patience=once)
        return isinstance(answer, Reply)


class _RefusedError(EngineError):
    """A request that a server rejected or failed; not yet looked at why."""

    def __init__(self, url: str, rejection: Rejection, route: Route, *, index: int) -> None:
        super().__init__(rejection.why)
        self.url, self.rejection, self.route, self.index = url, rejection, route, index

    def worded(self) -> EngineError:
        """Say what was refused: this prompt, or whatever would be asked."""
        url, why, status = self.url, self.rejection.why, self.rejection.status
        if why.startswith(url):
            return EngineError(why)
        if status in _OF_THE_PROMPT:
            return PromptError(f"{url} rejects the prompt: {why}", index=self.index)
        if status == 404 and self.route is Route.COMPLETIONS:
            return EngineError(
                f"{url} is not there, and text without a chat template can go nowhere else: {why}"
            )
        return EngineError(f"{url} rejects the request: {why}{key_cure(self.rejection)}")


def _brief(described: Mapping[str, Any]) -> str:
    told = repr(described)
    return told if len(told) <= _MOST_TOLD else f"{told[:_MOST_TOLD]}..."


def _is_foldable(prompt: Prompt, endpoint: Endpoint) -> bool:
    has_system = any(message.role is Role.SYSTEM for message in prompt)
    return has_system and not endpoint.folds_system and endpoint.route is Route.CHAT


@contextmanager
def _naming(variant: str, key: ApiKey) -> Iterator[None]:
    """Let what goes wrong say with whom, and nothing of the key."""
    try:
        yield
    except _RefusedError:
        raise
    except EngineError as error:
        raise _named(variant, error, key) from error


def _named(variant: str, error: EngineError, key: ApiKey) -> EngineError:
    told = key.without(printable(f"{variant}: {error}"))
    if isinstance(error, PromptError):
        return PromptError(told, index=error.index)
    return EngineError(told)


async def _next(answers: AsyncGenerator[dict[int, Response], None]) -> dict[int, Response] | None:
    return await anext(answers, None)


async def _end(answers: AsyncGenerator[dict[int, Response], None]) -> None:
    await answers.aclose()
