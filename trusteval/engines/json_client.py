"""Talks JSON with a server that may be slow, busy, broken or gone, and knows when to give up.

What may pass (a connection lost, a truncated body, 408, 409, 429, 5xx) is tried again, each wait
twice the last or what the server asks for, until the patience for one request is used up. What a
chat template complains of does not pass, under whatever status.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from trusteval.engines.api_key import ApiKey
from trusteval.engines.template_complaints import complaint
from trusteval.engines.waiting import Wait, Watch
from trusteval.errors import EngineError

if TYPE_CHECKING:
    import httpx2

_PASSING = (408, 409, 429)
_NEVER_PASSING = (501, 505)
_MOST_SHOWN = 200
_MOST_READ = 10_000
_LARGEST_REPLY = 16 << 20
_BROKEN_SERVER = 4
"""So many 500 in a row are looked into."""
_LONG_SILENCE = 10.0
"""After so many seconds without a reply it is said that it is waited for."""
_WEB_PAGES = ("<!doctype", "<html", "<head", "<body")
_LITERALS = ("true", "false", "null", "-")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for one reply, for all attempts together, between attempts."""

    reply: float = 240.0
    total: float = 900.0
    first_pause: float = 1.0
    longest_pause: float = 30.0


PATIENCE = Patience()
OPENING = Patience(reply=10.0, total=30.0)
"""For the first contact: a mistyped port should not take a quarter of an hour to be told."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said, read as a JSON object."""

    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejection:
    """What was asked for is not to be had, however often it is asked; status 200 is no JSON.

    `told` is more of what the server says than the line `why` has room for.
    """

    status: int
    why: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """The patience is used up; `status` is the last one, 0 of a server that said nothing."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class _Setback:
    """This attempt failed; the next may not. `pause` is what the server asks for, in seconds."""

    why: str
    status: int = 0
    pause: float = 0.0


class JsonClient:
    """Asks the server at `url` and is answered in JSON; to be used within one event loop."""

    def __init__(
        self, url: str, *, key: ApiKey, connections: int = 1, watch: Watch | None = None
    ) -> None:
        import httpx2

        if key.headers():
            # What they log repeats a server's words, and a server may repeat the key.
            for library in ("httpx2", "httpcore2"):
                logging.getLogger(library).setLevel(logging.WARNING)
        # Without TLS there is nothing to verify, and certificates take a tenth of a second to load.
        verify = httpx2.create_ssl_context() if url.startswith("https:") else False
        self._server, self._key, self._watch = url, key, watch or Watch()
        self._client = httpx2.AsyncClient(
            headers={"Content-Type": "application/json", **key.headers()},
            verify=verify,
            timeout=None,  # the patience of each request covers it all
            limits=httpx2.Limits(max_connections=connections),
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(self, url: str, *, patience: Patience) -> Reply | Rejection | Failure:
        """Fetch what is at `url`; raises as `post` does."""
        return await self._ask("GET", url, None, patience)

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
        return await self._ask("POST", url, json.dumps(body).encode(), patience, is_hopeless)

    async def _ask(
        self,
        method: str,
        url: str,
        body: bytes | None,
        patience: Patience,
        is_hopeless: Callable[[], Awaitable[bool]] | None = None,
    ) -> Reply | Rejection | Failure:
        clock = asyncio.get_running_loop().time
        began, attempts, broken, pause = clock(), 0, 0, patience.first_pause

        def wait_for(why: str, at_most: float) -> None:
            waited = Wait(url, why, attempts, clock() - began, at_most)
            self._watch.waits(self._server, waited)

        while True:
            attempts += 1
            with _telling(lambda: wait_for("no reply yet", patience.total)):
                outcome = await self._attempt(method, url, body, patience.reply)
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
                    f"{url} failed {attempts} times in {spent:.3g} s (patience: "
                    f"{patience.total:g} s){asked}; the last time: {outcome.why}",
                )
            wait_for(outcome.why, patience.total - patience.reply)
            await asyncio.sleep(wait)
            pause = min(2 * pause, patience.longest_pause)

    async def _attempt(
        self, method: str, url: str, body: bytes | None, seconds: float
    ) -> Reply | Rejection | _Setback:
        import httpx2

        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(method, url, content=body) as response,
            ):
                content = await _content(response)
        except TimeoutError:
            return _Setback(f"no reply within {seconds:.3g} s")
        except httpx2.RequestError as error:
            return _Setback(self._shown(f"{type(error).__name__} {error}"))
        if content is None:
            return Rejection(response.status_code, f"a reply of more than {_LARGEST_REPLY:,} bytes")
        if response.status_code == 200:
            return self._read(url, content)
        return self._refusal(response, self._key.without(_message(content)[:_MOST_READ]))

    def _refusal(self, response: httpx2.Response, told: str) -> Rejection | _Setback:
        """Read a reply that says it is none."""
        status, complains = response.status_code, complaint(told)
        why = f"{status} {self._shown(response.reason_phrase)}".strip()
        shown = self._shown(told if complains is None or len(told) <= _MOST_SHOWN else complains)
        why = f"{why}: {shown}" if shown else why
        may_pass = status in _PASSING or (status >= 500 and status not in _NEVER_PASSING)
        if may_pass and not (status == 500 and complains is not None):
            return _Setback(why, status, _pause(response))
        return Rejection(status, why, told)

    def _read(self, url: str, content: bytes) -> Reply | Rejection | _Setback:
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            if _is_cut(error):
                return _Setback("a reply that breaks off")
            text = content.decode("utf-8", "replace")
            page = "; that is a web page: a proxy or another program answers at this URL"
            what = page if text.lstrip()[:9].lower().startswith(_WEB_PAGES) else ""
            return Rejection(200, f"200 with what is no JSON: {self._shown(text)!r}{what}")
        if not isinstance(document, dict):
            return Rejection(200, "200 with JSON that is no object")
        if self._key.is_in(document):
            raise EngineError(f"{url} replied with the API key in it; do not trust this server")
        return Reply(document)

    def _shown(self, text: str) -> str:
        """Return a server's words in one short line without the key; nothing moves a cursor."""
        line = " ".join(self._key.without(text[:_MOST_READ]).split())
        line = "".join(letter if letter.isprintable() else "?" for letter in line)
        return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]}..."


async def _content(response: httpx2.Response) -> bytes | None:
    """Return what a reply holds, or None of one that is larger than any answer can be."""
    parts, size = [], 0
    async for part in response.aiter_bytes(1 << 16):
        size += len(part)
        if size > _LARGEST_REPLY:
            return None
        parts.append(part)
    return b"".join(parts)


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


def _is_cut(error: Exception) -> bool:
    """Whether the JSON is fine as far as it goes."""
    match error:
        case UnicodeDecodeError():
            return error.reason == "unexpected end of data"
        case json.JSONDecodeError():
            rest = error.doc[error.pos :].strip()
            return (
                any(whole.startswith(rest) for whole in _LITERALS)
                or error.msg.startswith("Unterminated")
                or ("escape" in error.msg and len(rest) < len("\\u0000"))
            )
        case _:
            return False


def _message(content: bytes) -> str:
    """Return what an error reply says; servers put it in different places."""
    text = content.decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    return found if isinstance(found, str) else text


def _pause(response: httpx2.Response) -> float:
    """Return how many seconds Retry-After asks to wait, given as a number or a date."""
    asked = response.headers.get("Retry-After", "")
    try:
        return max(0.0, float(asked))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return 0.0
