"""What is written in a drawing, and what a strict policy would not let it do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl")
_USES = re.compile(r"url\(#([^)]+)\)")


def texts(svg: str | bytes) -> list[str]:
    """Return the lines of text in the order in which they are drawn."""
    found = (one for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("text"))
    return ["".join(one.itertext()) for one in found]


def refusals(svg: str) -> list[str]:
    """Say what in a drawing a page under a strict policy would not show, or not as it is meant."""
    root = ElementTree.fromstring(svg)
    ids = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    return [
        *(f"{name} twice" for name in set(ids) if ids.count(name) > 1),
        *(f"{name} is nowhere" for name in _references(root) if name not in ids),
        *_forbidden(root),
    ]


def _references(root: ElementTree.Element) -> Iterator[str]:
    for one in root.iter():
        for name, value in one.attrib.items():
            yield from _USES.findall(value)
            if name == "href":
                yield value.removeprefix("#")
            if name in ("aria-labelledby", "aria-describedby"):
                yield from value.split()


def _forbidden(root: ElementTree.Element) -> Iterator[str]:
    for one in root.iter():
        tag = one.tag.rpartition("}")[2]
        if tag in ("style", "metadata", "script", "a", "image", "foreignObject"):
            yield f"<{tag}>"
        for name, value in one.attrib.items():
            if name == "style" or name.startswith("on") or "}" in name:
                yield f"attribute {name}"
            if name == "href" and not value.startswith("#"):
                yield f"leads to {value}"
            if name in ("fill", "stroke") and _COLOUR.match(value):
                yield f"a colour of its own, {value}"
