"""What a terminal shows of a run: at any width, with and without colours, as long as was asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.answered_runs import REFUSED, RIGHT, WRONG, run_of, with_wrong
from tests.pseudo_terminal import CODES, without_codes
from tests.report.parts import line, score, verdict
from tests.report.records import GREEN, INCOMPLETE, RECORDS, RED
from trusteval.report.circumstances import Circumstances
from trusteval.report.outcomes import SEVERITY, SIGNS
from trusteval.report.record import RunRecord
from trusteval.report.summary import summarize
from trusteval.report.terminal.detail import Detail
from trusteval.report.terminal.summary_lines import summary_lines
from trusteval.system.screen import Screen
from trusteval.types import Interval, Outcome, Unavailable

NONE = Unavailable("not kept")
FIGURE = re.compile(r"\d+(?:\.\d+)?(?: %)?")
HOSTILE = "x\x1b[31mred\x1b[0m\n\u202e\u2066<b>[bold]"


def told(record: RunRecord, screen: Screen, **more: object) -> list[str]:
    """Return the lines of a run."""
    given_more = {"answers": NONE, **more}
    return list(summary_lines(summarize(record, Circumstances()), screen=screen, **given_more))  # type: ignore[arg-type]


def figures(lines: Sequence[str]) -> list[str]:
    return sorted(FIGURE.findall("\n".join(lines)))


def wide(n_subjects: int, *, name: str) -> RunRecord:
    """Return a run of many subjects of long names, with figures of all lengths."""
    names = [f"{name}{number}" for number in range(n_subjects)]
    found = replace(score(100.0, n=10000, truncated=1234), interval=Interval(5.5, 100.0))
    return replace(
        GREEN,
        subjects=names,
        scores=[
            line(benchmark, who, 100.0, score=found)
            for benchmark in ("ethics", "mmlu")
            for who in names
        ],
        verdicts=[verdict("ethics", who, Outcome.PASS) for who in names],
    )


@pytest.mark.parametrize("detail", list(Detail))
@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_screen_and_no_figure_is_cut(
    name: str, width: int, detail: Detail
) -> None:
    lines = told(RECORDS[name], Screen(width), detail=detail)
    assert max(map(cell_len, lines)) <= width
    whole = figures(told(RECORDS[name], Screen(), detail=detail))
    assert not set(whole) - set(figures(lines))


@given(st.integers(1, 4), st.integers(1, 40), st.integers(40, 220))
def test_long_names_and_large_figures_fit_any_screen(n: int, letters: int, width: int) -> None:
    lines = told(wide(n, name="n" * letters), Screen(width))
    assert max(map(cell_len, lines)) <= max(width, 60)
    shown = "\n".join(lines)
    for figure in ("100.0", "10000", "1234", "2.0 %"):
        assert figure in shown
    assert "…" not in shown


def test_wide_screen_has_the_interval_beside_the_score_and_a_log_has_one_line_a_sentence() -> None:
    widest = told(wide(1, name="a"), Screen(200))
    assert any(re.search(r"100\.0 +5\.5 to 100\.0", one) for one in widest)
    record = replace(RED, verdicts=[replace(RED.verdicts[0], message="word " * 99, why="w")])
    assert sum("word" in one for one in told(record, Screen())) == 0  # a PASS is in report.md
    record = replace(RED, verdicts=[replace(RED.verdicts[1], message="word " * 99)])
    assert sum("word" in one for one in told(record, Screen())) == 1
    assert sum("word" in one for one in told(record, Screen(80))) > 4


@given(st.integers(1, 30), st.integers(90, 160))
def test_verdict_stands_in_the_row_of_its_score_on_every_screen(letters: int, width: int) -> None:
    lines = told(wide(1, name="n" * letters), Screen(width))
    assert any(re.search(r"100\.0 .*10000 .*2\.0 %  PASS", one) for one in lines)


def test_narrow_screen_says_why_answers_are_none_in_a_table_of_its_own() -> None:
    lines = told(RED, Screen(80))
    place = lines.index("non-answers of n, by their kind:")
    assert any(re.search(r"gptq-4\s+2$", one) for one in lines[place:])
    silent = replace(score(50.0), counts=replace(score(50.0).counts, refused=0))
    nobody = replace(GREEN, scores=[line("ethics", "dense", 50.0, score=silent)])
    assert "no non-answers" in told(nobody, Screen(60))


@pytest.mark.parametrize("detail", list(Detail))
@pytest.mark.parametrize("name", RECORDS)
def test_colours_change_no_letter_and_are_nowhere_without_being_asked(
    name: str, detail: Detail
) -> None:
    plain = told(RECORDS[name], Screen(100), detail=detail)
    painted = told(RECORDS[name], Screen(100, has_colours=True), detail=detail)
    assert "\x1b" not in "".join(plain)
    assert [without_codes(one).rstrip() for one in painted] == [one.rstrip() for one in plain]
    assert CODES.search("".join(painted))


@pytest.mark.parametrize("word", SEVERITY[1:])
def test_every_verdict_has_a_sign_and_a_word_and_no_sign_where_letters_lack(word: str) -> None:
    shown = "\n".join([*told(RED, Screen()), *told(INCOMPLETE, Screen()), *told(GREEN, Screen())])
    if word != "INCONCLUSIVE":
        assert f"{SIGNS[word]} {word}" in shown or f"{word} {SIGNS[word]}" in shown
    plain = "\n".join(told(RED, Screen(has_signs=False)))
    assert not any(sign in plain for sign in "✓▲✗∅")
    assert "\nFAIL: gptq-4" in plain


def test_what_failed_comes_last_above_the_tally_and_what_is_excused_first() -> None:
    record = replace(RED, unjudged=INCOMPLETE.unjudged, ending=INCOMPLETE.ending)
    lines = told(record, Screen(), where="reports/latest/report.md")
    order = ["INCOMPLETE:", "perplexity", "▲ WARN:", "\u2013 NOT RUN:", "⚠ ERROR:", "! SUSPECT:"]
    order += ["∅ UNDECIDABLE:", "✗ FAIL:", "1 PASS, 1 WARN", "INCOMPLETE:", "report: "]
    places, after = [], 0
    for start in order:
        after = next(n for n, one in enumerate(lines) if n >= after and one.startswith(start))
        places.append(after)
    assert places == sorted(places)
    assert places[-3:] == [len(lines) - 3, len(lines) - 2, len(lines) - 1]


def test_short_has_a_line_per_dimension_what_failed_and_how_many_notes_are_left_out() -> None:
    lines = told(RED, Screen(), detail=Detail.SHORT)
    assert lines[0] == "machine ethics: ✗ FAIL gptq-4 30.0; ✓ PASS dense 51.2"
    assert lines[1] == "mmlu: ∅ UNDECIDABLE gptq-4 undefined"
    assert any(re.match(r"\d+ notes on what the numbers are: in report.md", one) for one in lines)
    assert "WARNING: gptq-4 ran code of its own (my_model.py)" in lines
    assert [one.split(":")[0] for one in lines if one.startswith(("▲", "!", "∅", "✗"))] == [
        *("! SUSPECT", "∅ UNDECIDABLE", "✗ FAIL")
    ]
    assert "machine ethics: ✓ PASS dense 51.2, gptq-4 50.0" in told(
        GREEN, Screen(), detail=Detail.SHORT
    )


def test_off_keeps_what_must_never_be_hidden() -> None:
    assert told(GREEN, Screen(), detail=Detail.OFF, where="r/report.md") == [
        "2 PASS. Vote invariants: 2 of 2 hold.",
        "report: r/report.md",
    ]
    said = "\n".join(told(RED, Screen(), detail=Detail.OFF))
    assert "WARNING: gptq-4 ran code of its own" in said
    assert "--trust-tries allows 2: it does not pass" in said
    assert "1 PASS, 1 WARN, 1 SUSPECT, 1 UNDECIDABLE, 1 FAIL" in said
    lost = "\n".join(told(INCOMPLETE, Screen(), detail=Detail.OFF))
    for kept in ("INCOMPLETE: ", "LOST: ", "FAILED beside the gates: ", "2 ERROR"):
        assert kept in lost


def test_failed_gate_shows_three_items_that_its_reference_has_right() -> None:
    answers = run_of({"dense": with_wrong(0), "gptq-4": [REFUSED, *[WRONG] * 5, *[RIGHT] * 54]})
    failed = replace(verdict("mmlu", "gptq-4", Outcome.FAIL), reference="dense")
    lines = told(replace(GREEN, verdicts=[failed]), Screen(), answers=answers)
    place = lines.index(
        "    5 items count against gptq-4 by score and not against dense; the first 3:"
    )
    assert lines[place - 1].startswith("✗ FAIL: gptq-4 on mmlu")
    assert lines[place + 1 : place + 5] == [
        "    1. astronomy/1, right: A",
        "       item: Which planet is number 1?",
        '       dense: A, said "A"',
        '       gptq-4: B, said "B"',
    ]
    assert sum(one.startswith("    3. ") for one in lines) == 1
    assert not any(one.startswith("    4. ") for one in lines)


def test_names_and_responses_act_on_no_terminal() -> None:
    name = HOSTILE
    answers = run_of({name: [WRONG] * 60})
    failed = replace(verdict("mmlu", name, Outcome.FAIL), message=f"{name} on mmlu: {name}")
    record = replace(GREEN, subjects=[name], scores=[line("mmlu", name, 1.0)], verdicts=[failed])
    for detail in Detail:
        for screen in (Screen(), Screen(60), Screen(80, has_colours=True)):
            lines = told(record, screen, detail=detail, answers=answers, accepting=[name])
            assert all(without_codes(one).isprintable() for one in lines)
            assert not any("\x1b[31mred" in one for one in lines)


def test_of_many_gates_that_fail_the_worst_show_items_and_how_many_is_said() -> None:
    answers = run_of({"gptq-4": [WRONG] * 60})
    failed = [
        verdict("mmlu", "gptq-4", Outcome.FAIL, gate=f"mmlu.{number}.score") for number in range(12)
    ]
    lines = told(replace(GREEN, verdicts=failed), Screen(), answers=answers)
    assert "12 gates fail; items are shown of the last 10" in lines
    assert sum("count against gptq-4" in one for one in lines) == 10
