"""What pages tell their readers to type does what the pages say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.followed_page import Desk, laid_desk
from tests.docs.marked_blocks import MarkedCommands, MarkError, marked_blocks
from tests.project import ROOT

DOCS = ROOT / "docs"
PAGES = {page.name: page for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md")))}
FOLLOWED = [name for name, page in PAGES.items() if marked_blocks(page)]
HOW_TO = re.search(r"## Start\n.*?(?=\n## How)", PAGES["index.md"].read_text("utf-8"), re.DOTALL)
NOT_RUN = {
    "ci.md": "its recipes are run by tests of their own",
    "gpu.md": "needs a GPU",
    "scaling.md": "needs servers",
}
"""How-to pages without a block that can run here, and why."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return laid_desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("name", FOLLOWED)
def test_page_does_what_it_says(name: str, desk: Desk, tmp_path: Path) -> None:
    assert "\n\n".join(desk.follow(PAGES[name], tmp_path / "project")) == ""


def test_every_page_on_how_to_do_something_is_followed() -> None:
    assert HOW_TO is not None
    pages = re.findall(r"\]\(([\w-]+\.md)\)", HOW_TO[0])
    commands = {
        name: any(isinstance(block, MarkedCommands) for block in marked_blocks(PAGES[name]))
        for name in pages
    }
    assert [name for name in pages if commands[name] is (name in NOT_RUN)] == []


def page_of(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


def test_other_status_and_other_output_are_told_with_their_place(
    desk: Desk, tmp_path: Path
) -> None:
    page = page_of(
        tmp_path,
        "# Page\n<!-- file: a.txt -->\n```text\nwritten\n```\n"
        "<!-- runnable -->\n```console\n$ cat a.txt \\\n    && echo more\nwritten\n...\n```\n"
        "<!-- runnable -->\n```console\n$ cat a.txt\nother\n```\n"
        "<!-- runnable: exit status 3 -->\n```sh\nexit 4\n```\n"
        "<!-- runnable: empty folder, other output -->\n```console\n$ ls | wc -l\n9\n```\n",
    )
    complaints = desk.follow(page, tmp_path / "project")
    assert complaints == [
        "page.md:14 printed otherwise:\nwritten\n",
        "page.md:19 ended with 4, not 3:\n",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<!-- runnable -->\n\n```console\n$ ls\n```\n", "page.md:2: no block directly below"),
        ("<!-- runnable: soon -->\n```console\n$ ls\n```\n", "page.md:2: unknown soon"),
        ("<!-- runnable -->\n```console\nls\n```\n", "page.md:2: no line begins with"),
        ("<!-- file -->\n```toml\n```\n", "page.md:2: name the file"),
        (
            "<!-- runnable: exit status 1 -->\n```console\n$ ls\n$ false\n```\n",
            "page.md:2: 2 commands, and a status is that of one",
        ),
    ],
)
def test_mark_that_says_nothing_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(MarkError, match=re.escape(complaint)):
        marked_blocks(page_of(tmp_path, text))
