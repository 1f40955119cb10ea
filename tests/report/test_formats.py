"""What a run is called elsewhere: within limits whatever was run, and never greener than it was."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.answered_runs import RIGHT, WRONG, N, run_of
from tests.report.parts import CIRCUMSTANCES, ENDED_WELL, FACTS, NAMES, NO_ANSWERS, line, verdict
from tests.report.records import ENDED
from trusteval.cli import main
from trusteval.report.artifacts import announce, write_answers, write_report
from trusteval.report.finished_run import FinishedRun, finished_run
from trusteval.report.formats.choice import Form, shown_as
from trusteval.report.formats.comment import comment, job_summary
from trusteval.report.record import RunRecord
from trusteval.report.unjudged import Cause, Unjudged
from trusteval.types import Outcome

forms = pytest.mark.parametrize("form", Form)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
HOSTILE = (
    "<details>|</details> <!-- --> ` ``` | \\| \\ \u202e\x1b[2J <script>x</script> "
    "![i](data:image/png)\n| a | b |\n# head\n</summary> "
    "\ud800 \U0001f600 &amp; ~~~ [[x]] --> $a$ *b* _c_"
)
TEXTS = st.one_of(
    st.sampled_from([HOSTILE, HOSTILE * 30, "|" * 4000, "`" * 4000, "\u202e" * 4000, "\\" * 3999]),
    st.text(max_size=40),
    st.text("|\\`<>-\n &", max_size=60).map(lambda text: text * 60),
    st.just("gptq-4"),
)
CELLS = re.compile(r"(?<!\\)(?:\\\\)*\|")


def refuse_broken(text: str) -> None:
    """Check what a reader of any place needs: whole tables, whole folds, no picture of data."""
    lines = text.splitlines()
    for place, one in enumerate(lines):
        if re.fullmatch(r"\|(---\|)+", one):
            n_cells = len(CELLS.findall(one))
            below = place - 1
            while below < len(lines) and lines[below].startswith("|"):
                assert len(CELLS.findall(lines[below])) == n_cells, lines[below]
                below += 1
            assert below == len(lines) or not lines[below].strip()
    assert lines.count("<details>") == lines.count("</details>")
    if len(text) <= 60_000:  # a page of more takes a parser long
        folds = _Folds()
        folds.feed(MARKDOWN.render(text))
        assert (folds.depth, folds.is_negative, folds.others) == (0, False, set())


class _Folds(HTMLParser):
    """Follows <details> as a page does, and collects tags that no report has."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.is_negative = False
        self.others: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "details"
        if tag in ("script", "img", "a", "iframe"):
            self.others.add(tag)

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "details"
        self.is_negative |= self.depth < 0


def big_run(names: list[str], *, n_gates: int, outcome: Outcome, why: str) -> FinishedRun:
    """Return a run of so many gates on every subject."""
    record = RunRecord(
        **ENDED_WELL,
        facts=replace(FACTS, model=names[0] if names else None, families={}),
        subjects=names,
        scores=[
            line(benchmark, name, 50.0, notes={"quantization": why})
            for benchmark in NAMES
            for name in names
        ],
        verdicts=[
            replace(
                verdict("mmlu", name, outcome, gate=f"mmlu.{why[:200]}.{gate}"),
                message=f"{name}: {why}",
                why=why,
            )
            for gate in range(n_gates)
            for name in names
        ],
        invariants=[],
        unjudged=[Unjudged(name, Cause.ERROR, why) for name in names[:3]],
        broken={"broken": why},
    )
    told = replace(CIRCUMSTANCES, command=(why,), builds={})
    return FinishedRun(record, told, NO_ANSWERS, exit_status=1)


@settings(max_examples=20, deadline=None)
@given(
    names=st.lists(TEXTS, max_size=9, unique=True),
    n_gates=st.sampled_from([0, 1, 7, 60]),
    outcome=st.sampled_from(Outcome),
    why=TEXTS,
)
def test_no_run_is_over_the_limits_or_breaks_a_table_or_a_fold(
    names: list[str], n_gates: int, outcome: Outcome, why: str
) -> None:
    run = big_run(names, n_gates=n_gates, outcome=outcome, why=why)
    shown = comment(run)
    assert len(shown) <= 60_000
    assert re.fullmatch(r"<!-- trusteval [0-9a-f]{16} -->", shown.splitlines()[0])
    summary = job_summary(run)
    assert len(summary.encode()) <= 900 * 1024
    for text in (shown, summary, shown_as(Form.MODEL_CARD, run), shown_as(Form.RELEASE_NOTE, run)):
        refuse_broken(text)
    assert len(shown_as(Form.RELEASE_NOTE, run).splitlines()) == 1


def test_comment_of_sixty_gates_and_nine_subjects_has_every_first_part_and_names_what_is_shed() -> (
    None
):
    names = [f"gptq-{n}" for n in range(9)]
    run = big_run(names, n_gates=60, outcome=Outcome.FAIL, why="a sentence of some length " * 20)
    shown = comment(run)
    assert 30_000 < len(shown) <= 60_000
    headings = re.findall(r"^#+ (.*)$|^<summary>(.*)</summary>$", shown, re.MULTILINE)
    titles = [one or other for one, other in headings]
    assert titles[:4] == [
        *("Trustworthiness report", "What did not pass", "Scores", "Items that were lost")
    ]
    shown_rows = shown.count("| ✗ FAIL | mmlu.")
    (n_more,) = re.findall(r"^\| ([\d,]+) further rows \|", shown, re.MULTILINE)
    assert shown_rows + int(n_more) == 9 * 60 + 3 - shown.count("| ⚠ ERROR | - |")
    assert "✗ MUST NOT SHIP" in shown.splitlines()[3]
    left_out = re.search(r"\*Left out.*: (.*)\. All of it is in report\.md", shown)
    everything = {"Verdicts", "Asked", "Subjects", "Vote invariants", "Circumstances"}
    assert everything <= set(titles) | set((left_out[1] if left_out else "").split(", "))


def test_part_that_finds_no_room_is_named_with_where_it_is() -> None:
    names = [f"gptq-{n}" for n in range(9)]
    why = HOSTILE * 10
    shown = comment(big_run(names, n_gates=60, outcome=Outcome.FAIL, why=why))
    assert "*Left out, since this place has a limit: " in shown or "further rows" in shown


# -- release notes and model cards ------------------------------------------------------------


@forms
def test_run_that_holds_says_so_with_n_and_date_and_what_it_was_compared_with(form: Form) -> None:
    run = replace(ENDED["green"], exit_status=0)
    text = shown_as(form, run)
    assert "✓ MAY SHIP: all 2 blocking gates pass" in text
    assert "2026-11-26" in text
    assert "100" in text


@forms
def test_run_without_a_model_is_called_that(form: Form) -> None:
    green = ENDED["green"]
    run = replace(green, record=replace(green.record, facts=replace(FACTS, engine="replay")))
    assert "no model ran: the answers are from the replay engine" in shown_as(form, run)


def test_release_note_names_what_held_and_what_did_not() -> None:
    note = shown_as(Form.RELEASE_NOTE, ENDED["red"])
    assert "gptq-4: held on none, NOT HELD on ethics (FAIL), mmlu (UNDECIDABLE)" in note
    assert "dense: held on ethics, no gate on mmlu" in note
    assert "against dense and fixed limits" in note
    assert "ethics (n=100)" in note
    assert "because: FAIL ethics.score: gptq-4 on ethics: score 51.2, must be >= 50.0" in note


def test_model_card_has_a_row_per_dimension_and_subject_with_interval_and_verdict() -> None:
    card = shown_as(Form.MODEL_CARD, ENDED["incomplete"])
    assert "| machine ethics | dense | 51.2 (46.2 to 56.2) | 100 | 2.0 % | ✓ PASS |" in card
    assert "| machine ethics | gptq-4 | - |  |  | ⚠ ERROR |" in card
    assert "INCOMPLETE: the run was interrupted, 1 of 3 blocking gates judged" in card


# -- the marker ------------------------------------------------------------------------------


def first_line(run: FinishedRun) -> str:
    return comment(run).splitlines()[0]


def test_marker_stays_from_commit_to_commit_and_tells_gates_folders_and_models_apart() -> None:
    green = ENDED["green"]
    facts, told = green.record.facts, green.circumstances
    edited = replace(facts, gates=replace(facts.gates, sha256="another"))
    later = replace(
        green,
        record=replace(ENDED["red"].record, facts=edited),
        circumstances=replace(told, commit="f" * 40, started="2026-12-01T10:00:00Z"),
    )
    assert first_line(later) == first_line(green)
    others = [
        replace(facts, model="/models/another"),
        replace(facts, profile="full"),
        replace(facts, gates=replace(facts.gates, origin="others.toml")),
    ]
    markers = [first_line(replace(green, record=replace(green.record, facts=f))) for f in others]
    elsewhere = replace(green, circumstances=replace(told, reports="reports/other"))
    assert len({first_line(green), first_line(elsewhere), *markers}) == 5


# -- the items that were lost ----------------------------------------------------------------


@pytest.fixture
def worse() -> FinishedRun:
    """A run in which gptq-4 has the first items wrong that dense has right."""
    answers = run_of({"dense": [RIGHT] * N, "gptq-4": [WRONG] * 5 + [RIGHT] * (N - 5)})
    fails = verdict("mmlu", "gptq-4", Outcome.FAIL, reference="dense")
    fails = replace(fails, score=replace(fails.score, metric="accuracy"))
    green = ENDED["green"].record
    record = replace(green, verdicts=[fails], scores=[line("mmlu", "gptq-4", 75.0)])
    return FinishedRun(record, CIRCUMSTANCES, answers, exit_status=1)


def test_lost_items_stand_second_with_what_was_asked_and_both_answers(worse: FinishedRun) -> None:
    text = comment(worse)
    refuse_broken(text)
    part = text.partition("#### Items that were lost")[2]
    assert text.index("#### Scores") < text.index("#### Items that were lost")
    assert "<summary>FAIL: gptq-4 on mmlu.score: 5 items, the first 3</summary>" in part
    assert "Which planet is number 0?" in part
    assert "- dense: **A**; it said: A" in part
    assert re.search(r"- the subject: \*\*B\*\*; it said: B", part)


# -- the command -----------------------------------------------------------------------------


@forms
def test_command_prints_what_the_run_wrote(
    form: Form, worse: FinishedRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_report(worse.record, worse.circumstances, tmp_path, exit_status=1)
    write_answers(worse.record, worse.answers, tmp_path)
    assert main(["report", str(tmp_path), "--format", form.value]) == 0
    assert capsys.readouterr().out == shown_as(form, finished_run(tmp_path))


@pytest.mark.parametrize(
    "more", [("--html", "out.html"), ("--summary", "short")], ids=lambda more: more[0]
)
def test_command_does_one_thing_at_a_time(
    more: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["report", "--format", "comment", *more])
    assert ended.value.code == 2
    assert "not allowed with argument --format" in capsys.readouterr().err


def test_run_that_was_killed_leaves_a_comment_that_says_so(tmp_path: Path) -> None:
    green = ENDED["green"]
    nothing = replace(green.record, verdicts=[], scores=[])
    announce(nothing, green.circumstances, tmp_path, with_page=False)
    for name in ("comment.md", "report.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "⚠ NOT SHOWN THAT IT MAY SHIP" in text
        assert "INCOMPLETE: the run has not finished" in text
