"""Which answers are shown: filters, search, controls and addresses, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browsable import PLACES, VOTE
from tests.browser.counted import (
    ANSWERS,
    ROWS,
    RUN,
    Row,
    count,
    disagrees,
    flips,
    go,
    is_invalid,
    is_tie,
    rows,
    says,
)
from tests.browser.visits import Browser, Visit, undisturbed
from trusteval.types import Invalid, Label, Refusal

FILTERS: dict[str, Callable[[Row], bool]] = {
    "dimension=machine_ethics": lambda row: row.benchmark == "ethics",
    "benchmark=mmlu": lambda row: row.benchmark == "mmlu",
    "setting=ethics/few_shot": lambda row: row.sample.setting.id == "ethics/few_shot",
    "subject=gptq-4": lambda row: row.subject == "gptq-4",
    "outcome=correct": lambda row: row.is_right,
    "outcome=wrong": lambda row: isinstance(row.answer, Label) and not row.is_right,
    "outcome=refused": lambda row: isinstance(row.answer, Refusal),
    "outcome=invalid": lambda row: isinstance(row.answer, Invalid),
    "outcome=empty": lambda row: is_invalid(row, "empty"),
    "outcome=unparseable": lambda row: is_invalid(row, "unparseable"),
    "outcome=contradictory": lambda row: is_invalid(row, "contradictory"),
    "outcome=truncated": lambda row: is_invalid(row, "truncated"),
    "flip=lost": lambda row: flips(row, lost=True),
    "flip=gained": lambda row: flips(row, lost=False),
    "vote=tie": is_tie,
    "vote=disagree": disagrees,
    "vote=agree": lambda row: row.subject == VOTE and not disagrees(row),
    "search=MANY things": lambda row: says(row, "many things"),
    "search=kitchen": lambda row: says(row, "kitchen"),
    "subject=gptq-3&flip=lost&benchmark=ethics": lambda row: (
        (row.subject, row.benchmark) == ("gptq-3", "ethics") and flips(row, lost=True)
    ),
    "search=many things&subject=dense": lambda row: (
        row.subject == "dense" and says(row, "many things")
    ),
}


def test_every_answer_is_there_in_the_order_asked(visit: Visit) -> None:
    count(visit, len(ROWS))
    asked = sorted(
        ROWS,
        key=lambda row: (
            ANSWERS.benchmarks.index(row.benchmark),
            row.place,
            RUN.record.subjects.index(row.subject),
        ),
    )
    assert rows(visit) == [f"{row.subject} {row.name}" for row in asked]


@pytest.fixture(scope="module")
def opened(browser: Browser, answers_page: Path) -> Iterator[Visit]:
    """A page that goes from one address to the next."""
    with undisturbed(browser, answers_page) as found:
        yield found


@pytest.mark.parametrize("query", FILTERS)
def test_filter_leaves_exactly_what_a_count_by_hand_does(opened: Visit, query: str) -> None:
    meant = {f"{row.subject} {row.name}" for row in ROWS if FILTERS[query](row)}
    assert 0 < len(meant) < len(ROWS)
    go(opened, query.replace(" ", "%20"))
    count(opened, len(meant))
    assert set(rows(opened)) == meant


def test_controls_do_what_the_address_says(visit: Visit) -> None:
    form = visit.page.locator("#answers-filters")
    form.locator("[name=subject]").select_option("gptq-4")
    form.locator("[name=outcome]").select_option("wrong")
    count(visit, sum(r.subject == "gptq-4" and FILTERS["outcome=wrong"](r) for r in ROWS))
    assert visit.page.url.endswith("#answers?subject=gptq-4&outcome=wrong")
    form.get_by_label("Search").fill("harbour")
    visit.page.wait_for_url("**search=harbour")
    form.get_by_role("button", name="Show all").click()
    count(visit, len(ROWS))
    assert form.locator("[name=subject]").input_value() == ""


def test_back_from_the_first_filter_shows_all_again(visit: Visit) -> None:
    visit.page.locator("[name=subject]").select_option("gptq-4")
    count(visit, sum(row.subject == "gptq-4" for row in ROWS))
    visit.page.go_back()
    count(visit, len(ROWS))


def test_address_of_another_part_changes_nothing_here(visit: Visit) -> None:
    go(visit, "subject=gptq-4")
    visit.page.evaluate("() => { location.hash = 'scores'; }")
    count(visit, sum(row.subject == "gptq-4" for row in ROWS))


def test_any_subject_can_be_compared_with(visit: Visit) -> None:
    go(visit, "against=gptq-8&flip=lost&subject=dense")
    right = ANSWERS.answer_tables
    lost = [
        row
        for row in ROWS
        if row.subject == "dense"
        and not row.is_right
        and right["gptq-8", row.benchmark][row.place].correct
    ]
    count(visit, len(lost))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("subject=nobody", "this run has no subject nobody"),
        ("item=ethics/few_shot/nowhere", "this run has no item ethics/few_shot/nowhere"),
    ],
)
def test_link_to_what_is_not_there_says_so(visit: Visit, query: str, said: str) -> None:
    go(visit, query)
    visit.page.get_by_role("status").filter(has_text=said).wait_for()


def test_nothing_found_is_said(visit: Visit) -> None:
    go(visit, "search=xyzzy")
    count(visit, 0)
    assert visit.page.locator("#answers-list").is_hidden()


def test_rows_are_made_when_they_are_seen(visit: Visit) -> None:
    count(visit, len(ROWS))
    assert visit.page.locator("[role=option]").count() < 40 < len(ROWS)
    first = visit.page.locator("[role=option]").first
    first.get_by_text(PLACES["ethics"][0]).wait_for()
