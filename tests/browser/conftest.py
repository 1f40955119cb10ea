"""Finds a Chromium for the tests of report.html; without one they are skipped, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.browser.bare_page import write_page
from tests.browser.counted import RUN
from tests.browser.visits import Browser, Visit, browser_at, chromium_path, undisturbed


@pytest.fixture(scope="package")  # Playwright's loop would be in the way of other tests'
def browser() -> Iterator[Browser]:
    """A Chromium that opens files: `with browser.visit(path) as visit`."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        pytest.skip("no playwright, axe-playwright-python: pip install 'trusteval[dev]'")
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: install one, or name it by TRUSTEVAL_CHROMIUM")
    with browser_at(path) as found:
        yield found


@pytest.fixture(scope="package")
def answers_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answers of the run that is counted by hand, in a page of their own."""
    return write_page(tmp_path_factory.mktemp("page") / "report.html", RUN)


@pytest.fixture
def visit(browser: Browser, answers_page: Path) -> Iterator[Visit]:
    """Those answers, opened."""
    with undisturbed(browser, answers_page) as found:
        yield found
