"""Talks JSON with a server that may be slow, busy, broken or gone, and knows when to give up.

What may pass (a connection lost, a broken body, 408, 409, 429, 5xx) is tried again, each wait
twice the last or what the server asks for, until the patience for one request is used up. What a
chat template complains of does not pass, under whatever status; nor does a reply beyond a bound.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trusteval.engines.served.api_key import ApiKey
from trusteval.engines.served.bounds import BOUNDS, Bounds
from trusteval.engines.served.http_client import asked_pause, has_too_large_headers, http_client
from trusteval.engines.served.outcome import Failure, Rejection, Reply
from trusteval.engines.served.patience import Patience
from trusteval.engines.served.preamble import Preamble, PreambleError
from trusteval.engines.served.reply import (
    Body,
    Broken,
    Unreadable,
    error_message,
    parse_object,
    read_body,
)
from trusteval.engines.served.template_complaints import complaint
from trusteval.engines.served.waiting import Wait, Watch
from trusteval.errors import EngineError
from trusteval.printable import printable
from trusteval.system.bounded import shown_size

if TYPE_CHECKING:
    import httpx2

_PASSING = (408, 409, 429)
_NEVER_PASSING = (501, 505)
_MOST_SHOWN = 200
_MOST_READ = 10_000
_BROKEN_SERVER = 4
"""So many 500 in a row are looked into."""
_LONG_SILENCE = 10.0
"""After so many seconds without a reply it is said that it is waited for."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked, and how many bytes its reply may hold."""

    method: str
    url: str
    body: bytes | None
    most: int


@dataclass(frozen=True, slots=True)
class _Setback:
    """This attempt failed; the next may not. `pause` is what the server asks for, in seconds."""

    why: str
    status: int = 0
    pause: float = 0.0


class JsonClient:
    """Asks the server at `url` and is answered in JSON; to be used within one event loop."""

    def __init__(
        self,
        url: str,
        *,
        key: ApiKey,
        connections: int = 1,
        watch: Watch | None = None,
        bounds: Bounds = BOUNDS,
    ) -> None:
        if key.headers():
            # What they log repeats a server's words, and a server may repeat the key.
            for library in ("httpx2", "httpcore2"):
                logging.getLogger(library).setLevel(logging.WARNING)
        self._server, self._key, self._watch, self.bounds = url, key, watch or Watch(), bounds
        self._client = http_client(url, key=key, connections=connections)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(self, url: str, *, patience: Patience, most: int) -> Reply | Rejection | Failure:
        """Fetch what is at `url`, at most `most` bytes; raises as `post` does."""
        return await self._ask(_Request("GET", url, None, most), patience)

    async def post(
        self,
        url: str,
        body: Mapping[str, Any],
        *,
        patience: Patience,
        is_hopeless: Callable[[], Awaitable[bool]] | None = None,
    ) -> Reply | Rejection | Failure:
        """Send a JSON body to `url`; raises EngineError for a reply that gives the key away.

        `is_hopeless` is asked after several 500 in a row whether more attempts make no sense.
        """
        request = _Request("POST", url, json.dumps(body).encode(), self.bounds.answer)
        return await self._ask(request, patience, is_hopeless)

    async def _ask(
        self,
        request: _Request,
        patience: Patience,
        is_hopeless: Callable[[], Awaitable[bool]] | None = None,
    ) -> Reply | Rejection | Failure:
        clock = asyncio.get_running_loop().time
        began, attempts, broken, pause = clock(), 0, 0, patience.first_pause

        def wait_for(why: str, at_most: float) -> None:
            waited = Wait(request.url, why, attempts, clock() - began, at_most)
            self._watch.waits(self._server, waited)

        while True:
            attempts += 1
            with _telling(lambda: wait_for("no reply yet", patience.total)):
                outcome = await self._attempt(request, patience.reply)
            if not isinstance(outcome, _Setback):
                self._watch.hears(self._server)
                return outcome
            broken = broken + 1 if outcome.status == 500 else 0
            if is_hopeless and broken == _BROKEN_SERVER and await is_hopeless():
                return Rejection(500, outcome.why)
            wait, spent = max(pause, outcome.pause), clock() - began
            # An attempt that could not wait for its reply would tell nothing.
            if spent + wait + patience.reply > patience.total:
                asked = f", and asks to wait {wait:.0f} s" if outcome.pause > pause else ""
                return Failure(
                    outcome.status,
                    f"{request.url} failed {attempts} times in {spent:.3g} s (patience: "
                    f"{patience.total:g} s){asked}; the last time: {outcome.why}",
                )
            wait_for(outcome.why, patience.total - patience.reply)
            await asyncio.sleep(wait)
            pause = min(2 * pause, patience.longest_pause)

    async def _attempt(self, request: _Request, seconds: float) -> Reply | Rejection | _Setback:
        import httpx2

        bounds = self.bounds
        preamble = Preamble(most=bounds.preamble)
        stream = self._client.stream(
            request.method,
            request.url,
            content=request.body,
            extensions={"trace": preamble.trace},
        )
        try:
            async with asyncio.timeout(seconds):
                with preamble:
                    async with stream as response:
                        body = await read_body(response, most=request.most, bounds=bounds)
        except TimeoutError:
            return _Setback(f"no whole reply within {seconds:.3g} s")
        except PreambleError:
            most = shown_size(bounds.preamble)
            return Rejection(0, f"more than {most} came before a reply began")
        except httpx2.InvalidURL as error:
            return Rejection(0, self._shown(f"a URL that cannot be asked: {error}"))
        except httpx2.RequestError as error:
            if has_too_large_headers(error):
                return Rejection(0, "a reply with more than the 100 KiB of headers that are read")
            return _Setback(self._shown(f"{type(error).__name__} {error}"))
        if response.status_code == 200:
            return self._read(request.url, body)
        return self._refusal(response, body)

    def _refusal(self, response: httpx2.Response, body: Body) -> Rejection | _Setback:
        """Read a reply that says it is none."""
        told = self._key.without(error_message(body.content)[:_MOST_READ])
        status, complains = response.status_code, complaint(told)
        why = f"{status} {self._shown(response.reason_phrase)}".strip()
        why = f"{why} ({body.excess})" if body.excess else why
        shown = self._shown(told if complains is None or len(told) <= _MOST_SHOWN else complains)
        why = f"{why}: {shown}" if shown else why
        may_pass = status in _PASSING or (status >= 500 and status not in _NEVER_PASSING)
        if may_pass and not (status == 500 and complains is not None):
            return _Setback(why, status, asked_pause(response))
        return Rejection(status, why, told)

    def _read(self, url: str, body: Body) -> Reply | Rejection | _Setback:
        if body.excess:
            return Rejection(200, body.excess)
        match parse_object(body.content):
            case Broken(said):
                shown = f": '{self._shown(said)}'" if said else ""
                return _Setback(f"a reply that breaks off, or is no JSON{shown}")
            case Unreadable(why, said, hint):
                shown = f": '{self._shown(said)}'" if said else ""
                return Rejection(200, f"{why}{shown}{hint}")
            case document:
                pass
        if self._key.is_in(document):
            raise EngineError(f"{url} replied with the API key in it; do not trust this server")
        return Reply(document)

    def _shown(self, text: str) -> str:
        """Return a server's words in one short line without the key; nothing moves a cursor."""
        line = printable(" ".join(self._key.without(text[:_MOST_READ]).split()))
        return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]}..."


@contextmanager
def _telling(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` again and again while nothing happens for long."""

    async def ring() -> None:
        while True:
            await asyncio.sleep(_LONG_SILENCE)
            tell()

    bell = asyncio.create_task(ring())
    try:
        yield
    finally:
        bell.cancel()
