"""Asks models that an OpenAI-compatible server runs: vLLM, SGLang, llama.cpp, TGI and others.

A server does not show its weights, so that nobody can tell whether they were replaced: the store
knows them by URL, name and what the server says of itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from trusteval.engines.drawing import notes_of
from trusteval.engines.engine import WithoutWeights
from trusteval.engines.served.completions import decoding
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.engine import OpenAIEngine
from trusteval.engines.served.refused import naming
from trusteval.engines.served.servers import CONCURRENCY, Servers
from trusteval.engines.served.waiting import Watch
from trusteval.errors import EngineError, UsageError, VariantError
from trusteval.system.progress import Say, say_nothing
from trusteval.types import Endpoint, Variant

UNKNOWN_WEIGHTS = "served, so not fingerprinted: after redeploying use another store"


@dataclass(frozen=True, slots=True)
class OpenAIBackend(WithoutWeights):
    """Served models; `dense` is the one under test, where it is served too.

    `described` is what servers said of themselves when they were first asked: that is what answers
    are recorded under.
    """

    dense: Endpoint | None = None
    servers: Servers = field(default_factory=Servers)
    described: dict[Endpoint, Mapping[str, Any]] = field(default_factory=dict, compare=False)

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
        return cls(dense=dense, servers=Servers(concurrency=concurrency, watch=Watch(say)))

    def context(self, variant: Variant) -> Mapping[str, Any]:
        endpoint = self.endpoint(variant)
        return {
            "engine": "openai",
            "url": endpoint.url,
            "model": endpoint.model,
            "route": endpoint.route.value,
            "system": "folded" if endpoint.folds_system else "own turn",
            "decoding": decoding(variant.draw),
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
            **notes_of(variant.draw),
        }

    def open(self, variant: Variant) -> OpenAIEngine:
        engine = OpenAIEngine(
            self.servers,
            self.endpoint(variant),
            name=variant.undrawn.name,
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
        with naming(variant.name, self.servers.key):
            client = self.servers.client(self.endpoint(variant))
            try:
                return await self.servers.ask_what_it_is(client, self.endpoint(variant))
            finally:
                await client.close()
