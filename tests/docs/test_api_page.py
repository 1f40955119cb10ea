"""The reference of the Python API says what the docstrings say."""

from __future__ import annotations

from tests.docs.api_page import PAGE, PARTS, brought_up_to_date, parts_of


def test_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert brought_up_to_date(page) == page, "run python -m tests.docs.api_page"


def test_page_has_every_part_once() -> None:
    assert sorted(parts_of(PAGE.read_text(encoding="utf-8"))) == sorted(PARTS)
