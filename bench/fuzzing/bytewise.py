"""Changes to bytes, whatever they mean."""

from __future__ import annotations

import random

from bench.fuzzing.trial import MOST_BYTES

_SIZES = (1, 2, 4, 8)
_EDGES = (0, 1, 2, 7, 8, 64, 2**7, 2**8, 2**16, 2**31, 2**32, 2**40, 2**53, 2**62, 2**63, 2**64)
_BLOCKS = (
    b"\x00",
    b"\xff",
    b"\x1b[31m",
    b"\n",
    b"[",
    b"{",
    b'"',
    b"\xed\xa0\x80",
    b"\x80",
    b"GGUF",
)


def changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Change some bytes; `other` is what may be spliced in."""
    change = chance.choice(_CHANGES)
    return change(bytearray(raw), chance, other)[:MOST_BYTES]


def _flipped(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        if raw:
            raw[_near_the_head(raw, chance)] ^= 1 << chance.randrange(8)
    return bytes(raw)


def _numbered(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    """Write a number at the edge of what fits over some bytes, either end first."""
    size = chance.choice(_SIZES)
    value = (chance.choice(_EDGES) + chance.choice((-1, 0, 1))) % 2 ** (8 * size)
    at = _near_the_head(raw, chance) if raw else 0
    raw[at : at + size] = value.to_bytes(size, chance.choice(("little", "big")))
    return bytes(raw)


def _cut(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    return bytes(raw[: chance.randrange(len(raw) + 1)])


def _shortened(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    at, size = chance.randrange(len(raw) + 1), chance.choice((1, 2, 8, 100, 4096))
    del raw[at : at + size]
    return bytes(raw)


def _inserted(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    at = chance.randrange(len(raw) + 1)
    raw[at:at] = chance.choice(_BLOCKS) * chance.choice((1, 1, 2, 64, 5000, 100_000))
    return bytes(raw)


def _overwritten(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    at, size = chance.randrange(len(raw) + 1), chance.choice((1, 4, 16, 512, 4096))
    raw[at : at + size] = chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))
    return bytes(raw)


def _spliced(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    return bytes(raw[: chance.randrange(len(raw) + 1)]) + other[chance.randrange(len(other) + 1) :]


def _repeated(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    at, size = chance.randrange(len(raw) + 1), chance.choice((1, 8, 80, 1000))
    raw[at:at] = raw[at : at + size] * chance.choice((1, 2, 100))
    return bytes(raw)


def _swapped(raw: bytearray, chance: random.Random, other: bytes) -> bytes:
    """Change digits for other digits: whoever reads them as a number gets another one."""
    digits = [at for at, letter in enumerate(raw[:100_000]) if 48 <= letter <= 57]
    for at in chance.sample(digits, min(len(digits), chance.choice((1, 3)))):
        raw[at] = chance.choice(b"0123456789-.eE")
    return bytes(raw)


_CHANGES = (
    *(_flipped, _flipped, _numbered, _numbered, _cut, _shortened, _inserted, _overwritten),
    *(_spliced, _repeated, _swapped),
)


def _near_the_head(raw: bytearray, chance: random.Random) -> int:
    """Draw a place, half of the time where headers are."""
    return chance.randrange(min(len(raw), chance.choice((16, 64, 512, len(raw), len(raw)))))
