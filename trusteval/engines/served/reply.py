"""The one way to read a server's reply: so much of its body, of its headers and of its nesting.

Replies are asked for as they are, unpacked; one in gzip is unpacked all the same, within the
bound, any other coding is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trusteval.engines.served.bounds import Bounds
from trusteval.printable import printable
from trusteval.system.bounded import DEEPEST, gunzip, loads, shown_size

if TYPE_CHECKING:
    import httpx2

_MOST_SHOWN = 40
_GZIP = ("gzip", "x-gzip")
_WEB_PAGES = ("<!doctype", "<html", "<head", "<body")
_DIGITS = re.compile(r"Exceeds the limit \((\d+) digits\)")


@dataclass(frozen=True, slots=True)
class Body:
    """What of a reply was read; `excess` names the bound that the reply goes beyond, if any."""

    content: bytes
    excess: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A body that is no JSON object: why, what it says instead, and what that looks like."""

    why: str
    said: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A body that begins as an object, or is empty, and is not one: cut off, as far as it shows."""

    said: str


async def read_body(response: httpx2.Response, *, most: int, bounds: Bounds) -> Body:
    """Read a reply's body, of one that is no success the beginning; stops at the first excess.

    Raises what the client raises for a connection that breaks.
    """
    n_headers = len(response.headers.raw)
    if n_headers > bounds.headers:
        return Body(b"", f"a reply of {n_headers:,} headers (at most {bounds.headers})")
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity", *_GZIP):
        shown = printable(coding[:_MOST_SHOWN])
        return Body(b"", f"a reply in the Content-Encoding '{shown}', which was not asked for")
    most = most if response.status_code == 200 else bounds.error
    content = bytearray()
    # As sent: to unpack is to multiply, by a thousand and more.
    async with aclosing(response.aiter_raw()) as parts:
        async for part in parts:
            content += part
            if len(content) > most:
                return Body(bytes(content[:most]), f"a reply of more than {shown_size(most)}")
    if coding not in _GZIP:
        return Body(bytes(content))
    try:
        return Body(gunzip(bytes(content), most=most))
    except ValueError as error:
        return Body(b"", f"a reply in gzip: {error}")


def parse_object(content: bytes) -> Mapping[str, Any] | Unreadable | Broken:
    """Read a body as the JSON object that it should be."""
    try:
        document = loads(content)
    except (json.JSONDecodeError, UnicodeDecodeError):
        said = content.decode("utf-8", "replace")
        if said.lstrip()[:1] in ("", "{"):
            return Broken(said)
        page = "; that is a web page: a proxy or another program answers at this URL"
        hint = page if said.lstrip()[:9].lower().startswith(_WEB_PAGES) else ""
        return Unreadable("200 with what is no JSON", said, hint)
    except ValueError as error:
        digits = _DIGITS.match(str(error))
        if digits is None:
            return Unreadable(f"200 with JSON nested more than {DEEPEST} levels deep")
        return Unreadable(f"200 with JSON with a number of more than {digits[1]} digits")
    if not isinstance(document, dict):
        return Unreadable("200 with JSON that is no object")
    return document


def error_message(content: bytes) -> str:
    """Return what an error reply says; servers put it in different places."""
    text = content.decode("utf-8", "replace")
    try:
        found = loads(text)
    except ValueError:
        return text
    for name in ("error", "message", "detail"):
        if isinstance(found, dict) and found.get(name):
            found = found[name]
    return found if isinstance(found, str) else text
