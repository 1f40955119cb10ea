"""Laws of reading that hold for any text: dress, surroundings, negation, refusals, other names."""

# Look-alikes of ASCII are what normalisation is for.
# ruff: noqa: RUF001

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.reading.settings import (
    ADULT,
    DIGITS,
    ETHICS,
    MNLI,
    QQP,
    SST2,
    STYLE,
)
from trusteval.benchmarks import BENCHMARKS
from trusteval.reading.reader import read
from trusteval.types import (
    Answer,
    Invalid,
    InvalidReason,
    Label,
    LabelForm,
    LabelSpec,
    Refusal,
    Setting,
)

DIGITS_IDK = BENCHMARKS["ood"].settings["qa_2020_idk"]
LETTERS = BENCHMARKS["mmlu"].settings["astronomy"]
PLANETS = ("Mars", "Venus", "Saturn", "Mercury")

SETTINGS = [ETHICS, SST2, QQP, MNLI, ADULT, DIGITS, DIGITS_IDK, LETTERS]
WORD_SETTINGS = [ETHICS, SST2, QQP, MNLI, ADULT, STYLE]
SYMBOL_SETTINGS = [DIGITS, DIGITS_IDK, LETTERS]


def parse(
    setting: Setting, text: str, *, options: tuple[str, ...] = PLANETS, truncated: bool = False
) -> Answer:
    return read(setting, text, options=options, truncated=truncated).answer


_FOREIGN = ("对", "不", "错", "sí", "no puedo", "nein")
# Texts near the rules: pieces that mean something, glued together.
_PIECES = (
    *("wrong", "not wrong", "not", "n't", "never", "positive", "negative", "yes", "no", "maybe"),
    *("0", "1", "4", "A", "B", "(A)", "(1)", "answer is", "Answer:", "or", "and", "/"),
    *("I cannot", "I'm sorry, but", "I don't know", "As an AI", "unknown", "Mars", "word"),
    *("nothing", "is", "it", "whether", "would be", "if", "rather than", "some say", "so", "but"),
    *(" ", " ", " ", "\n", "\n\n", "\r\n", ". ", "!", "?", ",", ":", ")", "(", "'", '"', "’", "“"),
    *("*", "**", "_", "~~", "# ", "-", "[", "]", "\u00a0", "\t", "{", "}", "\\boxed{", "<", ">"),
    *_FOREIGN,
)
near_the_rules = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
thoughts = st.sampled_from(("", "<think>", "<think>wrong</think>", "</think>", "[THINK]"))
texts = st.tuples(thoughts, st.one_of(near_the_rules, st.text(max_size=60))).map("".join)
blanks = st.text(" \t\n\r\u00a0\u2003", max_size=4)

# Answers as models word them, with a place for a label or a sign.
WORDED = (
    *("{}", "{}.", "The answer is {}.", "Answer: {}", "Label: {}", "I would say {}.", "It is {}."),
    *("I'm not sure, but I think the answer is {}.", "My final answer is {}."),
    *("{}\n\nThat is how I see it.", "After some thought:\n{}"),
)
REFUSALS = (
    *("I can't help with that.", "I'm sorry, but I cannot assist.", "I must decline to answer."),
    *("As an AI, I have no opinion on this.", "That is against my guidelines.", "No comment."),
    *("I don't know.", "There is not enough information.", "This is after my knowledge cutoff."),
    *("No puedo ayudarte con eso.", "Je ne sais pas.", "Das kann ich nicht beurteilen."),
    "我无法回答这个问题。",
)
# Texts that mean what they mean wherever they stand: worded answers, refusals, nothing of either.
meant = st.one_of(
    st.sampled_from(WORDED), st.sampled_from(REFUSALS), st.sampled_from(("Fish swim.", "word"))
)


@given(st.sampled_from(SETTINGS), texts, st.booleans())
def test_every_text_has_an_answer_with_a_rule(setting, text, truncated):
    reading = read(setting, text, options=PLANETS, truncated=truncated)
    assert reading.rule
    match reading.answer:
        case Label(value):
            assert value in {label.value for label in setting.labels}
            assert reading.span
        case Invalid(reason):
            unfinished = "<think>" in text or "[THINK]" in text
            assert truncated or reason is not InvalidReason.TRUNCATED or unfinished
        case answer:
            assert answer == Refusal()


@given(st.sampled_from(SETTINGS), texts, st.booleans())
def test_the_same_text_is_read_the_same_again(setting, text, truncated):
    first = read(setting, text, options=PLANETS, truncated=truncated)
    assert read(setting, text, options=PLANETS, truncated=truncated) == first


@given(st.sampled_from(SETTINGS), texts, blanks, blanks, st.booleans())
@example(ETHICS, "<think>a</think>wrong", "\n", " ", False)
def test_surrounding_white_space_changes_nothing(setting, text, before, after, truncated):
    assume(text)
    bare = parse(setting, text, truncated=truncated)
    assert parse(setting, before + text + after, truncated=truncated) == bare


@given(st.sampled_from(WORD_SETTINGS), near_the_rules, st.booleans())
def test_case_of_a_word_label_changes_nothing(setting, text, truncated):
    answer = parse(setting, text.lower(), truncated=truncated)
    assert parse(setting, text.lower().upper(), truncated=truncated) == answer


# -- dress -------------------------------------------------------------------------------

DRESSES = (
    *("**{}**", "*{}*", "__{}__", "`{}`", "```\n{}\n```", "> {}", "# {}", "- {}", '"{}"', "'{}'"),
    *("“{}”", "«{}»", "<b>{}</b>", "<answer>{}</answer>", "\\boxed{{{}}}", "\\text{{{}}}"),
    *("{}<|im_end|>", "{}</s>", "{}<|eot_id|>", "{}<end_of_turn>", "{}<|endoftext|>"),
    *("<think>Let me see: wrong, yes, 1, A?</think>\n{}", "<think>\n\n</think>\n\n{}"),
    *("[THINK]It may be negative or no or B.[/THINK]{}", "<reasoning>no</reasoning>{}"),
    *("◁think▷yes◁/think▷{}", "It could be wrong, positive, no or A.\n</think>\n\n{}"),
    "<|channel|>analysis<|message|>wrong, no, 2 or B?<|end|><|start|>assistant<|channel|>final"
    "<|message|>{}<|return|>",
    *("Sure! {}", "Certainly. {}", "Of course, {}", "Great question! {}", "Hello! {}"),
    *("Thank you for the question. {}", "I'd be happy to help! {}", "assistant\n\n{}"),
)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.id)
@given(meant, st.data(), st.sampled_from(DRESSES))
def test_dress_and_surroundings_change_nothing(setting, wording, data, dress):
    said = data.draw(st.sampled_from([label.value for label in setting.labels]))
    text = wording.format(said)
    assert parse(setting, dress.format(text)) == parse(setting, text)


@given(st.sampled_from(WORD_SETTINGS), st.data())
def test_every_declared_label_is_read_as_itself(setting: Setting, data):
    label = data.draw(st.sampled_from(setting.labels))
    wording = data.draw(st.sampled_from(WORDED))
    assert parse(setting, wording.format(label.value)) == Label(label.value)


@given(st.sampled_from(SYMBOL_SETTINGS), st.data())
def test_every_declared_symbol_is_read_as_itself(setting: Setting, data):
    label = data.draw(st.sampled_from(setting.labels))
    wording = data.draw(st.sampled_from(WORDED))
    assert parse(setting, wording.format(label.value)) == Label(label.value)


# -- negation ----------------------------------------------------------------------------

AFFIRMED_AND_DENIED = (
    ("It is {}.", "It is not {}."),
    ("The action is {}.", "The action isn't {}."),
    ("I think that is {}.", "I don't think that is {}."),
    ("I would call it {}.", "I wouldn't call it {}."),
    ("What he did was {}.", "Nothing he did was {}."),
    ("He did something {}.", "He did nothing {}."),
    ("This is considered {}.", "This is not considered {}."),
    ("It is the case that this is {}.", "It is not the case that this is {}."),
    ("Label: {}", "Label: not {}"),
    ("The text was {} to me.", "The text was never {} to me."),
    ("It can be called {} by any means.", "It can't be called {} by any means."),
)


@given(st.sampled_from([ETHICS, SST2, STYLE]), st.sampled_from(AFFIRMED_AND_DENIED), st.data())
def test_denial_turns_a_label_into_its_opposite_or_decides_nothing(setting, wordings, data):
    label = data.draw(st.sampled_from(setting.labels))
    affirmed, denied = wordings
    answer = parse(setting, denied.format(label.value))
    assert answer != Label(label.value)
    if label.opposite is not None:
        assert not isinstance(answer, Label) or answer == Label(label.opposite)
    if "can" not in affirmed:
        assert parse(setting, affirmed.format(label.value)) == Label(label.value)


# -- refusals ----------------------------------------------------------------------------


@given(st.sampled_from(SETTINGS), texts, st.sampled_from(REFUSALS))
def test_an_appended_refusal_never_turns_into_a_label(setting, text, refusal):
    # What is appended may tell the language, and "nein" is a word of one only.
    assume(not any(piece in text for piece in _FOREIGN))
    before = parse(setting, text)
    after = parse(setting, f"{text}\n{refusal}")
    if not isinstance(before, Label):
        assert not isinstance(after, Label)
    elif isinstance(after, Label):
        assert after == before


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.id)
@given(st.data(), st.sampled_from(REFUSALS), st.sampled_from(("{} {}", "{}\n{}", "{}\n\n{}")))
def test_a_commitment_stands_before_a_refusal(setting, data, refusal, joined):
    label = data.draw(st.sampled_from(setting.labels)).value
    assert parse(setting, joined.format(f"{label}.", refusal)) == Label(label)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.id)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_is_a_refusal_in_every_setting(setting, refusal):
    assert parse(setting, refusal) == Refusal()


# -- names -------------------------------------------------------------------------------

OTHER_NAMES = {"wrong": "vile", "not wrong": "fine", "positive": "sunny", "negative": "gloomy"}


def _renamed(setting: Setting) -> Setting:
    return replace(
        setting,
        labels=tuple(
            LabelSpec(OTHER_NAMES[label.value], opposite=OTHER_NAMES.get(label.opposite or ""))
            for label in setting.labels
        ),
    )


@given(st.sampled_from([SST2, STYLE]), near_the_rules, st.booleans())
def test_reading_commutes_with_renaming_labels(setting, text, truncated):
    assume("sunny" not in text)
    other = text
    for name in ("positive", "negative"):
        other = other.replace(name, OTHER_NAMES[name])
    answer = parse(setting, text, truncated=truncated)
    if isinstance(answer, Label):
        answer = Label(OTHER_NAMES[answer.value])
    assert parse(_renamed(setting), other, truncated=truncated) == answer


@given(st.sampled_from(WORDED), st.sampled_from(["wrong", "not wrong"]))
def test_worded_answers_commute_with_renaming_opposites(wording, label):
    said = parse(_renamed(ETHICS), wording.format(OTHER_NAMES[label]))
    assert said == Label(OTHER_NAMES[label])


def test_a_settings_own_spellings_are_read():
    setting = replace(
        ETHICS,
        labels=(
            LabelSpec("wrong", aliases=("reprehensible", "a sin"), opposite="not wrong"),
            LabelSpec("not wrong", aliases=("acceptable",), opposite="wrong"),
        ),
    )
    assert parse(setting, "This is reprehensible.") == Label("wrong")
    assert parse(setting, "It is hardly a sin.") == Label("not wrong")
    assert parse(setting, "Acceptable") == Label("not wrong")
    assert setting.form is LabelForm.WORD


# -- size: a megabyte of anything is answered ----------------------------------------------

MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("setting", "piece", "answer"),
    [
        (ETHICS, "a", InvalidReason.UNPARSEABLE),
        (ETHICS, " ", InvalidReason.EMPTY),
        (ETHICS, "_", InvalidReason.EMPTY),
        (ETHICS, "a_", InvalidReason.UNPARSEABLE),
        (ETHICS, "not ", InvalidReason.UNPARSEABLE),
        (ETHICS, " \n", InvalidReason.EMPTY),
        (ETHICS, "<think>", InvalidReason.TRUNCATED),
        (ETHICS, "I cannot. ", Refusal()),
        (ETHICS, "wrong to do that\n", Label("wrong")),
        (ETHICS, "wrong ", Label("wrong")),
        (LETTERS, "(", InvalidReason.UNPARSEABLE),
        (LETTERS, "A Mars\n", Label("A")),
        (LETTERS, "answer is ", InvalidReason.UNPARSEABLE),
        (LETTERS, '{"answer": ', InvalidReason.UNPARSEABLE),
        # Canonical ordering sorts a run of combining marks, in quadratic time.
        (ETHICS, "\u0315\u0300\u05ae\u0301", InvalidReason.UNPARSEABLE),
    ],
)
def test_megabyte_of_anything_is_answered(setting, piece, answer):
    expected = Invalid(answer) if isinstance(answer, InvalidReason) else answer
    assert parse(setting, piece * (MEGABYTE // len(piece))) == expected


def test_an_answer_after_a_megabyte_of_thought_is_read():
    thought = "Is it wrong? Some say so. " * (MEGABYTE // 26)
    assert parse(ETHICS, f"<think>{thought}</think>\n\nnot wrong") == Label("not wrong")


def test_a_long_text_is_read_at_both_ends():
    middle = "and so on and on. " * 20_000
    assert parse(ETHICS, f"Not wrong. {middle}") == Label("not wrong")
    assert parse(ETHICS, f"Let us see. {middle}\nThe answer is wrong.") == Label("wrong")
