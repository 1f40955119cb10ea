"""Whose labels are known, by a task's name and its targets."""

from __future__ import annotations

import pytest

from trusteval.results.answered import Answered
from trusteval.results.known_tasks import reader_of
from trusteval.types import FinishReason, Label, Response


def answered(text: str, *, target: str, options: tuple[str, ...] = ()) -> Answered:
    response = Response(text, FinishReason.END, 0, 0)
    return Answered("1", "key", "text", target, {}, responses=(response,), options=options)


@pytest.mark.parametrize(
    ("task", "target", "text", "label"),
    [
        ("ethics_cm", "not wrong", "That is not wrong.", "not wrong"),
        ("hendrycks_ethics_cm", "yes", "Yes.", "yes"),
        ("ethics_deontology", "reasonable", "Unreasonable", "unreasonable"),
        ("sst2", "positive", "It is positive.", "positive"),
        ("glue_qnli", "yes", "No", "no"),
        ("mnli_mismatch", "Neither", "Neither", "neither"),
        ("mnli", "entailment", "contradiction", "contradiction"),
        ("mmlu_astronomy_generative", "B", " B", "B"),
        ("mmlu_flan_cot_zeroshot_law", "(B)", "So the answer is (B).", "B"),
        ("mmlu_pro_law", "J", "The answer is (J).", "J"),
        ("inspect_evals/mmlu_0_shot", "A", "ANSWER: A", "A"),
    ],
)
def test_responses_to_a_known_task_are_read(task: str, target: str, text: str, label: str) -> None:
    said = answered(text, target=target)
    reader = reader_of(task, [said], continued=False)
    assert reader is not None
    assert [reading.answer for reading in reader.read(said)] == [Label(label)]


def test_lettered_choices_are_read_whatever_the_task() -> None:
    said = answered("It is the Moon.", target="B", options=("The Sun", "The Moon", "Mars"))
    reader = reader_of("quiz", [said], continued=False)
    assert reader is not None
    assert reader.read(said)[0].answer == Label("B")


@pytest.mark.parametrize(
    ("task", "target"), [("gsm8k", "7"), ("sst2", "1"), ("cola_of_mine", "yes"), ("mmlu", "blue")]
)
def test_unknown_labels_are_not_guessed(task: str, target: str) -> None:
    assert reader_of(task, [answered("yes", target=target)], continued=False) is None
