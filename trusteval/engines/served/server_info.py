"""What a server says of itself and of a model: the part that stays the same until it is redeployed.

That is the model's row of /models, without ages and permissions, and the answer to /version. Both
become part of what answers are recorded under, and are bounded when they are read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trusteval.engines.served.json_client import JsonClient
from trusteval.engines.served.outcome import Failure, Rejection, Reply
from trusteval.engines.served.patience import Patience
from trusteval.errors import EngineError
from trusteval.printable import printable
from trusteval.system.bounded import shown_size
from trusteval.types import Endpoint

_VOLATILE = ("created", "permission", "state", "status", "in_cache")
_NOT_OFFERED = (404, 405, 501)
_LARGEST_ROW = 64 << 10
"""Bytes of JSON; hosts of many models describe each in a few thousand."""
_LARGEST_INTEGER = 1 << 63
_LONGEST_VERSION = 100
_MOST_NAMED = 20
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Unlisted:
    """The server is there, but lists other models only."""

    why: str


async def describe_server(
    client: JsonClient, endpoint: Endpoint, *, patience: Patience
) -> dict[str, Any] | Unlisted:
    """Return `listed`, the model's row, and `version`, each None where it is not offered.

    Raises EngineError if the server cannot be reached or is none.
    """
    row = await _row(client, endpoint, patience) if endpoint.is_listed else None
    if isinstance(row, Unlisted):
        return row
    return {"listed": row, "version": await _version(client, endpoint, patience)}


async def _row(
    client: JsonClient, endpoint: Endpoint, patience: Patience
) -> Mapping[str, Any] | Unlisted | None:
    match await client.get(f"{endpoint.url}/models", patience=patience, most=client.bounds.listing):
        case Failure(why=why):
            raise EngineError(why)
        case Rejection(status=status) if status in _NOT_OFFERED:
            return None
        case Rejection() as rejection:
            raise EngineError(
                f"{endpoint.url} does not list its models: {rejection.why}{key_cure(rejection)}"
            )
        case Reply(document):
            listed = document.get("data")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    for row in rows:
        if row.get("id") == endpoint.model:
            kept = {key: value for key, value in row.items() if key not in _VOLATILE}
            if (lack := _why_not_kept(kept)) is not None:
                raise EngineError(
                    f"{endpoint.url}/models describes {endpoint.model!r} {lack}; "
                    "?listed=no asks it without its description"
                )
            return kept
    return Unlisted(
        f"{endpoint.url} lists no model {endpoint.model!r}; it lists: "
        f"{_names(rows)} (?listed=no asks it all the same)"
    )


def _why_not_kept(row: Mapping[str, Any]) -> str | None:
    """Return what of a description cannot be recorded, None where all can."""
    text = json.dumps(row, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > _LARGEST_ROW:
        return f"in more than {shown_size(_LARGEST_ROW)}"
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        return "with halves of characters"
    values: list[Any] = [row]
    while values:
        match values.pop():
            case dict() as inner:
                values += inner.values()
            case list() as inner:
                values += inner
            case float() as number if not math.isfinite(number):
                return "with a number that is none (NaN or Infinity)"
            case int() as number if abs(number) >= _LARGEST_INTEGER:
                return "with a number of more than 64 bits"
    return None


def key_cure(rejection: Rejection) -> str:
    """Return what to do about a rejection for want of the right key."""
    if rejection.status not in (401, 403):
        return ""
    return "; the key is taken from TRUSTEVAL_API_KEY, else OPENAI_API_KEY"


def _names(rows: list[dict[str, Any]]) -> str:
    """Name the models of a list in one line, not all of very many."""
    names = sorted(name[:_LONGEST_NAME] for row in rows if isinstance(name := row.get("id"), str))
    shown = [printable(name) for name in names[:_MOST_NAMED]]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return (", ".join(shown) or "none") + more


async def _version(client: JsonClient, endpoint: Endpoint, patience: Patience) -> str | None:
    match await client.get(
        f"{endpoint.url.removesuffix('/v1')}/version", patience=patience, most=client.bounds.version
    ):
        case Failure(why=why):
            raise EngineError(why)
        case Reply(document):
            version = document.get("version")
        case _:
            return None
    if not isinstance(version, str) or not version.isprintable():
        return None
    return version if len(version) <= _LONGEST_VERSION else None
