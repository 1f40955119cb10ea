"""A page in a real Chromium, and all that it did there which a report must not do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
_SERIOUS = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Visit:
    """An opened page; `complaints` of its console and scripts, `requests` beside its own file."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def barriers(self) -> list[str]:
        """Return what axe-core calls serious or critical, each with the first place it is at."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['html'][:200]}: {one['nodes'][0]['failureSummary']}"
            for one in found
            if one["impact"] in _SERIOUS
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wider))


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium that opens files; `chromium` is Playwright's, `looks` its contexts by setting."""

    chromium: Any
    looks: dict[tuple[object, ...], Any] = field(default_factory=dict)

    @contextmanager
    def visit(
        self,
        path: Path,
        *,
        anchor: str = "",
        width: int = 1200,
        height: int = 800,
        dark: bool = False,
        script: bool = True,
    ) -> Iterator[Visit]:
        """Open a file of its own in a window of that size (CSS pixels), perhaps without scripts."""
        look = self._look(width=width, height=height, dark=dark, script=script)
        visit = Visit(look.new_page())
        address = path.resolve().as_uri()
        visit.page.on("console", lambda message: visit.complaints.append(message.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.on(
            "request",
            lambda asked: (
                None if asked.url.partition("#")[0] == address else visit.requests.append(asked.url)
            ),
        )
        try:
            visit.page.goto(f"{address}#{anchor}" if anchor else address)
            yield visit
        finally:
            visit.page.close()

    def _look(self, *, width: int, height: int, dark: bool, script: bool) -> Any:
        """Return the context of that look, in which pages keep nothing for each other."""
        key = (width, height, dark, script)
        if key not in self.looks:
            self.looks[key] = self.chromium.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                offline=True,
            )
        return self.looks[key]


@contextmanager
def undisturbed(browser: Browser, path: Path) -> Iterator[Visit]:
    """Open a file, and in the end demand that it neither complained nor asked for anything."""
    with browser.visit(path) as visit:
        yield visit
        assert visit.complaints == []
        assert visit.requests == []


def chromium_path() -> Path | None:
    """Return the browser that TRUSTEVAL_CHROMIUM names, or one on the PATH; None without any."""
    named = os.environ.get("TRUSTEVAL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return None if found is None else Path(found)


@contextmanager
def browser_at(path: Path) -> Iterator[Browser]:
    """Start a Chromium, and end it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(path), args=list(_ARGUMENTS))
        try:
            yield Browser(chromium)
        finally:
            chromium.close()
