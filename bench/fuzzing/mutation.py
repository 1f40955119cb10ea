"""Changes to an input that know how its files are laid out: JSON, TOML, tables, databases."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.fuzzing import bytewise, notation, odd
from bench.fuzzing.trial import Files, Form, Target
from trusteval.bounded import gunzip

MARK = b"\x00no file but: "
"""Begins the content of what is laid out as something else; see `laying_out`."""
OTHERWISE = ("pipe", "folder", "absent", "link /dev/zero", "link /dev/full", "link .", "loop")
_MOST_CHANGES = 3
_BLIND = 0.12
"""Share of changes that do not know what they change."""
_OTHERWISE = 0.01
_MOST = 8 << 20
"""Bytes of a file; so large ones are made on purpose, and slow."""


def mutated(files: Files, other: Files, target: Target, chance: random.Random) -> Files:
    """Change one or two files of an input; `other` is another input of the target."""
    names = [name for name in files if target.form(name) is not None]
    after = dict(files)
    for name in chance.sample(names, min(len(names), chance.choice((1, 1, 1, 2)))):
        form = target.form(name)
        assert form is not None
        for _ in range(chance.randint(1, _MOST_CHANGES)):
            spare = other.get(name, b"")
            after[name] = _changed(after[name], form, chance, spare)
    return after


def _changed(raw: bytes, form: Form, chance: random.Random, other: bytes) -> bytes:
    if raw.startswith(MARK):
        return raw
    if form is not Form.ARGUMENTS and chance.random() < _OTHERWISE:
        return MARK + chance.choice(OTHERWISE).encode()
    if form is Form.ARGUMENTS or (form is not Form.BINARY and chance.random() > _BLIND):
        with suppress(ValueError, sqlite3.Error, OverflowError, RecursionError, MemoryError):
            after = _KNOWING[form](raw, chance, other)
            return after if len(after) <= _MOST else raw
    return bytewise.changed(raw, chance, other)


# -- JSON --------------------------------------------------------------------------------------


def _json(raw: bytes, chance: random.Random, other: bytes) -> bytes:
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


def _json_lines(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    lines = raw.split(b"\n")
    at = chance.randrange(len(lines))
    kind = chance.random()
    if kind < 0.8:
        lines[at] = _json(lines[at], chance, other)
    elif kind < 0.9:
        lines.insert(at, chance.choice(lines))
    else:
        lines[at] = bytewise.changed(lines[at], chance, other)
    return b"\n".join(lines)


def _answers(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Change a file of answers; whoever writes such a file can compute its digest."""
    if chance.random() < 0.03:
        return _bomb(chance)
    text = gunzip(raw, most=_MOST).decode(errors="surrogatepass")
    text = _changed_json(text, chance)
    if chance.random() < 0.9:
        text = _digested(text, {"ensure_ascii": False, "separators": (",", ":")}, "\n")
    return gzip.compress(text.encode(errors="surrogatepass"), compresslevel=1, mtime=0)


def _key(raw: bytes, chance: random.Random, other: bytes) -> bytes:
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


def _safetensors(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    length = int.from_bytes(raw[:8], "little")
    header = _json(raw[8 : 8 + length], chance, other)
    told = len(header)
    if chance.random() < 0.05:
        told = chance.choice((0, 1, told - 1, told + 1, 2**31, 2**63, 2**64 - 1))
    return told.to_bytes(8, "little") + header + raw[8 + length :]


# -- TOML --------------------------------------------------------------------------------------

_ENTRY = re.compile(r'^(\s*(?:[\w."-]+)\s*=\s*)(.*)$')
_TABLE = re.compile(r"^\s*\[{1,2}(.*?)\]{1,2}\s*$")
_TOML_VALUES = (
    *("true", "false", "0", "-1", "1.5", "nan", "inf", "-inf", "1e999", "9" * 400, "9" * 5000),
    *("0x" + "f" * 5000, "0o7", "1_000", "+1", "1979-05-27T07:32:00Z", "07:32:00", "1979-05-27"),
    *('""', "''", '"""a\nb"""', "[]", "[[]]", '[""]', "[1, 2.0]", '["*"]', '["a", 1]', "{}"),
    *("{a = 1}", "{a = {a = {}}}", "[{}]", "[" * 70 + "]" * 70, "[" * 5000 + "]" * 5000),
    *("{a = " * 70 + "1" + "}" * 70, "{a = " * 3000 + "1" + "}" * 3000, "", "x", "= 1", "#"),
    *("['[', ']']", "100.0", "1e-9", "50", "3.0"),
)
_TOML_KEYS = (
    *('"\\u001b[31m"', '""', "a.b.c", '"a b"', "why", "labels", "gate", "'\u202e'", "x" * 300),
    *(".".join(["a"] * 70), ".".join(["a"] * 4000)),
)


def _toml(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    lines = raw.decode().split("\n")
    entries = [at for at, line in enumerate(lines) if _ENTRY.match(line)]
    tables = [at for at, line in enumerate(lines) if _TABLE.match(line)]
    at = chance.choice(entries or [0])
    found = _ENTRY.match(lines[at])
    kind = chance.random()
    if found and kind < 0.6:
        lines[at] = found[1] + _toml_value(chance, found[2])
    elif found and kind < 0.7:
        lines[at] = f"{chance.choice(_TOML_KEYS)} = {found[2]}"
    elif kind < 0.8:
        lines.insert(chance.randrange(len(lines) + 1), lines[at])
    elif kind < 0.87:
        del lines[at]
    elif kind < 0.94 and tables:
        key = chance.choice(_TOML_KEYS)
        lines[chance.choice(tables)] = chance.choice((f"[{key}]", f"[[{key}]]", f"[{key}.{key}]"))
    else:
        lines.insert(at, f"{chance.choice(_TOML_KEYS)} = {_toml_value(chance, '1')}")
    return "\n".join(lines).encode(errors="surrogatepass")


def _toml_value(chance: random.Random, present: str) -> str:
    if chance.random() < 0.6:
        return chance.choice(_TOML_VALUES)
    drawn = odd.text(chance)
    if present.startswith('"') and chance.random() < 0.5:
        drawn = present.strip('"') + drawn
    escaped = json.dumps(drawn, ensure_ascii=chance.random() < 0.8)
    return escaped if chance.random() < 0.8 else f"[{escaped}]"


# -- tables and texts --------------------------------------------------------------------------


def _csv(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    lines = raw.split(b"\n")
    at = chance.randrange(len(lines))
    cells = lines[at].split(b",")
    place, kind = chance.randrange(len(cells)), chance.random()
    if kind < 0.5:
        cells[place] = odd.text(chance).encode(errors="surrogatepass")
    elif kind < 0.6:
        cells[place] = odd.number(chance).encode()
    elif kind < 0.7:
        del cells[place]
    elif kind < 0.8:
        cells.insert(place, cells[place])
    elif kind < 0.9:
        cells[place] = b'"' + cells[place]
    else:
        lines.insert(at, chance.choice(lines))
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def _text(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    text, kind = raw.decode(errors="surrogatepass"), chance.random()
    at = chance.randrange(len(text) + 1)
    words = re.findall(r"\S+|\s+", text) or [""]
    place = chance.randrange(len(words))
    if kind < 0.4:
        text = text[:at] + odd.text(chance) + text[at:]
    elif kind < 0.5:
        words[place : place + 1] = [words[place]] * chance.choice((0, 2, 2, 3000))
        text = "".join(words)
    elif kind < 0.6:
        chance.shuffle(words)
        text = "".join(words)
    elif kind < 0.75:
        theirs = re.findall(r"\S+|\s+", other.decode(errors="replace")) or [""]
        begin = chance.randrange(len(theirs))
        words[place:place] = theirs[begin : begin + chance.choice((1, 3, 10))]
        text = "".join(words)
    elif kind < 0.85:
        text = text[:at]
    elif kind < 0.95:
        text = chance.choice((text.upper(), text.lower(), text.title(), text[::-1], text.strip()))
    else:
        text = text[at : at + chance.choice((1, 5, 40))] * chance.choice((2, 50, 4000))
    return text[: 4 << 20].encode(errors="surrogatepass")


def _arguments(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Change the words of a command line; none of them can hold what no process can be given."""
    words = json.loads(raw)
    theirs = json.loads(other) if other else words
    at = chance.randrange(len(words)) if words else 0
    kind, word = chance.random(), words[at] if words else ""
    name, equals, value = word.partition("=")
    pieces = re.split(r"([,=:@#?&+/.-])", value)
    piece = chance.randrange(len(pieces))
    if kind < 0.3 and equals:
        words[at] = f"{name}={_word(chance)}"
    elif kind < 0.6:
        pieces[piece] = chance.choice((_word(chance), pieces[piece] + _word(chance), ""))
        words[at] = f"{name}{equals}{''.join(pieces)}"
    elif kind < 0.7:
        pieces.insert(piece, chance.choice(pieces))
        words[at] = f"{name}{equals}{''.join(pieces)}"
    elif kind < 0.85 and theirs:
        words.insert(at, chance.choice(theirs))
    elif words:
        del words[at]
    return json.dumps(words).encode()


def _word(chance: random.Random) -> str:
    drawn = odd.number(chance) if chance.random() < 0.3 else odd.text(chance)
    passed = drawn.replace("\x00", "").encode("utf-8", "replace").decode()
    return passed[:100_000]


# -- databases ---------------------------------------------------------------------------------

_CELLS: tuple[Any, ...] = (
    *(None, 0, -1, 1, 7, 2**31, 2**62, 2**63 - 1, 1.5, float("inf"), "", "x", "\x1b[31m", "1"),
    *(b"", b"\x00" * 32, b"\xff" * 32, b"\xff\xfe", b"a" * 31, "end", "length", "{}", "[]", "null"),
    *('{"a": ' * 3000, '{"perplexity": NaN, "vocabulary_size": 1, "shortfall": 0}', "9" * 5000),
    *("\u202e", "x" * 100_000, "[" * 100_000),
)


def _sqlite(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Put odd values into cells, undo what tables demand, or forge what a file says of itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s"
        path.write_bytes(raw)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA writable_schema=ON")
            _change_database(connection, chance)
        finally:
            connection.close()
        return path.read_bytes()


def _change_database(connection: sqlite3.Connection, chance: random.Random) -> None:
    named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    table = chance.choice([name for (name,) in named])
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    column, kind = chance.choice(columns), chance.random()
    if kind < 0.7:
        with suppress(sqlite3.IntegrityError):
            connection.execute(
                f'UPDATE "{table}" SET "{column}" = ? WHERE rowid IN (SELECT rowid FROM "{table}" '
                "LIMIT 1)"
                if table == "contexts"
                else f'UPDATE "{table}" SET "{column}" = ?'
                f'WHERE "{columns[0]}" IN (SELECT "{columns[0]}" FROM "{table}" LIMIT 1)',
                (chance.choice(_CELLS),),
            )
    elif kind < 0.8:
        loosened = "replace(replace(sql, 'NOT NULL', ''), 'INTEGER', '')"
        connection.execute(f"UPDATE sqlite_master SET sql = {loosened} WHERE name = ?", (table,))
    elif kind < 0.85:
        connection.execute(f"PRAGMA user_version={chance.choice((0, 1, 2, 3, 4, 5, 99, -1))}")
    elif kind < 0.9:
        connection.execute(f'DROP TABLE "{table}"')
    elif kind < 0.95:
        connection.execute(f'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "odd"')
    else:
        connection.execute(f'DELETE FROM "{table}"')


_KNOWING: dict[Form, Callable[[bytes, random.Random, bytes], bytes]] = {
    Form.TEXT: _text,
    Form.CSV: _csv,
    Form.JSON: _json,
    Form.JSON_LINES: _json_lines,
    Form.TOML: _toml,
    Form.ANSWERS: _answers,
    Form.KEY: _key,
    Form.SAFETENSORS: _safetensors,
    Form.SQLITE: _sqlite,
    Form.ARGUMENTS: _arguments,
}
