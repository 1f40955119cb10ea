"""The site of docs/, built, and what its pages link and load."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


def build_site(docs: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build the site as `make docs` does; whatever it warns of is an error."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-W", "-n", "--keep-going"]
    return subprocess.run(
        [*command, "-d", str(out.with_suffix(".doctrees")), str(docs), str(out)],
        capture_output=True,
        text=True,
        check=False,
    )


@dataclass(slots=True)
class SitePage(HTMLParser):
    """What one page of a site holds: its anchors, where its links lead, what it loads."""

    path: Path
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value is not None}
        self.anchors |= {given["id"]} if "id" in given else set()
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag in _LOADS and _LOADS[tag] in given:
            self.loaded.append(given[_LOADS[tag]])


def site_pages(folder: Path) -> dict[Path, SitePage]:
    """Read every page of a site."""
    return {path: SitePage(path) for path in sorted(folder.rglob("*.html"))}


def broken_links(pages: dict[Path, SitePage]) -> Iterator[str]:
    """Yield the links within a site that lead to no file, or to no anchor of a page."""
    for page in pages.values():
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            held = pages[target].anchors if target in pages else None
            is_there = target.is_file() and (
                not parts.fragment or held is None or parts.fragment in held
            )
            if not is_there:
                yield f"{page.path.name}: {link}"


def hosts(links: Iterator[str]) -> set[str]:
    """Return the hosts that links name."""
    return {host for link in links if (host := urlsplit(link).netloc)}
