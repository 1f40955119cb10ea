"""Bounds what a server sends before its reply begins: interim replies (100, 103), headers.

The client reads those for as long as they come. What it offers to look in is its `trace`, which
hands over each connection when it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any

from trusteval.errors import EngineError

if TYPE_CHECKING:
    import httpcore2

_CONNECTED = ("connect_tcp.complete", "start_tls.complete")
_BEGUN = "receive_response_headers.complete"
_current: ContextVar[Preamble | None] = ContextVar("trusteval_preamble", default=None)


class PreambleError(EngineError):
    """More than the bound came, and no reply began."""


class Preamble:
    """What one request may still receive until its reply begins; to be entered around it."""

    __slots__ = ("_left", "_most", "_token")

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._left: int | None = most

    def __enter__(self) -> Preamble:
        self._token: Token[Preamble | None] = _current.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _current.reset(self._token)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow a request; to be given to the client as its `trace`."""
        if event.endswith(_CONNECTED):
            self._left = self._most  # again: a proxy's reply is none of the server's
            _count(info["return_value"])
        elif event.endswith(_BEGUN):
            self._left = None

    def receives(self, size: int) -> None:
        """Take account of what came; raises PreambleError if that is too much."""
        if self._left is None:
            return
        self._left -= size
        if self._left < 0:
            raise PreambleError(f"more than {self._most} bytes came before a reply began")


def _count(stream: httpcore2.AsyncNetworkStream) -> None:
    """Let whatever request reads from a connection take account of it."""
    read_on = stream.read

    async def read(max_bytes: int, timeout: float | None = None) -> bytes:
        came = await read_on(max_bytes, timeout)
        if (preamble := _current.get()) is not None:
            preamble.receives(len(came))
        return came

    stream.read = read  # type: ignore[method-assign]
