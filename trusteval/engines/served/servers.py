"""How the servers of a run are asked, and what is known of them: one value for all variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trusteval.engines.served.api_key import ApiKey
from trusteval.engines.served.bounds import BOUNDS, Bounds
from trusteval.engines.served.given_up import GivenUp
from trusteval.engines.served.json_client import JsonClient
from trusteval.engines.served.patience import OPENING, PATIENCE, Patience
from trusteval.engines.served.server_info import Unlisted, describe_server
from trusteval.engines.served.waiting import Watch
from trusteval.errors import EngineError
from trusteval.types import Endpoint

CONCURRENCY = 16


@dataclass(frozen=True, slots=True)
class Servers:
    """At most `concurrency` prompts are asked at once.

    `given_up` is what was asked in vain, which is known then for all variants and tests of a run.
    """

    concurrency: int = CONCURRENCY
    patience: Patience = PATIENCE
    opening: Patience = OPENING
    bounds: Bounds = BOUNDS
    key: ApiKey = field(default_factory=ApiKey.from_environment)
    watch: Watch = field(default_factory=Watch, compare=False)
    given_up: GivenUp = field(default_factory=GivenUp, compare=False)

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
