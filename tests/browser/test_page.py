"""report.html in a real Chromium: whole on every screen, by keys alone, without complaints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browsable import browsable
from tests.browser.visits import Browser
from tests.pages import not_passed, recorded
from tests.report.large import LARGE
from tests.report.page.hostile_run import HOSTILE, hostile
from tests.report.parts import CIRCUMSTANCES
from tests.report.records import RECORDS
from trusteval.report.finished_run import FinishedRun
from trusteval.report.page.writing import write_page_to
from trusteval.types import Unavailable

RUNS = {
    **{name: recorded(name) for name in RECORDS},
    "answers": browsable(),
    "lost": not_passed(browsable()),
    "large": FinishedRun(LARGE, CIRCUMSTANCES, Unavailable("not kept")),
    "hostile": hostile(HOSTILE),
    "long names": hostile("x" * 4000),
}
every_run = pytest.mark.parametrize("name", RUNS)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Write the page of a run of that name, once."""
    folder = tmp_path_factory.mktemp("pages")

    def write(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            write_page_to(path, RUNS[name])
        return path

    return write


@pytest.fixture
def page(written: Callable[[str], Path], name: str) -> Path:
    """The page of a run of that name."""
    return written(name)


@pytest.mark.parametrize(
    ("name", "dark"),
    # That of the large run takes minutes; the dark look is the same whatever stands in it.
    [*((name, False) for name in RUNS if name != "large"), ("red", True), ("answers", True)],
)
def test_page_has_no_barrier_complaint_or_request(browser: Browser, page: Path, dark: bool) -> None:
    with browser.visit(page, dark=dark) as visit:
        assert visit.barriers() == []
        assert (visit.complaints, visit.requests) == ([], [])


@every_run
@pytest.mark.parametrize("width", [360, 1200])
def test_page_is_no_wider_than_the_screen_and_begins_with_the_answer(
    browser: Browser, page: Path, width: int
) -> None:
    with browser.visit(page, width=width, height=640) as visit:
        box = visit.page.locator(".answer").bounding_box()
        assert box["y"] + box["height"] < 640
        all_open = "for (const one of document.querySelectorAll('details')) one.open = true"
        visit.page.evaluate(all_open)
        assert visit.overflow() == 0


@pytest.mark.parametrize("name", ["hostile"])
def test_hostile_names_are_never_run(browser: Browser, page: Path) -> None:
    with browser.visit(page) as visit:
        assert visit.page.evaluate("window.broken") is None


@pytest.mark.parametrize("name", ["red"])
def test_every_gate_is_there_without_scripts(browser: Browser, page: Path) -> None:
    with browser.visit(page, script=False) as visit:
        shown = visit.page.locator("table.gates tbody tr:visible")
        assert shown.count() == len(RECORDS["red"].verdicts)
        assert not visit.page.locator("#gate-filters").is_visible()


@pytest.mark.parametrize("name", ["red"])
def test_gates_are_filtered_by_outcome_and_subject(browser: Browser, page: Path) -> None:
    with browser.visit(page) as visit:
        shown = visit.page.locator("table.gates tbody tr:visible")
        outcome, subject = visit.page.locator("#gate-filters select").all()
        outcome.select_option("PASS")
        assert shown.count() == 1
        assert visit.page.locator("#gate-count").inner_text() == "1 of 5 gates shown"
        subject.select_option("gptq-4")
        assert shown.count() == 0
        visit.page.locator("#gate-filters button").click()
        visit.page.get_by_text("5 of 5 gates shown").wait_for()


@pytest.mark.parametrize("name", ["red"])
def test_reason_leads_to_its_gate_and_opens_it_whatever_is_filtered(
    browser: Browser, page: Path
) -> None:
    with browser.visit(page) as visit:
        visit.page.locator("#gate-filters select").first.select_option("PASS")
        visit.page.locator(".reasons a").first.click()
        gate = visit.page.locator("tr:target")
        gate.locator("details[open]").wait_for()
        assert "FAIL" in gate.inner_text()


@pytest.mark.parametrize("name", ["red"])
def test_cell_leads_to_the_gates_behind_it(browser: Browser, page: Path) -> None:
    with browser.visit(page) as visit:
        visit.page.locator(".overview a").last.click()
        behind = visit.page.locator("tbody:target tr")
        assert {row.split("\t")[0] for row in behind.all_inner_texts()} == {
            "\N{EMPTY SET}UNDECIDABLE",
            "\N{BLACK UP-POINTING TRIANGLE}WARN",
        }


@pytest.mark.parametrize("name", ["green"])
def test_first_key_skips_to_the_verdict(browser: Browser, page: Path) -> None:
    with browser.visit(page) as visit:
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip"
        visit.page.keyboard.press("Enter")
        assert visit.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("name", ["large"])
def test_table_that_is_too_wide_scrolls_by_keys(browser: Browser, page: Path) -> None:
    with browser.visit(page, width=360) as visit:
        region = visit.page.locator("[role=group]", has=visit.page.locator("table.gates"))
        region.focus()
        visit.page.keyboard.press("ArrowRight")
        visit.page.wait_for_function("one => one.scrollLeft > 0", arg=region.element_handle())


@pytest.mark.parametrize("name", ["red"])
def test_print_opens_what_did_not_pass_and_leaves_out_what_is_for_screens(
    browser: Browser, page: Path
) -> None:
    with browser.visit(page, width=760) as visit:
        visit.page.emulate_media(media="print")
        assert visit.overflow() == 0
        behind = visit.page.locator("tr.fail .behind")
        assert behind.count() == behind.filter(visible=True).count() > 0
        for left_out in ("nav", "#gate-filters", ".skip"):
            assert not visit.page.locator(left_out).is_visible()


@pytest.mark.parametrize("name", ["lost"])
def test_lost_item_leads_to_all_that_was_said_of_it(browser: Browser, page: Path) -> None:
    with browser.visit(page, anchor="gate:ethics.score.against_dense:gptq-4") as visit:
        link = visit.page.locator("tr:target .items a").first
        item = link.inner_text()
        link.click()
        shown = visit.page.get_by_role("heading", name=f"ethics/{item}")
        shown.wait_for()
        assert 0 <= shown.bounding_box()["y"] < 800
        assert (visit.complaints, visit.requests) == ([], [])
