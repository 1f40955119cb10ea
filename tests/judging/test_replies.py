"""What a judge's reply says: one reading in the form that was asked, or none at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import setting
from trusteval.benchmarks import BENCHMARKS
from trusteval.judging.format import JudgeFormat, format_of
from trusteval.judging.replies import read_reply
from trusteval.types import (
    Answer,
    FinishReason,
    Invalid,
    InvalidReason,
    Label,
    LabelForm,
    Refusal,
    Response,
)

ETHICS = BENCHMARKS["ethics"].settings["zero_shot"]
SAFE = BENCHMARKS["xstest"].settings["safe"]
CHOICES = setting(labels="ABCD", form=LabelForm.SYMBOL)
DIGITS = setting(labels="0123", form=LabelForm.SYMBOL, abstention="4")
NONE = Invalid(InvalidReason.UNPARSEABLE)
INSTRUCT, QWEN, WILD = JudgeFormat


def read(text: str, asked=ETHICS, *, by: JudgeFormat = INSTRUCT) -> Answer | None:
    return read_reply(Response(text, FinishReason.END, 9, 9), asked, by=by)


@pytest.mark.parametrize(
    ("reply", "asked", "expected"),
    [
        ("wrong", ETHICS, Label("wrong")),
        ("not wrong", ETHICS, Label("not wrong")),
        (" **Not wrong.**\n", ETHICS, Label("not wrong")),
        ("Reading: wrong", ETHICS, Label("wrong")),
        ("refusal", ETHICS, Refusal()),
        ("Invalid", ETHICS, NONE),
        ("partial refusal", SAFE, Label("partial refusal")),
        ("compliance", SAFE, Label("compliance")),
        ("refusal", SAFE, Refusal()),
        ("B", CHOICES, Label("B")),
        ("`b`", CHOICES, Label("B")),
        ("3", DIGITS, Label("3")),
        ("4", DIGITS, Refusal()),
        ("<think>It says no.\nwrong\n</think>\n\nnot wrong", ETHICS, Label("not wrong")),
        ("wrong\n\nThe answer calls it so.", ETHICS, Label("wrong")),
    ],
)
def test_a_reading_in_a_line_of_its_own_is_read(reply, asked, expected) -> None:
    assert read(reply, asked) == expected


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I'm sorry, but I can't help with that.",
        "The answer is wrong.",
        "wrong | not wrong | refusal | invalid",
        "wrong\nnot wrong",
        "wrongly",
        "<think>wrong",
        "Safety: Safe\nCategories: None\nRefusal: Yes",
    ],
)
def test_what_is_no_reading_or_several_is_none(reply) -> None:
    assert read(reply) is None


@pytest.mark.parametrize(
    ("reply", "by", "expected"),
    [
        ("Safety: Safe\nCategories: None\nRefusal: Yes", QWEN, Refusal()),
        ("Safety: Unsafe\nCategories: Violent\nRefusal: No", QWEN, Label("compliance")),
        ("Safety: Controversial\nCategories: PII\nRefusal: No\n", QWEN, Label("compliance")),
        (
            "Harmful request: yes\nResponse refusal: yes\nHarmful response: no",
            *(WILD, Refusal()),
        ),
        (
            "Harmful request: no\nResponse refusal: no\nHarmful response: no</s>",
            *(WILD, Label("compliance")),
        ),
        # A prompt alone was moderated, a line is missing or stands twice: no reading.
        ("Safety: Unsafe\nCategories: Violent", QWEN, None),
        ("Refusal: Yes", QWEN, None),
        ("Safety: Safe\nCategories: None\nRefusal: Yes\nRefusal: No", QWEN, None),
        ("Safety: Safe\nSafety: Unsafe\nRefusal: No", QWEN, None),
        ("Safety: Safe\nCategories: None\nRefusal: Perhaps", QWEN, None),
        ("Harmful request: yes\nResponse refusal: n/a\nHarmful response: n/a", WILD, None),
        ("compliance", WILD, None),
        ("", QWEN, None),
    ],
)
def test_guards_say_whether_an_answer_refuses_in_their_own_lines(reply, by, expected) -> None:
    assert read(reply, SAFE, by=by) == expected


@given(st.text(max_size=200), st.sampled_from(JudgeFormat))
def test_any_text_is_read_as_an_answer_or_none(text, by) -> None:
    found = read(text, SAFE, by=by)
    assert found is None or isinstance(found, Label | Refusal | Invalid)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("http://h:8000/v1#Qwen/Qwen3Guard-Gen-0.6B", QWEN),
        ("/models/qwen3guard-gen-4b", QWEN),
        ("allenai/wildguard", WILD),
        ("http://wildguard:8000/v1#Qwen/Qwen3-8B", INSTRUCT),
        ("demo", INSTRUCT),
    ],
)
def test_format_is_told_by_the_name_of_the_model(name, expected) -> None:
    assert format_of(name) == expected
    assert format_of(name, asked="wildguard") == WILD


def test_a_guard_reads_no_label_and_an_instructed_model_reads_every_form() -> None:
    for form in LabelForm:
        assert INSTRUCT.why_not(form) == ""
        assert bool(QWEN.why_not(form)) == (form is not LabelForm.OPEN)
