"""What is shown of one answer, and how one gets there, in a real Chromium."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.browsable import VOTE, prompt
from tests.browser.bare_page import page_text
from tests.browser.counted import ROWS, RUN, ballots, flips, is_invalid, is_tie, opened
from tests.browser.visits import Browser, Visit
from trusteval.answers.voting import vote
from trusteval.report.browse.browser import browser_of
from trusteval.types import Label


def test_row_can_be_linked_and_back_leads_back(browser: Browser, answers_page: Path) -> None:
    row = next(row for row in ROWS if row.subject == "gptq-4" and not row.is_right)
    with browser.visit(answers_page, anchor=f"answers?subject=gptq-4&item={row.name}") as visit:
        heading = visit.page.get_by_role("heading", name=row.name)
        heading.wait_for()
        chosen = visit.page.locator("[role=option][aria-selected=true]")
        assert row.name in chosen.text_content()
        visit.page.get_by_role("button", name="Close").click()
        assert visit.page.url.endswith("#answers?subject=gptq-4")
        assert heading.count() == 0
        visit.page.go_back()
        heading.wait_for()
        assert visit.complaints == []


def test_keyboard_alone_opens_and_closes(visit: Visit) -> None:
    visit.page.locator("#answers-list").focus()
    for key in ("ArrowDown", "End", "ArrowUp", "Enter"):
        visit.page.keyboard.press(key)
    title = visit.page.locator("#answers-item h3")
    title.wait_for()
    assert visit.page.evaluate("document.activeElement.id") == "answers-item-title"
    active = visit.page.locator("#answers-list").get_attribute("aria-activedescendant")
    chosen = visit.page.locator(f"[id='{active}']")
    assert chosen.get_attribute("aria-posinset") == str(len(ROWS) - 1)
    assert title.text_content() in chosen.text_content()
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate("document.activeElement.id") == "answers-list"
    assert visit.page.locator("#answers-item").is_hidden()


def test_item_shows_prompt_response_and_what_it_was_read_by(visit: Visit) -> None:
    row = next(row for row in ROWS if row.subject == "dense" and row.is_right)
    card = opened(visit, row)
    turns = visit.page.locator(".answers-turn")
    shown = [
        (turn.locator("b").text_content(), turn.locator("pre").text_content())
        for turn in turns.all()
    ]
    assert shown == [(turn.role.value, turn.content) for turn in prompt(row.sample)]
    target = row.sample.target
    assert card.locator("pre").text_content() == f"The answer is {target}."
    assert card.locator("mark").text_content() == f"The answer is {target}"
    assert "opens the answer" in card.text_content()


def test_probabilities_are_shown_where_recorded(visit: Visit) -> None:
    row = next(row for row in ROWS if (row.subject, row.benchmark) == ("dense", "mmlu"))
    told = opened(visit, row).text_content()
    assert "A 90.0 %, B 5.0 %, C 4.9 %, D under 0.1 %" in told


def test_cut_response_says_so(visit: Visit) -> None:
    row = next(row for row in ROWS if is_invalid(row, "truncated") and row.subject != VOTE)
    assert "Cut off at the token limit." in opened(visit, row).text_content()


def test_vote_shows_ballots_drops_tally_and_who_broke_the_tie(visit: Visit) -> None:
    row = next(row for row in ROWS if is_tie(row))
    decision = vote(ballots(row), policy=row.sample.setting.refusal_policy)
    card = opened(visit, row)
    told = card.text_content()
    assert f"A tie, broken by {decision.tie_broken_by}:" in told
    assert isinstance(decision.answer, Label)
    assert f"Decision: {decision.answer.value}." in told
    lines = card.locator("tbody tr").all_text_contents()
    assert len(lines) == len(ballots(row))
    assert sum("dropped" in line for line in lines) == len(decision.dropped)
    names = visit.page.locator(".answers-card h5").all_text_contents()
    assert [any(m in name for name in names[1:4]) for m in ("gptq-8", "gptq-4", "gptq-3")] == [
        *(True, True, True)
    ]


def test_flip_says_what_the_reference_answered(visit: Visit) -> None:
    row = next(
        row
        for row in ROWS
        if (row.subject, row.benchmark) == (VOTE, "mmlu") and flips(row, lost=True)
    )
    told = opened(visit, row).text_content()
    assert "Lost against " in told
    assert ", its best member, which answered" in told
    assert "Not compared with awq-4: the answers of awq-4 are not among those of the run." in told


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_no_barrier_and_nothing_wider_than_the_screen(
    browser: Browser, answers_page: Path, width: int, *, dark: bool
) -> None:
    row = next(row for row in ROWS if is_tie(row))
    where = f"answers?vote=tie&item={row.name}&by={VOTE}"
    with browser.visit(answers_page, anchor=where, width=width, dark=dark) as visit:
        visit.page.get_by_role("heading", name=row.name).wait_for()
        assert visit.barriers() == []
        assert visit.overflow() <= 0
        assert visit.complaints == []


def test_browser_that_cannot_unpack_says_what_is_needed(browser: Browser, tmp_path: Path) -> None:
    made = browser_of(RUN)
    without = replace(made, script=f"delete window.DecompressionStream;\n{made.script}")
    path = tmp_path / "report.html"
    path.write_text(page_text(without), encoding="utf-8")
    with browser.visit(path) as visit:
        assert "DecompressionStream" in visit.page.locator("#answers-needs").text_content()
        assert visit.page.locator("#answers-needs").is_visible()
        assert visit.complaints == []


def test_print_says_how_many_answers_there_are(visit: Visit) -> None:
    visit.page.emulate_media(media="print")
    assert visit.page.get_by_text(f"{len(ROWS):,} answers can be looked at").is_visible()
    assert visit.page.locator("#answers-list").is_hidden()


def test_without_scripts_it_says_what_is_needed_and_where_answers_are(
    browser: Browser, answers_page: Path
) -> None:
    with browser.visit(answers_page, script=False) as visit:
        told = visit.page.locator("#answers-needs")
        assert told.is_visible()
        assert f"the {len(ROWS):,} answers are in answers.json.gz" in told.text_content()
        assert visit.page.locator("#answers-filters").is_hidden()
