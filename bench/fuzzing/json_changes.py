"""Changes to JSON, to lines of it, and to what wraps it: gzip, a digest, a header of weights."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from typing import Any

from bench.fuzzing import bytewise, notation, odd
from bench.fuzzing.trial import MOST_BYTES
from trusteval.system.bounded import gunzip


def json_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    text = raw.decode(errors="surrogatepass")
    return _changed_json(text, chance).encode(errors="surrogatepass")


def _changed_json(text: str, chance: random.Random) -> str:
    value = notation.parsed(text)
    places = list(notation.slots(value))
    if not places or chance.random() < 0.03:
        return notation.written(_odd(chance))
    # Outer places come first and are few; inner ones would be all that is ever changed.
    slot = chance.choice(places[: chance.choice((5, 20, 100, len(places)))])
    chance.choice(_JSON_CHANGES)(slot, places, chance)
    return notation.written(value)


def _odd(chance: random.Random) -> Any:
    kind = chance.random()
    if kind < 0.35:
        return odd.text(chance)
    if kind < 0.65:
        return notation.Raw(odd.number(chance))
    return notation.Raw(chance.choice(odd.WORDS if kind < 0.9 else odd.RAW))


def _replace(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    notation.put(slot, _odd(chance))


def _of_its_kind(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    """Put another value of the same type, which goes further than one of another."""
    match notation.held(slot):
        case bool(value):
            notation.put(slot, not value)
        case int() | float():
            notation.put(slot, notation.Raw(odd.number(chance)))
        case str(value):
            at = chance.randrange(len(value) + 1)
            drawn = odd.text(chance)
            notation.put(slot, chance.choice((drawn, value[:at] + drawn + value[at:])))
        case list(values) if values:
            times = chance.choice((0, 2, 2, 40))
            notation.put(slot, (values * times)[: 2000 + len(values)] if times else [])
        case _:
            notation.put(slot, _odd(chance))


def _drop(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    holder, index = slot
    del (holder.items if isinstance(holder, notation.Pairs) else holder)[index]


def _double(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    holder, index = slot
    if isinstance(holder, notation.Pairs):
        holder.items.insert(index, (holder.items[index][0], _odd(chance)))
        if chance.random() < 0.5:
            holder.items.append(holder.items[index + 1])
    else:
        holder.insert(index, holder[index])


def _rename(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    holder, index = slot
    if isinstance(holder, notation.Pairs):
        holder.items[index] = odd.text(chance), holder.items[index][1]


def _exchange(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    mine, theirs = notation.held(slot), notation.held(chance.choice(places))
    notation.put(slot, notation.Raw(notation.written(theirs)))
    if chance.random() < 0.3 and not isinstance(mine, list | notation.Pairs):
        notation.put(chance.choice(places[:20]), mine)


def _wrap(slot: notation.Slot, places: list[notation.Slot], chance: random.Random) -> None:
    value = notation.written(notation.held(slot))
    depth = chance.choice((1, 1, 2, 25, 100))
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}")))
    notation.put(slot, notation.Raw(opening * depth + value + closing * depth))


_JSON_CHANGES = (
    *(_replace, _replace, _replace, _of_its_kind, _of_its_kind, _of_its_kind),
    *(_drop, _double, _rename, _exchange, _wrap),
)


def json_lines_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    lines = raw.split(b"\n")
    at = chance.randrange(len(lines))
    kind = chance.random()
    if kind < 0.8:
        lines[at] = json_changed(lines[at], chance, other)
    elif kind < 0.9:
        lines.insert(at, chance.choice(lines))
    else:
        lines[at] = bytewise.changed(lines[at], chance, other)
    return b"\n".join(lines)


def answers_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Change a file of answers; whoever writes such a file can compute its digest."""
    if chance.random() < 0.03:
        return _bomb(chance)
    text = gunzip(raw, most=MOST_BYTES).decode(errors="surrogatepass")
    text = _changed_json(text, chance)
    if chance.random() < 0.9:
        text = _digested(text, {"ensure_ascii": False, "separators": (",", ":")}, "\n")
    return gzip.compress(text.encode(errors="surrogatepass"), compresslevel=1, mtime=0)


def key_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Change a key of an audit; it has a digest too."""
    text = _changed_json(raw.decode(errors="surrogatepass"), chance)
    if chance.random() < 0.9:
        text = _digested(text, {"separators": (",", ":")}, "")
    return text.encode(errors="surrogatepass")


def _digested(text: str, style: dict[str, Any], end: str) -> str:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(document, dict):
        return text
    document.pop("digest", None)
    whole = json.dumps(document, sort_keys=True, **style) + end
    found = hashlib.sha256(whole.encode(errors="surrogatepass")).hexdigest()
    return json.dumps({**document, "digest": found}, ensure_ascii=False)


def _bomb(chance: random.Random) -> bytes:
    """Return a megabyte that unpacks to a gigabyte."""
    block = chance.choice((b" ", b"[", b"0")) * (16 << 20)
    member = gzip.compress(block, compresslevel=1)
    return gzip.compress(chance.choice((b"", b"[", b'{"a": "'))) + member * 64


def safetensors_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    length = int.from_bytes(raw[:8], "little")
    header = json_changed(raw[8 : 8 + length], chance, other)
    told = len(header)
    if chance.random() < 0.05:
        told = chance.choice((0, 1, told - 1, told + 1, 2**31, 2**63, 2**64 - 1))
    return told.to_bytes(8, "little") + header + raw[8 + length :]
