"""Odd values: what a file may hold where something else is due."""

from __future__ import annotations

import random

NUMBERS = (
    *("0", "1", "-1", "-0.0", "0.5", "2", "7", "64", "100", "101", "1e308", "1e-320"),
    *("1e999", "-1e999", "NaN", "Infinity", "-Infinity", "2147483648", "4294967296"),
    *(str(2**53), str(2**63 - 1), str(2**63), str(2**64), "1" + "0" * 30, "9" * 400, "9" * 5000),
)
"""As JSON texts; TOML spells some otherwise."""

TEXTS = (
    *("", " ", "\n", "\t", "x", "0", "A", "yes", "no", "true", "null", "nan", "1e5", "-1"),
    *("\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b]0;title\x07", "\x9b31m", "\r", "\b" * 9),
    *("\u202egnp.exe", "\u2066\u2069", "\u200b", "\ufeff", "\u2028", "\u2029", "\x85", "\x0b"),
    *("\ud800", "\udcff", "\x00", "a\x00b", "\U0010ffff", "\U000e0041", "e\u0301", "\u0660"),
    *("$\\frac$", "$x^2", "$$", "$\\", "\\", "\\u", "%s%n%d", "{", "}", "{0}", "{x.y}", "{item"),
    *("[red]", "[/]", "[/red]", "[bold", "[link=x]", "[[", "]]", "[#zzz]", "_hidden"),
    *("<script>alert(1)</script>", "# heading", "| a | b |", "```", "![x](y)", "<!--", "]]>"),
    *("~", "~nobody/x", "~/x", "..", ".", "/", "../../etc/passwd", "/dev/zero", "/dev/stdin"),
    *("/proc/self/mem", "/root", "a/b", "C:\\x", "file:///etc/passwd", "http://127.0.0.1:1/v1"),
    *("https://user:pw@host/x", "org/name", "org/name@rev", "org/kernel@main:fn", "x.py--y.Class"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "2026-13-01T00"),
    *("--help", "-", "=cmd()", "@x", "*", "?", "[a-", "(", "(?P<", "'", '"', ";", ",", "#", ":"),
    *("gptq-4", "dense", "baseline", "vote-gptq", "ethics", "mmlu", "score", "few_shot", "auto"),
    *("x" * 256, "y/" * 200, "z" * 5000, "\u00e9" * 300, "\x1b" * 300),
)

_NESTED = tuple(
    opening * depth + closing * depth
    for opening, closing in (("[", "]"), ('{"a":', "}"))
    for depth in (8, 30, 70, 2000)
)
# The innermost value of an object needs to be one.
RAW = tuple(text.replace('{"a":}', '{"a":0}') for text in _NESTED)
WORDS = (
    *(
        "null",
        "true",
        "false",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        '[""]',
        '{"a": null}',
        "[0]",
        "[1e999]",
    ),
    *('{"": 0}', '["\\ud800"]', '{"a": {"a": {}}}'),
)


def number(chance: random.Random) -> str:
    """Draw a number as JSON has it."""
    return chance.choice(NUMBERS)


def text(chance: random.Random) -> str:
    """Draw a text; now and then a huge one."""
    if chance.random() < 0.02:
        return chance.choice(("x", "\u00e9", "a ", "\n", "[", "1")) * chance.choice((70_000, 2**20))
    drawn = chance.choice(TEXTS)
    return drawn + chance.choice(TEXTS) if chance.random() < 0.1 else drawn
