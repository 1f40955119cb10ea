"""Finds out how many of the likeliest tokens a server tells, before it is asked about labels."""

from __future__ import annotations

from dataclasses import dataclass, field

from trusteval.engines.served.completions import completion, read_answer, route_of
from trusteval.engines.served.json_client import JsonClient
from trusteval.engines.served.label_logprobs import MOST_LIKELIEST, places_of
from trusteval.engines.served.outcome import Failure, Rejection, Reply
from trusteval.engines.served.servers import Servers
from trusteval.types import Endpoint, Prompt, Route


@dataclass(frozen=True, slots=True)
class Likeliest:
    """What one model's server tells by each route, which is tried once."""

    servers: Servers
    client: JsonClient
    endpoint: Endpoint
    told: dict[Route, int | str] = field(default_factory=dict)

    async def of(self, prompt: Prompt) -> int | str:
        """Return how many tokens are told of a place, or why none are.

        Raises EngineError for a reply that is none.
        """
        route = route_of(prompt, self.endpoint)
        if route not in self.told:
            self.told[route] = await self._try(prompt, route)
        return self.told[route]

    async def _try(self, prompt: Prompt, route: Route) -> int | str:
        """Ask for many, then for fewer, with the first prompt that is to be asked anyway."""
        why = ""
        for likeliest in MOST_LIKELIEST[route]:
            asked = completion(prompt, self.endpoint, max_new_tokens=1, likeliest=likeliest)
            url, patience = self.endpoint.url + asked.path, self.servers.patience
            match await self.client.post(url, asked.body, patience=patience):
                case Reply(document):
                    read_answer(document, asked, self.endpoint, index=0)
                    return likeliest if places_of(document) else f"{url} sends no logprobs"
                case Rejection() | Failure() as refused:
                    why = f"{url} refuses to send logprobs: {refused.why}"
        return why
