"""What others wrote is printed in one line that no terminal acts on."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trusteval.errors import (
    DataError,
    EngineError,
    GateError,
    QuantizationError,
    StoreError,
    TrackingError,
    TrustEvalError,
)
from trusteval.printable import LONGEST, printable, printable_json, printable_line


def test_what_a_terminal_acts_on_is_shown_as_an_escape() -> None:
    assert printable("\x1b[31mred\x1b[0m\ttwo\nlines\u2028\x9b") == (
        "\\x1b[31mred\\x1b[0m\\ttwo\\nlines\\u2028\\x9b"
    )
    assert printable("half \ud800, turned \u202e around") == ("half \\ud800, turned \\u202e around")


def test_words_of_any_script_stay_as_they_are() -> None:
    for text in ("plain", "模型\u3000是", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "🦉"):
        assert printable(text) == text


@given(st.text(st.characters()))
def test_any_text_becomes_one_line_without_controls(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert printable(shown) == shown


@pytest.mark.parametrize(
    "unseen",
    [
        "\u034f",
        "\u115f",
        "\u3164",
        "\uffa0",
        "\u2800",
        "\U000e0041",
        "\U000e0100",
        "\ue000",
        "\u0378",
    ],
)
def test_what_shows_nothing_or_anything_is_shown_as_an_escape(unseen: str) -> None:
    assert printable(f"PA{unseen}SS") == f"PA{unseen.encode('unicode_escape').decode()}SS"


def test_joiner_stays_in_words_and_emoji_and_a_flood_of_marks_does_not() -> None:
    assert (
        printable("\U0001f468\u200d\U0001f469 PA\u200dSS")
        == "\U0001f468\u200d\U0001f469 PA\\u200dSS"
    )
    assert printable("\u2764\ufe0f e\u0301") == "\u2764\ufe0f e\u0301"
    assert printable("a" + "\u0301" * 6) == "a" + "\u0301" * 4 + "\\u0301" * 2


def test_long_line_is_cut_and_says_of_what() -> None:
    shown = printable_line("x" * 5_000_000)
    assert len(shown) < LONGEST + 50
    assert shown.endswith("... (of 5,000,000 characters)")
    assert printable_line("\x1b" + "x" * (LONGEST - 1)).startswith("\\x1bxx")


@given(st.recursive(st.text(st.characters()), lambda inner: st.dictionaries(st.text(), inner)))
@example("\x7f\x9b\u202e\ud800\U000e0041\n\\u202e")
def test_json_says_the_same_and_acts_on_nothing(value: object) -> None:
    text = printable_json(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(text) == value
    assert not {unicodedata.category(c) for c in text if c != "\n"} & {"Cc", "Cf", "Cs", "Zl"}


@pytest.mark.parametrize("error", [TrackingError, DataError, EngineError, StoreError, GateError])
def test_error_that_quotes_a_file_is_one_line(error: type[TrustEvalError]) -> None:
    assert str(error("no \x1b[31m\nsubject")) == "no \\x1b[31m\\nsubject"
    assert len(str(error("x" * 10**6))) < LONGEST + 50


def test_log_of_a_failed_build_keeps_its_lines() -> None:
    assert str(QuantizationError("failed\n    \x1b[2J")) == "failed\n    \\x1b[2J"
