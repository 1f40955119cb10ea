"""How much of what a server says is read: the rest is refused, and what refuses it names the bound.

No honest reply comes near any of these. One that does is of a broken or hostile server; reading on
would take memory without end, and keep texts that nobody asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from trusteval.system.bounded import MIB


@dataclass(frozen=True, slots=True)
class Bounds:
    """Most bytes of each kind of reply, as sent and as unpacked; most lines of `headers`.

    `answer` holds the answer to one prompt and its reasoning, `listing` the models of a server
    that offers thousands. Of an `error` the beginning is read. `preamble` is all that comes before
    a reply begins: interim replies (100 Continue) and headers.
    """

    answer: int = MIB
    listing: int = 2 * MIB
    version: int = 64 << 10
    error: int = 64 << 10
    headers: int = 200
    preamble: int = 256 << 10


BOUNDS = Bounds()
