"""Texts that others wrote stay texts, whatever they hold, and what is left out is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.browsable import browsable, finished
from tests.browser.bare_page import write_page
from tests.browser.visits import Browser
from trusteval.answers.responses import ResponseTable
from trusteval.report.finished_run import FinishedRun
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import FinishReason, Message, Response, Role

HOSTILE = {
    "a script": "<script>window.broken = 1</script>",
    "the end of a script": "</script><script>window.broken = 1</script>",
    "a comment": "<!-- <script> -->",
    "a handler": '<img src=x onerror="window.broken = 1"><svg onload=window.broken=1>',
    "styles": "<style>* { display: none }</style><b style='color:red'>",
    "an address": "javascript:window.broken=1 https://example.org/x.png",
    "a template": "{{ 7 * 7 }} {% raw %} ${7*7}",
    "entities": "&lt;b&gt; &#x202e; &nbsp;",
    "a prototype": "__proto__ constructor toString",
    "a pattern": "(a+)+$ [\\d] \\E ^|*? {2,}",
}
ESCAPED = {
    "marks that reorder": ("safe\u202egnp.exe\u2066", "safe\\u202egnp.exe\\u2066"),
    "a terminal's commands": ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
    "half a surrogate pair": ("half \ud83d pair", "half \\ud83d pair"),
    "a zero": ("nul \x00 byte", "nul \\x00 byte"),
    "hidden letters": ("hid\u200bden \u3164", "hid\\u200bden \\u3164"),
}


def with_texts(text: str, subject: str = "dense") -> FinishedRun:
    """Return a run in which a subject says a text to everything, and prompts and names have it."""
    run = browsable(n=2).answers
    assert isinstance(run, AnsweredRun)
    table = run.answer_tables["dense", "ethics"]
    said = ResponseTable.of([Response(text, FinishReason.END, 0, 0)] * len(table))
    prompts = tuple((Message(Role.USER, f"Before.\n\n{text}"),) for _ in table)
    return finished(
        replace(
            run,
            said={**run.said, (subject, "ethics"): said},
            prompts={**run.prompts, "ethics": prompts},
        )
    )


def renamed(run: FinishedRun, name: str) -> FinishedRun:
    """Call the dense model something else, and one of its items."""
    assert isinstance(run.answers, AnsweredRun)
    found = run.answers
    columns = {
        column: {
            (name if key[0] == "dense" else key[0], key[1]): value
            for key, value in getattr(found, column).items()
        }
        for column in ("answer_tables", "said", "grounds", "probabilities")
    }
    record = replace(run.record, subjects=[name, *run.record.subjects[1:]])
    return replace(run, record=record, answers=replace(found, **columns))


@pytest.mark.parametrize(
    ("text", "shown"),
    [*((text, text) for text in HOSTILE.values()), *ESCAPED.values()],
    ids=[*HOSTILE, *ESCAPED],
)
def test_hostile_text_stays_text(browser: Browser, tmp_path: Path, text: str, shown: str) -> None:
    path = write_page(tmp_path / "report.html", renamed(with_texts(text), text))
    with browser.visit(path, anchor="answers?item=ethics/few_shot/0") as visit:
        card = visit.page.locator(".answers-card").first
        card.wait_for()
        assert card.locator("pre").text_content() == shown
        assert shown in card.locator("h5").text_content()
        turn = visit.page.locator(".answers-turn pre").first
        assert turn.text_content() == f"Before.\n\n{shown}"
        names = visit.page.locator("[name=subject] option").all()
        assert names[1].get_attribute("value") == shown
        visit.page.locator("[name=subject]").select_option(shown)
        visit.page.get_by_role("status").filter(has_text="8 of 40 answers").wait_for()
        visit.page.reload()
        visit.page.get_by_role("status").filter(has_text="8 of 40 answers").wait_for()
        assert visit.page.evaluate("window.broken") is None
        assert visit.page.locator("#answers img, #answers svg, #answers style").count() == 0
        assert (visit.complaints, visit.requests) == ([], [])


def test_megabyte_is_shown_in_part_until_it_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    text = "0123456789" * 100_000 + "\n\nThe end."
    path = write_page(tmp_path / "report.html", with_texts(text))
    with browser.visit(path, anchor="answers?item=ethics/few_shot/0&by=dense") as visit:
        block = visit.page.locator(".answers-card").first.locator("pre")
        block.wait_for()
        assert len(block.text_content()) < 100_000
        card = visit.page.locator(".answers-card").first
        card.get_by_role("button", name="Show all 1,000,010 characters").click()
        assert block.text_content() == text
        visit.page.locator("[name=search]").fill("THE END.")
        visit.page.get_by_role("status").filter(has_text="20 of 40 answers").wait_for()
        assert visit.complaints == []


def test_what_is_left_out_is_said_above_and_at_the_row(browser: Browser, tmp_path: Path) -> None:
    path = write_page(tmp_path / "report.html", browsable(), budget=3_000)
    with browser.visit(path, anchor="answers?item=ethics/few_shot/0&by=dense") as visit:
        card = visit.page.locator(".answers-card").first
        card.wait_for()
        assert "Left out" in visit.page.locator(".answers-note").first.text_content()
        item = visit.page.locator("#answers-item").text_content()
        assert "The prompt: left out to keep this page small" in item
        assert "The response: left out to keep this page small" in card.text_content()
        visit.page.locator("[name=search]").fill("kitchen")
        status = visit.page.get_by_role("status")
        status.filter(has_text="texts that are left out were not searched").wait_for()
        assert visit.complaints == []


def test_run_without_prompts_says_so(browser: Browser, tmp_path: Path) -> None:
    run = browsable(n=2)
    assert isinstance(run.answers, AnsweredRun)
    old = replace(run, answers=replace(run.answers, prompts={}))
    path = write_page(tmp_path / "report.html", old)
    with browser.visit(path, anchor="answers?item=ethics/few_shot/0") as visit:
        visit.page.locator(".answers-card").first.wait_for()
        item = visit.page.locator("#answers-item").text_content()
        assert "Story 0 of few_shot" in item
        assert "This run holds no prompts, as runs of earlier versions do not." in item


def test_damaged_data_are_said_not_hidden(browser: Browser, tmp_path: Path) -> None:
    path = write_page(tmp_path / "report.html", browsable(n=2))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('id="answers-index">H4sI', 'id="answers-index">AAAA'), "utf-8")
    with browser.visit(path) as visit:
        told = visit.page.locator("#answers-needs")
        told.filter(has_text="The answers cannot be shown here").wait_for()
        assert "answers.json.gz" in told.text_content()
