"""Changes to TOML, line by line."""

from __future__ import annotations

import json
import random
import re

from bench.fuzzing import odd

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


def toml_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
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
