"""What became of a request: a reply, a rejection, or patience that is used up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said, read as a JSON object."""

    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """What was asked for is not to be had, however often it is asked.

    Status 200 is no JSON, or too much of it, 0 a server whose reply never begins. `told` is more
    of what the server says than the line `why` has room for.
    """

    status: int
    why: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The patience is used up; `status` is the last one, 0 of a server that said nothing."""

    status: int
    why: str
