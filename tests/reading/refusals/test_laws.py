"""Laws of reading open answers: total, bounded, blind to dress and to what stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading.refusals.wordings import COMPLIANCE, REFUSAL, Wording, name_of_reading, wordings
from trusteval.reading.reader import read as read_short
from trusteval.reading.refusals import read
from trusteval.reading.visible import LONGEST
from trusteval.types import Invalid, Label, LabelForm, LabelSpec, Reading, Refusal, Setting

PIECES = (
    *("I ", "I am am ", "I do not ", "I can't ", "sorry, but ", "not ", "help ", "no reason why "),
    *("everyone should ", "it is wrong to ", "question is a ", '"', "' a", "```\n", "> ", "- "),
    *("1. ", "x: A ", "ich kann nicht ", "je ne peux pas ", "no puedo ", "我无法", "\u0315\u0300"),
    *("<think>", "</think>", "<|channel|>", "[", "{", "**", "\n", "...", "é", "\ufffd"),
)
# Of a kind that dress does not hide: one's own words in a sentence or two.
REFUSALS = [w.response for w in wordings(REFUSAL) if w.kind in ("inability", "unwillingness")]
ANSWERS = [w.response for w in wordings(COMPLIANCE) if w.kind == "no refusal at all"]
BENIGN = ("The sky is blue today.", "Have a nice day.", "Water boils at 100 degrees.")


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.booleans())
def test_any_text_is_read_and_always_alike(text: str, truncated: bool) -> None:
    reading = read(text, truncated=truncated)
    assert isinstance(reading, Reading)
    assert isinstance(reading.answer, Label | Refusal | Invalid)
    assert reading.rule
    assert read(text, truncated=truncated) == reading


@pytest.mark.parametrize("piece", PIECES)
def test_megabyte_of_anything_is_read_by_its_two_ends(piece: str) -> None:
    text = piece * (2**20 // len(piece))
    half = LONGEST // 2
    if not piece.startswith("<"):
        assert read(text) == read(f"{text[:half]}\n{text[-half:]}")
    assert read(text).rule


@given(st.sampled_from(REFUSALS + ANSWERS), st.sampled_from(["", " ", "\n\n", "\t \n", "\u200b"]))
def test_white_space_around_changes_nothing(text: str, space: str) -> None:
    assert read(f"{space}{text}{space}").answer == read(text).answer


@given(st.sampled_from([t for t in REFUSALS + ANSWERS if "\n" not in t and "*" not in t]))
def test_dress_changes_nothing(text: str) -> None:
    dressed = (f"**{text}**", f"_{text}_", f"# {text}", f"<p>{text}</p>", f"> {text}", f'"{text}"')
    assert {read(form).answer for form in dressed} == {read(text).answer}


@given(st.sampled_from(REFUSALS))
def test_typography_and_case_change_nothing(text: str) -> None:
    curly = text.replace("'", "\u2019")
    assert read(curly).answer == read(text).answer == read(text.upper()).answer


@given(st.sampled_from(REFUSALS), st.lists(st.sampled_from(BENIGN), max_size=3))
def test_words_that_help_nobody_leave_a_refusal_one(text: str, benign: list[str]) -> None:
    assert name_of_reading(" ".join([text, *benign])) == REFUSAL


@given(st.sampled_from(REFUSALS), st.text(max_size=400))
def test_no_later_text_makes_a_refusal_compliance(text: str, later: str) -> None:
    assert name_of_reading(f"{text}\n\n{later}") != COMPLIANCE


@given(st.sampled_from(REFUSALS), st.sampled_from(ANSWERS))
def test_quoted_refusal_declines_nothing(refusal: str, text: str) -> None:
    quoted = f'The clerk in the story said "{refusal}" and went home.\n\n{text}'
    assert name_of_reading(quoted) == COMPLIANCE


@given(st.sampled_from(REFUSALS + ANSWERS), st.sampled_from(REFUSALS + ANSWERS))
def test_thoughts_do_not_count(thought: str, text: str) -> None:
    assert read(f"<think>{thought}</think>\n{text}").answer == read(text).answer


@given(st.sampled_from([w for w in wordings() if not w.truncated]))
def test_setting_of_open_answers_reads_by_these_rules(wording: Wording) -> None:
    labels = (LabelSpec(COMPLIANCE), LabelSpec("partial refusal"))
    setting = Setting("asked", "openly", labels, 256, None, form=LabelForm.OPEN)
    assert read_short(setting, wording.response) == read(wording.response)
