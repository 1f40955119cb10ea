"""Changes to tables, to texts in any language, and to the words of a command line."""

from __future__ import annotations

import json
import random
import re

from bench.fuzzing import odd


def csv_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
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


def text_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
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


def arguments_changed(raw: bytes, chance: random.Random, other: bytes) -> bytes:
    """Change the words of a command line; none of them can hold what no process can be given."""
    words = json.loads(raw) or [""]
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
