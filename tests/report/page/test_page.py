"""report.html holds all of a run in one file that loads nothing, and shows texts as texts."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.browsable import browsable
from tests.pages import not_passed, parsed, recorded
from tests.report.large import LARGE
from tests.report.page.hostile_run import HOSTILE, SHOWN, hostile
from tests.report.parts import CIRCUMSTANCES
from tests.report.records import RECORDS
from trusteval.report.finished_run import FinishedRun
from trusteval.report.page.render import render_page
from trusteval.report.page.writing import PAGE, write_page
from trusteval.types import Unavailable

every_record = pytest.mark.parametrize("name", RECORDS)


@every_record
def test_policy_lets_the_one_script_and_the_one_stylesheet_be(name: str) -> None:
    page = parsed(render_page(recorded(name)))
    (policy,) = (
        meta["content"]
        for meta in page.of("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    (script,), (style,) = page.inlined["script"], page.inlined["style"]
    allowed = {
        kind: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for kind, text in (("script", script), ("style", style))
    }
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{allowed['script']}'; "
        f"style-src 'sha256-{allowed['style']}'; img-src 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert {"name": "referrer", "content": "no-referrer"} in page.of("meta")


@pytest.mark.parametrize("run", [*map(recorded, RECORDS), browsable()], ids=[*RECORDS, "answers"])
def test_nothing_leaves_the_page_and_no_element_brings_styles_or_handlers(run: FinishedRun) -> None:
    for tag, attributes in parsed(render_page(run)).tags:
        loading = {name for name in attributes if name in ("src", "srcset", "action", "data")}
        acting = {name for name in attributes if name.startswith("on") or name == "style"}
        assert (tag, loading | acting) == (tag, set())
        for name in ("href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")


@pytest.mark.parametrize("run", [*map(recorded, RECORDS), browsable()], ids=[*RECORDS, "answers"])
def test_every_link_leads_to_one_place_of_the_page(run: FinishedRun) -> None:
    page = parsed(render_page(run))
    assert len(page.ids) == len(set(page.ids))
    places = {link["href"].removeprefix("#").partition("?")[0] for link in page.of("a")}
    assert places <= set(page.ids)
    sections = [one["id"] for one in page.of("section")]
    assert sections == [
        *("verdict", "pictures", "answers", "gates", "not-judged", "ensembles", "scores"),
        *("protocols", "health", "asked", "subjects", "laws", "provenance", "commands", "caveats"),
    ]


@every_record
def test_every_gate_and_all_that_was_not_judged_stands_in_the_page(name: str) -> None:
    run = recorded(name)
    text = parsed(render_page(run)).text
    for verdict_ in run.record.verdicts:
        assert verdict_.message.partition("; why: ")[0] in text
    for one in run.record.unjudged:
        assert one.sentence in text
    for failed in run.record.failed_tests:
        assert failed.sentence in text


@every_record
def test_no_cell_is_blank(name: str) -> None:
    page = render_page(recorded(name))
    assert not re.findall(r"<t[dh][^>]*>\s*</t[dh]>", page)


def test_hostile_texts_stay_texts_wherever_they_stand() -> None:
    page = parsed(render_page(hostile(HOSTILE)))
    clean = parsed(render_page(hostile("gptq-4")))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in clean.tags} | {"span", "wbr"}
    assert len(page.of("script")) == len(clean.of("script"))
    assert not page.of("img")
    assert SHOWN in page.text
    assert not {"\u202e", "\x1b", "\u200b", "\x00"} & set("".join(page.texts))


def test_long_names_are_cut_and_say_so() -> None:
    page = render_page(hostile("x" * 100_000))
    assert "x" * 4001 not in page
    assert "(of 100,000 characters)" in page
    assert len(page) < 1_000_000


def test_same_run_gives_the_same_bytes() -> None:
    assert render_page(browsable()) == render_page(browsable())


def test_page_of_sixty_gates_and_nine_subjects_stays_small() -> None:
    page = render_page(FinishedRun(LARGE, CIRCUMSTANCES, Unavailable("not kept")))
    assert len(page.encode()) < 2_000_000


def test_gate_that_did_not_pass_shows_what_speaks_against_it() -> None:
    run = not_passed(browsable())
    page = parsed(render_page(run))
    unknown = "Items that speak against it: the answers of awq-4 are not among those of the run."
    assert page.text.count(unknown) == 1
    assert (
        len(re.findall("[0-9]+ items? speaks? against it", page.text))
        == len(run.record.verdicts) - 1
    )
    leading = [link["href"] for link in page.of("a") if link["href"].startswith("#answers?item=")]
    assert "#answers?item=ethics/zero_shot/3&subject=gptq-4" in leading


def test_page_that_cannot_be_made_says_so_in_its_place(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_text("the run has not finished", encoding="utf-8")
    run = recorded("green")
    impossible = replace(run, record=replace(run.record, verdicts=[None]))  # type: ignore[list-item]
    with pytest.raises(AttributeError):
        write_page(impossible, None, tmp_path)
    left = parsed((tmp_path / PAGE).read_text(encoding="utf-8")).text
    assert "This page could not be made" in left
    assert "Not known , because making this page failed" in left
