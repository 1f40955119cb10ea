"""What a server says of itself and of a model: the part that stays the same until it is redeployed.

That is the model's row of /models, without ages and permissions, and the answer to /version.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trusteval.engines.json_client import JsonClient, Patience, Rejection
from trusteval.errors import EngineError
from trusteval.types import Endpoint

_VOLATILE = ("created", "permission", "state", "status", "in_cache")
_NOT_OFFERED = (404, 405, 501)


async def describe_server(
    client: JsonClient, endpoint: Endpoint, *, patience: Patience
) -> dict[str, Any]:
    """Return `listed`, the model's row, and `version`, each None where it is not offered.

    Raises EngineError if the server cannot be reached, or lists other models only.
    """
    row = await _row(client, endpoint, patience) if endpoint.is_listed else None
    return {"listed": row, "version": await _version(client, endpoint, patience)}


async def _row(
    client: JsonClient, endpoint: Endpoint, patience: Patience
) -> Mapping[str, Any] | None:
    reply = await client.get(f"{endpoint.url}/models", patience=patience)
    if isinstance(reply, Rejection):
        if reply.status in _NOT_OFFERED:
            return None
        raise EngineError(f"{endpoint.url} does not list its models: {reply.why}")
    listed = reply.document.get("data")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    for row in rows:
        if row.get("id") == endpoint.model:
            return {key: value for key, value in row.items() if key not in _VOLATILE}
    known = ", ".join(sorted(str(row.get("id")) for row in rows)) or "none"
    raise EngineError(
        f"{endpoint.url} lists no model {endpoint.model!r}; it lists: {known} (?listed=no asks it "
        "all the same)"
    )


async def _version(client: JsonClient, endpoint: Endpoint, patience: Patience) -> str | None:
    reply = await client.get(f"{endpoint.url.removesuffix('/v1')}/version", patience=patience)
    if isinstance(reply, Rejection):
        return None
    version = reply.document.get("version")
    return version if isinstance(version, str) else None
