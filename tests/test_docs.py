"""Every relative link of the documentation resolves, and the README links every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Return the targets of a page's links within the repository."""
    return [one for one in LINK.findall(prose(page)) if "://" not in one]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and package indexes form them."""
    headings = (re.sub(r"[^\w\- ]", "", one.casefold()) for one in HEADING.findall(prose(page)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    assert broken(page) == []


def test_readme_links_every_page() -> None:
    linked = {(ROOT / link.partition("#")[0]).resolve() for link in links(README)}
    assert [page.name for page in PAGES[1:] if page not in linked] == []


def test_navigation_names_every_page_once() -> None:
    named = links(ROOT / "docs" / "index.md")
    assert sorted(named) == [page.name for page in PAGES[1:] if page.name != "index.md"]


def test_link_to_a_missing_heading_or_file_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = "# One: two\n[a](#one-two) [b](#three) [c](other.md) [d](https://x.org/#y)\n"
    page.write_text(f"{text}```md\n[e](gone.md)\n```\n", encoding="utf-8")
    assert broken(page) == ["#three", "other.md"]
