"""SVG as a page under a strict policy takes it: classes and attributes, no style, no metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from trusteval.charts.library import matplotlib_settled
from trusteval.charts.look import LIGHT, Role
from trusteval.charts.panel import Chart
from trusteval.charts.sheet import figure_of
from trusteval.printable import printable_line

_NAMESPACE = "http://www.w3.org/2000/svg"
_ROLES: Mapping[str, Role] = {colour: role for role, colour in LIGHT.items()}
_PAINTS = {"fill": "fill", "stroke": "line"}
"""Properties that hold a colour, and how the classes that stand for it begin."""
_LEFT_OUT = ("metadata", "style")
_FONT = re.compile(r"(?:(?P<weight>\d00|bold) )?(?P<size>[\d.]+px)")
"""What is kept of a shorthand; which font it is, is the page's own choice."""
_UPRIGHT = "rotate(-0 "
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def page_svg(chart: Chart, *, name: str) -> str:
    """Return a chart as an <svg> for a page with look's stylesheet; the same chart, the same text.

    All its ids begin with `name`, which no other picture of the page may have: a letter, then
    letters, digits, - and _ (ValueError otherwise). Raises DrawingError without matplotlib.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of a picture: {name!r}")
    with matplotlib_settled():
        written = svg_of(figure_of([chart]))
    root = rebuilt(ElementTree.fromstring(written), prefix=name)
    width, height = root.attrib["viewBox"].split()[2:]
    root.attrib.update(
        {"class": "chart", "width": width, "height": height, "role": "img"},
        **{"aria-labelledby": f"{name}-title", "aria-describedby": f"{name}-about"},
    )
    for place, (tag, words) in enumerate((("title", chart.title), ("desc", chart.about))):
        told = Element(tag, {"id": f"{name}-{'title' if tag == 'title' else 'about'}"})
        told.text = printable_line(words)
        root.insert(place, told)
    return ElementTree.tostring(root, encoding="unicode")


def svg_of(figure: Any) -> str:
    """Return what matplotlib writes of a figure; to be called with matplotlib settled."""
    drawn = StringIO()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()


def rebuilt(root: Element, *, prefix: str) -> Element:
    """Return the same picture without styles: colours are classes, the rest are attributes.

    Of all ids only those are kept that something refers to; they are numbered after `prefix`.
    """
    used = dict.fromkeys(_references(root))
    names = {old: f"{prefix}-{number}" for number, old in enumerate(used, 1)}
    whole = _copied(root, names)
    for size in ("width", "height", "version"):
        whole.attrib.pop(size, None)
    whole.attrib.update({"xmlns": _NAMESPACE, "stroke-linejoin": "round"})
    return whole


def _references(root: Element) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            if _local(key) == "href":
                yield value.removeprefix("#")
            yield from _REFERENCE.findall(value)


def _copied(element: Element, names: Mapping[str, str]) -> Element:
    copy = Element(_local(element.tag), dict(_attributes(element, names)))
    copy.text = element.text.strip() if element.text and element.tag.endswith("text") else None
    for child in element:
        if _local(child.tag) not in _LEFT_OUT:
            inner = _copied(child, names)
            is_empty = inner.tag in ("g", "defs") and not len(inner)
            copy.extend([] if is_empty else [inner])
    return copy


def _attributes(element: Element, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    classes: list[str] = []
    for name, value in _said(element):
        if name == "id":
            yield from [("id", names[value])] if value in names else []
        elif name == "href":
            yield "href", f"#{names[value.removeprefix('#')]}"
        elif name in _PAINTS and value in _ROLES:
            classes.append(f"{_PAINTS[name]}-{_ROLES[value]}")
        elif name != "font-family" and not value.startswith(_UPRIGHT):
            yield name, _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", _short(value))
    if classes:
        yield "class", " ".join(classes)


def _said(element: Element) -> Iterator[tuple[str, str]]:
    """Yield an element's attributes, and as such the declarations of its style."""
    for key, value in element.attrib.items():
        if _local(key) == "style":
            yield from _declarations(value)
        else:
            yield _local(key), value


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for declaration in filter(None, map(str.strip, style.split(";"))):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font" and (font := _FONT.search(value)):
            yield "font-size", font["size"]
            yield from [("font-weight", font["weight"])] if font["weight"] else []
        else:
            yield name, value


def _short(value: str) -> str:
    """Return a place or a path in hundredths of a pixel."""
    rounded = _LONG.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), value)
    return " ".join(rounded.split())


def _local(name: str) -> str:
    return name.rpartition("}")[2]
