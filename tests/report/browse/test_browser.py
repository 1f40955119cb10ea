"""What is packed for a page: every text once, all of it within a budget, and what is not said."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.browsable import browsable
from trusteval.answers.responses import ResponseTable
from trusteval.report.browse.browser import Browser, browser_of
from trusteval.report.finished_run import FinishedRun
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.types import Message, Role, Unavailable

_DATA = re.compile(r'<script type="[^"]*" id="answers-([a-z0-9-]+)">([^<]*)</script>')


def held(browser: Browser) -> dict[str, Any]:
    """Unpack all that a page holds, by the names of its elements."""
    return {
        name: json.loads(gzip.decompress(base64.b64decode(text)))
        for name, text in _DATA.findall(browser.html)
    }


def chunks(browser: Browser) -> list[dict[str, Any]]:
    return [value for name, value in held(browser).items() if name.startswith("texts-")]


def wordy() -> FinishedRun:
    """Return a run whose prompts and responses are long, each otherwise."""
    run, chance = browsable(n=60), random.Random(2511)

    def words() -> str:
        return " ".join(str(chance.random()) for _ in range(chance.randrange(20, 40)))

    prompts = {
        name: tuple((*asked, Message(Role.USER, words())) for asked in of)
        for name, of in answers(run).prompts.items()
    }
    said = {
        key: ResponseTable.of(
            [replace(one, text=f"{one.text} {words()}") for one in table.responses()]
        )
        for key, table in answers(run).said.items()
    }
    return replace(run, answers=replace(answers(run), prompts=prompts, said=said))


def answers(run: FinishedRun) -> AnsweredRun:
    assert isinstance(run.answers, AnsweredRun)
    return run.answers


def n_bytes(browser: Browser) -> int:
    return sum(len(text) for _, text in _DATA.findall(browser.html))


def test_every_response_is_there_and_every_paragraph_once() -> None:
    run = browsable()
    found = chunks(browser_of(run))
    pieces = [piece for chunk in found for piece in chunk["pieces"]]
    assert len(pieces) == len(set(pieces))
    said = Counter(
        "\n\n".join(pieces[n] for n in ([text] if isinstance(text, int) else text))
        for chunk in found
        for texts in chunk["said"].values()
        for text in texts
    )
    assert said == Counter(
        response.text for table in answers(run).said.values() for response in table.responses()
    )


def test_same_run_gives_the_same_page() -> None:
    assert browser_of(browsable()) == browser_of(browsable())


def test_nothing_is_noted_of_a_run_that_is_whole() -> None:
    assert browser_of(browsable()).notes == ()


@pytest.mark.parametrize("share", [0.95, 0.7, 0.5])
def test_budget_is_kept_and_what_it_cost_is_counted(share: float) -> None:
    run = wordy()
    budget = int(share * n_bytes(browser_of(run)))
    found = browser_of(run, budget=budget)
    assert n_bytes(found) <= budget
    n_prompts = sum(prompt is None for chunk in chunks(found) for prompt in chunk["prompt"])
    n_said = sum(
        all(texts[place] is None for texts in chunk["said"].values())
        for chunk in chunks(found)
        for place in range(len(chunk["text"]))
    )
    (note,) = found.notes
    counted = [(n_prompts, "the prompts of {:,} items"), (n_said, "the responses to {:,} items")]
    assert n_prompts
    for n, words in counted:
        assert (words.format(n) in note) == (n > 0)
    assert note in found.html.replace("&#39;", "'")


def test_prompts_of_what_all_have_right_go_first() -> None:
    run = wordy()
    found = browser_of(run, budget=n_bytes(browser_of(run)) - 1_000)
    right = {
        name: [
            all(table[row].correct for (_, of), table in tables if of == name)
            for row in range(len(answers(run).prompts[name]))
        ]
        for name in answers(run).benchmarks
        if (tables := list(answers(run).answer_tables.items()))
    }
    gone = [
        right[answers(run).benchmarks[start["benchmark"]]][start["item"] + place]
        for start, chunk in zip(held(found)["index"]["chunks"], chunks(found), strict=True)
        for place, prompt in enumerate(chunk["prompt"])
        if prompt is None
    ]
    assert gone
    assert all(gone)


def test_more_than_any_budget_is_said() -> None:
    found = browser_of(browsable(), budget=1)
    assert "even so" in found.notes[1]
    assert held(found)["index"]["answers"]


def test_answers_that_cannot_be_read_are_said() -> None:
    why = "answers.json.gz is <b>not</b> as it was written"
    found = browser_of(replace(browsable(), answers=Unavailable(why)))
    assert found.notes == (f"The answers of this run cannot be shown: {why}.",)
    assert "is &lt;b&gt;not&lt;/b&gt; as it was written" in found.html
    assert found.script == ""


def test_run_without_answers_is_empty_and_says_whose_are_missing() -> None:
    run = browsable()
    empty = AnsweredRun(answers(run).facts)
    found = browser_of(replace(run, answers=empty, record=replace(run.record, subjects=["dense"])))
    assert found.notes == ("No answers of dense are among those of the run.",)
    assert held(found)["index"]["benchmarks"] == []


def test_vote_under_a_protocol_not_known_says_why_it_has_no_ballots() -> None:
    run = browsable()
    strange = replace(answers(run), facts=replace(answers(run).facts, protocol="later"))
    record = replace(run.record, verdicts=[])
    found = held(browser_of(replace(run, answers=strange, record=record)))["index"]
    told = found["benchmarks"][0]["given"][-1]["vote"]
    assert told == {"why": "this version knows no protocol later"}


def test_subject_that_answered_other_items_is_said() -> None:
    run, fewer = browsable(), answers(browsable(n=11))
    tables = {
        **answers(run).answer_tables,
        ("gptq-3", "mmlu"): fewer.answer_tables["gptq-3", "mmlu"],
    }
    found = browser_of(replace(run, answers=replace(answers(run), answer_tables=tables)))
    (note,) = found.notes
    assert note.startswith("The answers of gptq-3 to mmlu are not here: other items: ")


def test_what_was_judged_and_not_kept_is_said() -> None:
    run = browsable()
    record = replace(run.record, lost_answers={"gptq-2": ["mmlu"]}, subjects=["dense", "gptq-1"])
    assert browser_of(replace(run, record=record)).notes == (
        "gptq-2 was judged on mmlu; its answers were not kept.",
        "No answers of gptq-1 are among those of the run.",
    )


def test_section_needs_nothing_that_the_policy_forbids() -> None:
    found = browser_of(browsable())
    assert re.search(r"\sstyle=|\son[a-z]+=|<style|src=|href=", found.html) is None
    parses = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\("
    assert re.search(parses, found.script) is None
    assert re.search(r"url\(|@import", found.css) is None


@pytest.mark.skipif(shutil.which("node") is None, reason="no node to check the script with")
def test_script_is_javascript() -> None:
    command = ["node", "--check", "-"]
    checked = subprocess.run(
        command, input=browser_of(browsable()).script, text=True, capture_output=True, check=False
    )
    assert checked.stderr == ""
