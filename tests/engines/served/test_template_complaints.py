"""What chat templates complain of, in the words of servers, and what helps."""

from __future__ import annotations

import pytest

from trusteval.engines.served.template_complaints import Cure, complaint, find_cure


@pytest.mark.parametrize(
    "told",
    [
        "System role not supported",  # Gemma
        "jinja2.exceptions.TemplateError: System role not supported",
        "system messages are not currently supported by this model",
        "The model does not support system prompts",
        "'system' role is not allowed",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Only user and assistant roles are supported!",
        "Only user and model roles are supported",
        "Unexpected role 'system' after role 'user'",
        "Unsupported role: system",
        "unknown variant `system`, expected `user` or `assistant`",
        "Input should be 'user' or 'assistant'",
        "The first message must be from the user",
        "unsupported system message",
    ],
)
def test_refusal_of_a_system_turn_is_recognized(told: str) -> None:
    assert find_cure(told) is Cure.FOLD
    assert complaint(told) is not None


@pytest.mark.parametrize(
    "told",
    [
        "",
        "boom",
        "System overloaded, try again",
        "The system is not available",
        "CUDA out of memory",
        "maximum context length is 512 tokens",
        "After the optional system message, conversation roles must alternate user and assistant",
        "Only user, system and assistant roles are supported!",
        "System message must be at the beginning.",
        "unknown model",
    ],
)
def test_other_errors_blame_no_system_turn(told: str) -> None:
    assert find_cure(told) is None


@pytest.mark.parametrize(
    "told",
    [
        "you must provide a chat template if the tokenizer does not define one",
        "tokenizer.chat_template is not set and no template argument was passed",
        "Template error: no chat template",
    ],
)
def test_model_without_a_template_is_told_of_the_other_route(told: str) -> None:
    assert find_cure(told) is Cure.NO_TEMPLATE


def test_complaint_is_cut_out_of_a_long_trace() -> None:
    shown = complaint("x" * 500 + " Jinja Exception: System role not supported " + "y" * 500)
    assert shown is not None
    assert "Jinja Exception: System role not supported" in shown
    assert len(shown) < 200


@pytest.mark.parametrize(
    "told", ["system " * 5000, "no " * 5000, "role" * 5000, "only user " * 3000]
)
def test_reading_of_an_error_takes_no_time(told: str) -> None:
    assert find_cure(told[:10_000]) is None
