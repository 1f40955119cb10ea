"""The site is built without a warning, of every page, and loads nothing from elsewhere."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.built_site import SitePage, broken_links, build_site, hosts, site_pages
from tests.project import ROOT

DOCS = ROOT / "docs"
LINKED = {
    *("arxiv.org", "docs.github.com", "docs.gitlab.com", "github.com"),
    *("inspect.aisi.org.uk", "json-schema.org", "pytorch.org"),
}
"""Hosts that pages may send their readers to; nothing is loaded from any."""
_REMOTE = re.compile(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, SitePage]:
    for name in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(name, reason=f"{name} builds the site: pip install 'trusteval[docs]'")
    out = tmp_path_factory.mktemp("site") / "html"
    ended = build_site(DOCS, out)
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")
    return site_pages(out)


def test_every_page_of_docs_is_a_page_of_the_site(site: dict[Path, SitePage]) -> None:
    built = {path.stem for path in site}
    assert {page.stem for page in DOCS.glob("*.md")} - built == set()


def test_every_page_shows_the_whole_navigation(site: dict[Path, SitePage]) -> None:
    pages = {f"{page.stem}.html" for page in DOCS.glob("*.md")} - {"index.html"}
    lacking = {
        path.name: pages - {link.partition("#")[0] for link in page.links} - {path.name}
        for path, page in site.items()
    }
    assert {name: missing for name, missing in lacking.items() if missing} == {}


def test_no_link_within_the_site_is_broken(site: dict[Path, SitePage]) -> None:
    assert list(broken_links(site)) == []


def test_nothing_is_loaded_from_another_host(site: dict[Path, SitePage]) -> None:
    assert hosts(link for page in site.values() for link in page.loaded) == set()
    (root,) = {path.parent for path in site}
    sheets = [*root.rglob("*.css"), *root.rglob("*.html")]
    assert [p.name for p in sheets if _REMOTE.search(p.read_text(encoding="utf-8"))] == []


def test_links_out_lead_to_known_hosts(site: dict[Path, SitePage]) -> None:
    assert hosts(link for page in site.values() for link in page.links) - LINKED == set()


def small_docs(root: Path, pages: dict[str, str]) -> Path:
    """Write pages below a folder, beside this project's configuration."""
    for name in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(name)
    docs = root / "docs"
    docs.mkdir()
    shutil.copy(DOCS / "conf.py", docs)
    for name, text in pages.items():
        (docs / name).write_text(text, encoding="utf-8")
    return docs


def test_file_outside_docs_is_copied_and_a_folder_only_named(tmp_path: Path) -> None:
    index = "# Index\n\n[a](../NOTES.md#on) [b](../program.py) [the folder](../docs/)\n"
    docs = small_docs(tmp_path, {"index.md": index})
    for name in ("NOTES.md", "program.py"):
        (tmp_path / name).write_text(f"{name}\n", encoding="utf-8")
    ended = build_site(docs, tmp_path / "html")
    assert (ended.returncode, ended.stderr) == (0, "")
    page = SitePage(tmp_path / "html" / "index.html")
    copies = [page.path.parent / link for link in page.links if link.startswith("_downloads")]
    assert [copy.read_text(encoding="utf-8") for copy in copies] == ["NOTES.md\n", "program.py\n"]
    assert "the folder" in page.path.read_text(encoding="utf-8")


def test_broken_link_anchor_and_page_outside_the_navigation_stop_the_build(tmp_path: Path) -> None:
    pages = {
        "index.md": "# Index\n\n## Start\n\n- [A page](page.md): told.\n",
        "page.md": "# A page\n\n[a](gone.md) [b](index.md#gone) [c](#gone) [d](../gone.py)\n",
        "alone.md": "# Alone\n",
    }
    ended = build_site(small_docs(tmp_path, pages), tmp_path / "html")
    told = re.findall(
        r"(?:not found(?: in doc '\w+')?: '([^']+)'|(alone)\.md: WARNING)", ended.stderr
    )
    assert (ended.returncode, {"".join(one) for one in told}) == (
        1,
        {"gone.md", "gone", "../gone.py", "alone"},
    )
