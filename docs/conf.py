"""Builds the site of the pages beside it: `make docs`.

The pages are plain Markdown, read on GitHub as well, so none holds a directive. The navigation is
the lists of index.md: a page is added by a line there. Nothing is loaded from another host.
"""

from __future__ import annotations

import re

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "trusteval"
extensions = ["myst_parser"]
exclude_patterns = ["pictures"]
source_suffix = {".md": "markdown"}
root_doc = "index"
nitpicky = True
myst_heading_anchors = 4
smartquotes = False
html_theme = "furo"
html_title = "trusteval"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"footer_icons": [], "top_of_page_buttons": []}

_SECTION = re.compile(r"^## (?P<caption>.+)\n\n(?P<entries>(?:- \[.+\n)+)", re.MULTILINE)
_ENTRY = re.compile(r"^- \[(?P<title>[^\]]+)\]\((?P<page>[\w-]+)\.md\)", re.MULTILINE)
_PAGE_OUTSIDE = re.compile(r"\]\((?P<path>\.\./[^)#\s]+\.md)(?:#[^)\s]*)?\)")


def setup(app: Sphinx) -> None:
    """Ask Sphinx to read pages as they are meant."""
    app.connect("source-read", add_navigation)
    app.connect("source-read", lend_pages_outside)
    for name in ("csv", "mermaid"):  # one has no highlighter here, the other is readable as text
        app.add_lexer(name, TextLexer)


def add_navigation(_app: Sphinx, page: str, source: list[str]) -> None:
    """Make the lists of index.md the navigation of all pages."""
    if page == root_doc:
        source[0] += "".join(map(_toctree, _SECTION.finditer(source[0])))


def _toctree(section: re.Match[str]) -> str:
    entries = "".join(f"{title} <{page}>\n" for title, page in _ENTRY.findall(section["entries"]))
    return f"\n```{{toctree}}\n:hidden:\n:caption: {section['caption']}\n\n{entries}```\n"


def lend_pages_outside(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Give a copy of a Markdown file that a page links outside docs, as of any other file there."""
    source[0] = _PAGE_OUTSIDE.sub(r"](path:\g<path>)", source[0])
