"""How long report.html takes to make, how large it is, and of what: python -m bench.page [RUN ...]

RUN are reports folders; without one, a run of nine subjects and sixty gates whose answers are gone.
"""

from __future__ import annotations

import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from bench.ensemble import told
from tests.report.large import LARGE
from tests.report.parts import CIRCUMSTANCES
from trusteval.report.browse.browser import browser_of
from trusteval.report.finished_run import FinishedRun, finished_run
from trusteval.report.page.gate_entries import gate_groups
from trusteval.report.page.render import page_with
from trusteval.report.pictures.gallery import pictures_of
from trusteval.report.votes import study_of_votes
from trusteval.types import Unavailable


class Sizes(HTMLParser):
    """Counts the bytes of each section of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: Counter[str] = Counter()
        self._section = "around"
        self._at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._turn(dict(attrs).get("id") or "section")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._turn("around")

    def of(self, page: str) -> Counter[str]:
        self._lines = [0]
        for line in page.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line.encode()))
        self.feed(page)
        self._turn("around")
        return self.sizes

    def _turn(self, section: str) -> None:
        line, _ = self.getpos()
        here = self._lines[line - 1]
        self.sizes[self._section] += here - self._at
        self._section, self._at = section, here


def measure(name: str, run: FinishedRun) -> None:
    print(f"\n{name}\n  clock processor")
    with told("what the votes show"):
        votes = study_of_votes(run.answers)
    for what, make in (
        ("pictures", pictures_of),
        ("answers to browse", browser_of),
        ("gates with their lost items", gate_groups),
    ):
        with told(what):
            make(run)
    with told("the page, but for the votes"):
        page = page_with(run, votes)
    print(f"{len(page.encode()) / 1024:,.0f} KiB")
    for section, size in Sizes().of(page).most_common(6):
        print(f"  {section}: {size / 1024:,.0f} KiB")


def main() -> None:
    folders = sys.argv[1:]
    for folder in folders:
        measure(folder, finished_run(Path(folder)))
    if not folders:
        gone = Unavailable("this run's answers are gone")
        measure("nine subjects, sixty gates", FinishedRun(LARGE, CIRCUMSTANCES, gone))


if __name__ == "__main__":
    main()
