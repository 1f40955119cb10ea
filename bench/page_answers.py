"""What the answers in report.html cost, size and time: python -m bench.page_answers

Invents what seven variants (of `quick` four) say to the real prompts of the benchmarks' files in
TRUSTEVAL_DATA, makes the browser of these answers, and opens it in a headless Chromium. Writes
bench/results/page_answers.json.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.browsable import compared, finished
from tests.browser.bare_page import page_text
from tests.browser.visits import Browser, browser_at, chromium_path
from trusteval.answers.ensembles import elect
from trusteval.answers.grounds import Grounds
from trusteval.answers.responses import ResponseTable
from trusteval.answers.table import AnswerTable, SampleTable
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.protocols import PROTOCOLS
from trusteval.report.browse.browser import browser_of
from trusteval.report.finished_run import FinishedRun
from trusteval.suite.origin import find_origin
from trusteval.suite.profiles import find_profile
from trusteval.suite.questions import Questionnaire
from trusteval.system.machine import describe_machine
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import FinishReason, Response, Sample, Variant

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results" / "page_answers.json"
MEMBERS = tuple(
    Variant(f"{method}-{bits}", method, bits) for method in ("gptq", "awq") for bits in (8, 4, 3)
)
DENSE = Variant("dense", "dense", 16)
RUNS = {
    "quick": ("quick", 1, (DENSE, *MEMBERS[:3])),
    "100,000 answers": ("full", 5, (DENSE, *MEMBERS)),
    "full": ("full", 1, (DENSE, *MEMBERS)),
}
"""What is measured: a profile, of which every so many-th question is asked, and the variants."""
SEED = 2511
_RIGHT, _EXPLAINS, _SILENT = 0.7, 0.4, 0.08
_SILENCE = ("", "I'm sorry, but as an AI language model I cannot answer this.", "It depends.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the JSON goes")
    asked = parser.parse_args()
    chromium = chromium_path()
    if chromium is None:
        parser.error("no Chromium: install one, or name it by TRUSTEVAL_CHROMIUM")
    with tempfile.TemporaryDirectory() as scratch, browser_at(chromium) as browser:
        found: dict[str, Any] = {
            name: _measured(browser, Path(scratch) / f"{name}.html", answered(name))
            for name in RUNS
        }
    found["machine"] = describe_machine()
    text = json.dumps(found, indent=2, sort_keys=True) + "\n"
    asked.out.write_text(text, encoding="utf-8")
    print(text, end="")


def answered(name: str) -> FinishedRun:
    """Invent a run of RUNS, with a vote of each method."""
    profile, step, variants = RUNS[name]
    texts = load_prompt_texts()
    origin = find_origin(None, cache=ROOT / "no cache")
    asked = Questionnaire(find_profile(profile), origin, texts=texts)
    questions = {name: asked.questions(name)[::step] for name in find_profile(profile).settings}
    tables = {name: SampleTable.of(q.sample for q in of) for name, of in questions.items()}
    chance, read = random.Random(SEED), PROTOCOLS["strict"].read
    words = (ROOT / "trusteval/demo/data/calibration.txt").read_text(encoding="utf-8").split()
    said, grounds, answers = {}, {}, {}
    for variant in variants:
        for name, table in tables.items():
            responses = [_say(sample, words, chance) for sample in table.samples]
            readings = list(map(read, table.samples, responses))
            said[variant.name, name] = ResponseTable.of(responses)
            grounds[variant.name, name] = Grounds.of(readings)
            answers[variant.name, name] = AnswerTable.of(table, (one.answer for one in readings))
    members = {
        (f"vote-{method}", name): tuple(v for v in variants if v.method == method)
        for method in ("gptq", "awq")
        for name in tables
        if any(v.method == method for v in variants)
    }
    votes = {
        (vote, name): elect(cast, [answers[one.name, name] for one in cast])
        for (vote, name), cast in members.items()
    }
    run = AnsweredRun(
        facts=RunFacts(model="invented", engine="none", profile=profile, protocol="strict"),
        answer_tables={**answers, **votes},
        said=said,
        grounds=grounds,
        members=members,
        prompts={name: tuple(q.prompt for q in of) for name, of in questions.items()},
    )
    return finished(run, compared())


def _say(sample: Sample, words: Sequence[str], chance: random.Random) -> Response:
    """Say a label, of two in five with an explanation of some 40 words; or nothing that counts."""
    if chance.random() < _SILENT:
        return Response(chance.choice(_SILENCE), FinishReason.END, 0, 0)
    labels = [label.value for label in sample.setting.labels]
    label = sample.target if chance.random() < _RIGHT else chance.choice(labels)
    if chance.random() > _EXPLAINS:
        return Response(label, FinishReason.END, 0, 0)
    explained = " ".join(chance.choices(words, k=chance.randrange(20, 60)))
    return Response(f"The answer is {label}. {explained}", FinishReason.LENGTH, 0, 0)


def _measured(browser: Browser, path: Path, run: FinishedRun) -> dict[str, Any]:
    assert isinstance(run.answers, AnsweredRun)
    started = time.process_time()
    made = browser_of(run)
    seconds = time.process_time() - started
    path.write_text(page_text(made), encoding="utf-8")
    tables = run.answers.answer_tables.values()
    return {
        "answers": sum(map(len, tables)),
        "items": sum(map(len, run.answers.prompts.values())),
        "megabytes": round(path.stat().st_size / 1e6, 2),
        "notes": list(made.notes[:1]),
        "processor_seconds_to_make": round(seconds, 1),
        "most_mebibytes_to_make": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **_in_chromium(browser, path),
    }


def _in_chromium(browser: Browser, path: Path) -> dict[str, Any]:
    """Time what a reader waits for: the page, a filter, an item, a search that finds few."""
    started = time.perf_counter()
    with browser.visit(path) as visit:
        page = visit.page
        status = page.get_by_role("status")
        found = {}

        def lap(name: str) -> None:
            nonlocal started
            found[name] = round(time.perf_counter() - started, 2)
            started = time.perf_counter()

        page.locator("#answers-list").press("ArrowDown")
        page.locator("[role=option][aria-selected=true]").wait_for()
        lap("seconds_until_interactive")
        all_shown = str(status.text_content())
        page.locator("[name=outcome]").select_option("wrong")
        status.filter(has_not_text=all_shown).wait_for()
        lap("seconds_to_filter")
        page.locator("[role=option]").nth(2).click()
        page.locator(".answers-card").first.wait_for()
        lap("seconds_to_open")
        page.locator("[name=search]").fill("photosynthesis")
        page.wait_for_url("**search=photosynthesis**")
        page.locator("#answers-progress").wait_for(state="hidden")
        lap("seconds_to_search_all")
        found["search_says"] = status.text_content()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        told = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        found["megabytes_of_heap"] = round(told["JSHeapUsedSize"] / 1e6)
        assert visit.complaints == []
    return found


if __name__ == "__main__":
    main()
