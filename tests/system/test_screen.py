"""How wide a screen is taken to be, and whether it has colours and signs."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios
from collections.abc import Iterator
from typing import TextIO

import pytest

from trusteval.system.screen import Screen, screen_of, wants_colours


@pytest.fixture
def terminal() -> Iterator[TextIO]:
    """Lend a terminal of 97 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 97, 0, 0))
    with os.fdopen(theirs, "w", encoding="utf-8") as stream:
        yield stream
    os.close(ours)


@pytest.mark.parametrize(
    ("environment", "width"),
    [
        ({}, 97),
        ({"COLUMNS": "61"}, 61),
        ({"COLUMNS": "7"}, 40),
        ({"COLUMNS": "0"}, 97),
        ({"COLUMNS": "wide"}, 97),
        ({"COLUMNS": "80", "LINES": "24"}, 97),
        ({"COLUMNS": "80", "LINES": "25"}, 80),
    ],
)
def test_terminal_is_as_wide_as_it_says_unless_somebody_says_otherwise(
    terminal: TextIO, environment: dict[str, str], width: int
) -> None:
    assert screen_of(terminal, has_colours=True, environment=environment) == Screen(width, True)


def test_lines_have_no_end_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    assert screen_of(stream, has_colours=False, environment={}).width is None
    guessed = {"COLUMNS": "80", "LINES": "24"}
    assert screen_of(stream, has_colours=False, environment=guessed).width is None
    told = {"COLUMNS": "80"}
    assert screen_of(stream, has_colours=False, environment=told).width == 80


def test_signs_are_there_where_the_encoding_has_them() -> None:
    for encoding, has_signs in (("utf-8", True), ("ascii", False), ("latin-1", False)):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        assert screen_of(stream, has_colours=False, environment={}).has_signs is has_signs


@pytest.mark.parametrize(
    ("environment", "in_terminal", "in_file"),
    [
        ({}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colours_are_for_terminals_and_where_they_are_forced(
    terminal: TextIO, environment: dict[str, str], in_terminal: bool, in_file: bool
) -> None:
    assert wants_colours(terminal, environment) is in_terminal
    assert wants_colours(io.StringIO(), environment) is in_file
