"""What others wrote is printed in one line that no terminal acts on."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from trusteval.errors import TrackingError
from trusteval.printable import printable


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


def test_error_that_quotes_a_file_is_one_line() -> None:
    assert str(TrackingError("no \x1b[31m\nsubject")) == "no \\x1b[31m\\nsubject"
