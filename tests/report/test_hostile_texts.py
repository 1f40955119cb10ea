"""Whatever others wrote, what is printed and written for people acts on nothing and forges no line.

Names, rows, answers, reasons, exceptions and recorded identities hold all that a terminal,
Markdown, rich or XML would act on.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.answered_runs import RIGHT, WRONG, rewrite, run_of, write_run
from tests.project import ANSWERS
from tests.report.parts import NO_ANSWERS
from tests.shipped import Shipped
from trusteval.cli import main
from trusteval.report.circumstances import Circumstances
from trusteval.report.finished_run import FinishedRun
from trusteval.report.formats.comment import job_summary
from trusteval.report.record import run_record_from_dict
from trusteval.store import ResponseStore
from trusteval.tracking.answers_file import NAME
from trusteval.tracking.history import append_run
from trusteval.types import FinishReason, Response

MARKUP = (
    "# NO REGRESSION <script>alert(1)</script> ![x](http://e/) | `c` **b** $\\frac$ [red]r[/red]"
)
ACTED_ON = "\x1b[2J\x1b]0;t\x07\r\x9b\u202e\u2066\u200b\u2028\x85\ufeff\U000e0041\ue000\u3164"
HOSTILE = f"{ACTED_ON}\n{MARKUP}\nNO REGRESSION"
IN_NAMES = HOSTILE.replace("/", ";")
ALLOWED = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
RAISES = f"""
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if "mmlu.score" in item.name and "gptq-4" in item.name:
        print({ACTED_ON!r})
        raise RuntimeError({HOSTILE!r})
    return (yield)
"""


def acted_on(text: str) -> set[str]:
    """Return what a terminal acts on or hides."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}
    found = {c for c in text if unicodedata.category(c) in kinds or c == "\u3164"}
    return found - {"\n"}


def refuse_hostile(text: str) -> None:
    assert not acted_on(text)
    assert "\nNO REGRESSION" not in text


def shape(markdown: str) -> list[str]:
    """Return which elements a text is made of, and the text of its headings."""
    html = ALLOWED.render(markdown)
    assert "<script" not in html
    return [
        *sorted(set(re.findall(r"<([a-z]+[1-6]?)", html))),
        *re.findall(r"<h[1-6]>(.*?)</h", html),
    ]


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two runs whose names, identities, facts and items are hostile; the second is worse."""
    folders = []
    for name, answer in (("before", RIGHT), ("after", WRONG)):
        run = run_of({"dense": [answer] * 20}, ids=range(20))
        folder = write_run(tmp_path / name, run)

        def spoil(document: dict[str, Any], name: str = name) -> None:
            part = document["subjects"]["dense"]["mmlu"]
            part["identity"] |= {"engine": HOSTILE + name, HOSTILE: HOSTILE, "weights": HOSTILE}
            document["facts"] |= {"model": HOSTILE + name, "engine": HOSTILE}
            items = document["benchmarks"]["mmlu"]
            items["data"] = {HOSTILE: HOSTILE + name}
            items["text"] = [HOSTILE] * 20
            items["id"] = [f"{HOSTILE}{n}" for n in range(20)]
            part["responses"] = {"texts": [HOSTILE], "code": [0] * 20, "cut": []}

        rewrite(folder / NAME, spoil)
        folders.append(folder)
    return folders[0], folders[1]


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> int:
    """Run a command; returns its exit status after a look at all that it printed."""
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert printed.out or printed.err
    refuse_hostile(printed.out)
    refuse_hostile(printed.err)
    return status


def test_gate_on_hostile_names_answers_and_exceptions_prints_and_writes_none_of_it(
    tmp_path: Path,
) -> None:
    shipped = Shipped(tmp_path)
    says = [
        {**rule, "say": HOSTILE} if "Answer" in rule.get("match", "") else rule for rule in ANSWERS
    ]
    script = tmp_path / f"s{IN_NAMES}.json"
    script.write_text(json.dumps({"*": ANSWERS, "gptq-8": says}), encoding="utf-8")
    gates = tmp_path / "trust_tests/gates.toml"
    rows = gates.read_text(encoding="utf-8")
    gates.write_text(
        re.sub(r'why = "[^"]*"', lambda _: f"why = '{MARKUP}'", rows), encoding="utf-8"
    )
    (tmp_path / "raises.py").write_text(RAISES, encoding="utf-8")
    given = ("-p", "raises", "-k", "mmlu", "-v", "-rA", "--junitxml=junit.xml")
    ran = shipped.run(f"--trust-model={script}", "--trust-engine=scripted", *given)
    assert ran.returncode in (1, 10), ran.stdout + ran.stderr
    refuse_hostile(ran.stdout)
    refuse_hostile(ran.stderr)
    assert "ERROR: gptq-4 on mmlu.score: " in ran.stdout
    refuse_hostile(shipped.report())
    for name in ("report.md", "verdicts.json", "run.json"):
        assert not acted_on((tmp_path / "reports/latest" / name).read_text(encoding="utf-8"))
    assert not acted_on((tmp_path / "reports/history.jsonl").read_text(encoding="utf-8"))
    assert shipped.verdicts["facts"]["model"] == str(script)
    elements = shape(shipped.markdown)
    assert not {"script", "img", "a", "code", "s"} & set(elements)
    assert elements.count("NO REGRESSION") == 0
    assert elements[-1] == "Circumstances"
    cases = ElementTree.parse(tmp_path / "junit.xml").iter("system-out")
    assert not any(acted_on(case.text or "") for case in cases if "WARN" in (case.text or ""))


def test_report_of_hostile_values_has_the_shape_of_one_of_harmless_values(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Every text of a record is another's, where the file is."""
    shipped = Shipped(tmp_path)
    shipped.run("-k", "mmlu")
    folder = tmp_path / "reports/latest"
    whole = shipped.verdicts
    circumstances = json.loads((folder / "run.json").read_text(encoding="utf-8"))

    def rendered(text: str) -> str:
        changed = json.loads(json.dumps(whole))
        changed["facts"] |= {"model": text, text: text}
        for line in changed["scores"]:
            line["notes"] = {text: text, "perplexity": text, "remote code": text}
            line["data"]["rows"] = {text: 7}
            line["other_protocols"] = {text: 1.0}
            line["beside"] = {text: 1.0}
        for verdict in changed["verdicts"]:
            verdict["message"] = verdict["why"] = text
        changed["unjudged"] = [{**one, "why": text} for one in changed["unjudged"][:1]]
        changed["vote_invariants"] = [{"name": text, "outcome": "failed"}]
        changed["broken"] = {"gptq-3": text}
        told_of = Circumstances(
            command=(text,),
            commit=text,
            builds={
                text: {
                    **dict.fromkeys(("quantization", "seconds", "peak_memory_mib", "device"), text),
                    "versions": {text: text},
                }
            },
        )
        document = {**circumstances, **told_of.to_document()}
        (folder / "verdicts.json").write_text(json.dumps(changed), encoding="utf-8")
        (folder / "run.json").write_text(json.dumps(document), encoding="utf-8")
        return job_summary(FinishedRun(run_record_from_dict(changed), told_of, NO_ANSWERS))

    harmless = shape(rendered("plain words"))
    for text in (HOSTILE, f"x{HOSTILE}", MARKUP, "a|b|c", "---", "1. x", "\ud800", "]: http://x"):
        markdown = rendered(text)
        assert not acted_on(markdown)
        assert shape(markdown) == harmless, text
        assert told(capsys, "report", folder) == 0
    assert len(rendered("long " * 10**6)) < 10**6


def test_compare_of_hostile_runs_says_regression_and_forges_no_line(
    capsys: pytest.CaptureFixture[str], runs: tuple[Path, Path]
) -> None:
    assert told(capsys, "compare", *runs) in (1, 4)
    assert told(capsys, "compare", "--reader", runs[0]) == 0
    for selected in (f"{runs[0]}:{HOSTILE}", f"{HOSTILE}"):
        assert told(capsys, "compare", selected, runs[1]) == 2


def test_history_of_hostile_names_is_told_and_drawn(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "reports/history.jsonl"
    names = (HOSTILE, MARKUP, "a$\\frac$b", "_hidden", "$", "-- > <!--", "\x00", "")
    for day, name in enumerate(names, start=1):
        score = {
            **{"subject": name, "benchmark": name, "dimension": name, "value": 50.0},
            **{"interval": {"low": 40.0, "high": 60.0}, "n": 9, "verdict": name, "weights": name},
        }
        facts = {"model": name or "m", "profile": name, "protocol": name}
        started = f"2026-01-{day:02}T10:00:00Z"
        append_run(path, {"started": started, "commit": name, "facts": facts, "scores": [score]})
    for kind in ("svg", "png", "pdf"):
        plot = tmp_path / f"plot.{kind}"
        assert told(capsys, "history", path, "--plot", plot) == 0
        assert plot.stat().st_size
    ElementTree.parse(tmp_path / "plot.svg")
    assert not acted_on((tmp_path / "plot.svg").read_text(encoding="utf-8"))
    assert told(capsys, "history", path, "--subject", HOSTILE + "x") == 2


class Tags(HTMLParser):
    """Collects the tags of a page, and what its scripts say."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)


def test_audit_of_hostile_answers_shows_them_as_text(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tags = []
    for name, text in (("harmless", "plain"), ("hostile", HOSTILE)):
        folder = write_run(tmp_path / name, run_of({"dense": [RIGHT] * 20}, ids=range(20)))

        def spoil(document: dict[str, Any], text: str = text) -> None:
            part = document["subjects"]["dense"]["mmlu"]
            part["responses"] = {"texts": [text], "code": [0] * 20, "cut": []}
            document["benchmarks"]["mmlu"] |= {"text": [text] * 20, "options": [[text] * 4] * 20}
            document["benchmarks"]["mmlu"]["id"] = [f"{text}{n}" for n in range(20)]

        rewrite(folder / NAME, spoil)
        out = tmp_path / f"{name} audit"
        assert told(capsys, "audit", folder, "--n", 5, "--out", out) == 0
        page = (out / "audit.html").read_text(encoding="utf-8")
        assert not acted_on(page)
        tags.append(Tags())
        tags[-1].feed(page)
        table = (out / "audit.csv").read_text(encoding="utf-8").removeprefix("\ufeff")
        assert not acted_on(table)
        assert len(list(csv.reader(table.splitlines(keepends=True)))) == 6
        assert told(capsys, "audit", "--labelled", out / "audit.csv") == 0
    assert tags[0].names == tags[1].names


def test_other_commands_print_nothing_that_is_acted_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for benchmark in ("ethics", "mmlu", "adult", "ood", "advglue"):
        (data / benchmark).mkdir(parents=True)
        (data / benchmark / f"{IN_NAMES}.json").write_text(json.dumps({HOSTILE: HOSTILE}))
    line = {"benchmark": "mmlu", "setting": HOSTILE, "item": HOSTILE, "text": HOSTILE}
    lines = tmp_path / f"{IN_NAMES[:99]}.jsonl"
    lines.write_text(f"{json.dumps(line)}\n", encoding="utf-8")
    store = ResponseStore(tmp_path / f"{IN_NAMES[:99]}.sqlite")
    said = {"0" * 64: Response(HOSTILE, FinishReason.END, 1, 1)}
    store.put({"engine": HOSTILE, "url": HOSTILE, "model": HOSTILE, "version": HOSTILE}, said)
    store.close()
    assert told(capsys, "data", "check", data) == 1
    assert told(capsys, "score", "--format=jsonl", "--recordings", lines) == 2
    assert told(capsys, "store", "info", "--store", store.path) == 0
    assert told(capsys, "store", "check", "--store", store.path) == 0
    assert (
        told(capsys, "store", "export", tmp_path / f"{IN_NAMES[:99]}e.jsonl", "--store", store.path)
        == 0
    )
    assert told(capsys, "read", "--benchmark=ethics", HOSTILE) in (0, 2)
    assert told(capsys, "read", "--benchmark", HOSTILE, "yes") == 2
    assert told(capsys, "report", tmp_path / IN_NAMES[:99]) == 2
    assert told(capsys, "quantize", HOSTILE, "--variants=gptq-4", "--out", tmp_path / "q") == 2


def test_what_argparse_quotes_is_printable(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["compare", "a", "b", HOSTILE])
    refuse_hostile(capsys.readouterr().err)
