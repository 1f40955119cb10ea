"""Asks models that an OpenAI-compatible server runs: vLLM, SGLang, llama.cpp, TGI and others.

A server does not show its weights, so that nobody can tell whether they were replaced: the store
knows them by URL, name and what the server says of itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, TypeVar

from trusteval.engines.api_key import ApiKey
from trusteval.engines.completions import DECODING, completion, read_answer
from trusteval.engines.concurrency import answered
from trusteval.engines.endpoint import parse_endpoint
from trusteval.engines.json_client import OPENING, PATIENCE, JsonClient, Patience, Rejection, Reply
from trusteval.engines.listing import describe_server
from trusteval.errors import EngineError, PromptError, UsageError, VariantError
from trusteval.types import Endpoint, Prompt, Response, Route, Variant

CONCURRENCY = 16
UNKNOWN_WEIGHTS = "served, so not fingerprinted: after redeploying use another store"
_T = TypeVar("_T")
_OF_THE_PROMPT = (400, 413, 422)


@dataclass(frozen=True, slots=True)
class OpenAIBackend:
    """Served models; `dense` is the one under test, where it is served too.

    At most `concurrency` prompts are asked at once. `described` is what servers said of themselves
    when they were first asked: that is what answers are recorded under.
    """

    dense: Endpoint | None = None
    concurrency: int = CONCURRENCY
    patience: Patience = PATIENCE
    opening: Patience = OPENING
    key: ApiKey = field(default_factory=ApiKey.from_environment)
    described: dict[Endpoint, Mapping[str, Any]] = field(default_factory=dict, compare=False)

    @classmethod
    def create(
        cls, model: str | None, *, concurrency: int = CONCURRENCY, **_options: Any
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
        return cls(dense=dense, concurrency=concurrency)

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
        client = JsonClient(self.endpoint(variant).url, key=self.key)
        try:
            with _naming(variant.name):
                return await describe_server(client, self.endpoint(variant), patience=self.opening)
        finally:
            await client.close()


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
        self._client = JsonClient(endpoint.url, key=backend.key, connections=backend.concurrency)
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
        with _naming(self.name):
            described = self._run(
                describe_server(self._client, self._endpoint, patience=self._backend.opening)
            )
        if described != self._described:
            raise EngineError(
                f"{self.name}: {self._endpoint.url} was redeployed during the run: it said "
                f"{self._described}, and now {described}"
            )

    async def _ask(self, prompt: Prompt, index: int, max_new_tokens: int) -> Response:
        asked = completion(prompt, self._endpoint, max_new_tokens=max_new_tokens)
        url = self._endpoint.url + asked.path
        with _naming(self.name):
            match await self._client.post(url, asked.body, patience=self._backend.patience):
                case Reply(document):
                    return read_answer(document, asked, self._endpoint, index=index)
                case Rejection() as rejection:
                    raise _rejected(url, rejection, asked.route, index=index)


def _rejected(url: str, rejection: Rejection, route: Route, *, index: int) -> EngineError:
    why = rejection.why
    if rejection.status in _OF_THE_PROMPT:
        return PromptError(f"{url} rejects the prompt: {why}", index=index)
    if rejection.status == 404 and route is Route.COMPLETIONS:
        return EngineError(
            f"{url} is not there, and text without a chat template can go nowhere else: {why}"
        )
    return EngineError(f"{url} rejects the request: {why}")


@contextmanager
def _naming(variant: str) -> Iterator[None]:
    """Let what goes wrong say with whom."""
    try:
        yield
    except PromptError as error:
        raise PromptError(f"{variant}: {error}", index=error.index) from error
    except EngineError as error:
        raise EngineError(f"{variant}: {error}") from error


async def _next(answers: AsyncGenerator[dict[int, Response], None]) -> dict[int, Response] | None:
    return await anext(answers, None)


async def _end(answers: AsyncGenerator[dict[int, Response], None]) -> None:
    await answers.aclose()
