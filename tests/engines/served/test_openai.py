"""Served models: what goes over the wire, what comes back, and all that can go wrong between."""

from __future__ import annotations

import gc
import json
import logging
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.fault_server import (
    MODEL,
    Action,
    FaultServer,
    Hang,
    HangUp,
    Request,
    Said,
    asked_text,
    reply,
    said,
    serving,
)
from trusteval.engines.served.api_key import ApiKey
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.engine import OpenAIEngine
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.engines.served.patience import Patience
from trusteval.engines.served.servers import Servers
from trusteval.engines.served.waiting import Watch
from trusteval.errors import EngineError, PromptError, TrustEvalError, UsageError, VariantError
from trusteval.run.subjects import dense_variant
from trusteval.types import Endpoint, FinishReason, Message, Prompt, Response, Role, Route, Variant

KEY = "sk-very-secret-0123456789"
HASTY = Patience(reply=5.0, total=30.0, first_pause=0.01, longest_pause=0.04)
"""Long enough for a busy machine, with pauses that no test has to wait for."""
BRIEF = Patience(reply=2.0, total=2.2, first_pause=0.03, longest_pause=0.03)
"""Gives up after a fifth of a second, unless the server takes its time."""
DENSE = dense_variant()


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy for the loopback, no key of whoever runs the tests."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("TRUSTEVAL_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with serving() as running:
        yield running


@pytest.fixture
def opened(server: FaultServer) -> Iterator[Callable[..., OpenAIEngine]]:
    """Call for the server's model: "options" follow its name, the rest goes to the backend."""
    engines: list[OpenAIEngine] = []

    def open_engine(options: str = "", **given: Any) -> OpenAIEngine:
        engines.append(backend(server, options, **given).open(DENSE))
        return engines[-1]

    yield open_engine
    for engine in engines:
        engine.close()


def backend(server: FaultServer, options: str = "", **given: Any) -> OpenAIBackend:
    endpoint = parse_endpoint(f"{server.url}#{MODEL}{options}")
    given = {"patience": HASTY, "opening": HASTY, **given}
    return OpenAIBackend(endpoint, Servers(**given))


def prompts(count: int) -> list[Prompt]:
    return [
        (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, f"question {number}"))
        for number in range(count)
    ]


def answers(
    engine: OpenAIEngine, asked: Sequence[Prompt], *, done: Sequence[int] = ()
) -> dict[int, Response]:
    found: dict[int, Response] = {}
    for group in engine.generate(asked, max_new_tokens=6, done=done):
        assert not found.keys() & group.keys()
        found |= group
    return found


def refusal(kind: type[TrustEvalError], ask: Callable[[], object]) -> str:
    """Return the one line that refuses; of exactly this kind."""
    with pytest.raises(kind) as raised:
        ask()
    assert raised.type is kind
    assert "\n" not in str(raised.value)
    return str(raised.value)


# -- endpoints ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("openai:http://host:8000#m", Endpoint("http://host:8000/v1", "m")),
        ("http://host:8000/#m", Endpoint("http://host:8000/v1", "m")),
        ("openai:https://host/api/v3/#org/m@rev", Endpoint("https://host/api/v3", "org/m@rev")),
        ("openai:http://[::1]:80#/models/a b", Endpoint("http://[::1]:80/v1", "/models/a b")),
        (
            "openai:http://h#m?route=completions&system=fold&listed=no",
            Endpoint("http://h/v1", "m", Route.COMPLETIONS, folds_system=True, is_listed=False),
        ),
    ],
)
def test_endpoint_is_url_model_and_options(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text) == endpoint


@pytest.mark.parametrize(
    "text", ["openai:", "openai:host#m", "openai:http://h", "openai:http://h:0#m", "ftp://h#m"]
)
def test_what_is_no_endpoint_is_told_how_to_be_one(text: str) -> None:
    message = refusal(VariantError, lambda: parse_endpoint(text))
    assert message == (
        f"served model {text!r}: expected openai:URL#MODEL, for example "
        "openai:http://127.0.0.1:8000/v1#MODEL"
    )


def test_unknown_option_of_an_endpoint_lists_the_known() -> None:
    message = refusal(VariantError, lambda: parse_endpoint("openai:http://h#m?route=text"))
    assert message.endswith(
        "unknown option 'route=text'; known: route=chat|completions, system=turn|fold, "
        "listed=yes|no"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://h/v1/chat/completions#m", "URL goes up to the API's version, without /chat/comp"),
        ("http://h/v1/completions/#m", "without /completions; for example openai:http://127.0.0.1"),
        ("http://h/v1/models#m", "URL goes up to the API's version, without /models"),
        ("http://h#m&system=fold", "options follow a ?, as in MODEL?system=...&..."),
        ("http://h#m?system=fold&system=turn", "option 'system' is given twice"),
        ("http://h# ", "expected openai:URL#MODEL"),
        ("http://h?model=m#m", "options after the model (URL#MODEL?system=fold)"),
    ],
)
def test_endpoint_that_cannot_be_meant_is_told_how_it_is_written(text: str, told: str) -> None:
    assert told in refusal(VariantError, lambda: parse_endpoint(f"openai:{text}"))


@pytest.mark.parametrize("url", ["https://h.com/models", "https://h.com/api/models"])
def test_path_may_end_in_models(url: str) -> None:
    assert parse_endpoint(f"{url}#m").url == url


@pytest.mark.parametrize("url", [f"http://me:{KEY}@h", f"http://{KEY}@h", f"http://h?key={KEY}"])
def test_secret_in_a_url_is_refused_and_not_repeated(url: str) -> None:
    message = refusal(VariantError, lambda: parse_endpoint(f"openai:{url}#m"))
    assert KEY not in message
    assert "OPENAI_API_KEY" in message


# -- what is asked -----------------------------------------------------------------------


def test_every_answer_stands_beside_its_own_prompt(server, opened) -> None:
    found = answers(opened(concurrency=7), prompts(150))
    assert {index: response.text for index, response in found.items()} == {
        index: f"said: question {index}" for index in range(150)
    }
    assert found[3] == Response("said: question 3", FinishReason.END, 9, 2)


def test_decoding_is_greedy_and_thinking_is_off(server, opened) -> None:
    answers(opened(), prompts(1))
    (request,) = server.requests
    assert request == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "question 0"},
        ],
        "max_tokens": 6,
        "temperature": 0,
        "seed": 0,
        "frequency_penalty": 0,
        "chat_template_kwargs": {"enable_thinking": False, "date_string": "01 Jan 2025"},
    }


def test_text_to_be_continued_goes_without_a_template(server, opened) -> None:
    found = answers(opened(), [(Message(Role.PLAIN, "2 + 2 ="),)])
    assert server.paths[-1] == "/v1/completions"
    assert server.requests[0]["prompt"] == "2 + 2 ="
    assert found[0].text == "said: 2 + 2 ="


def test_conversation_with_a_base_model_is_laid_out_plainly_when_asked(server, opened) -> None:
    answers(opened("?route=completions"), prompts(1))
    assert server.paths[-1] == "/v1/completions"
    assert server.requests[0]["prompt"] == "Be brief.\n\nquestion 0\nAnswer:"


def test_system_turn_is_folded_when_asked(server, opened) -> None:
    answers(opened("?system=fold"), [*prompts(1), prompts(1)[0][1:]])
    assert sorted(request["messages"][0]["content"] for request in server.requests) == [
        "Be brief.\n\nquestion 0",
        "question 0",
    ]


def test_what_is_done_is_not_asked_again(server, opened) -> None:
    engine = opened()
    assert sorted(answers(engine, prompts(5), done=[0, 3])) == [1, 2, 4]
    assert len(server.requests) == 3
    assert answers(engine, prompts(2), done=range(2)) == {}
    assert answers(engine, []) == {}


def test_no_more_prompts_are_open_than_allowed(server, opened) -> None:
    together = threading.Barrier(4)

    def meet(request: Request) -> None:
        together.wait(timeout=20)  # broken, and the test with it, unless four are open at once

    server.decide = meet
    assert len(answers(opened(concurrency=4), prompts(16))) == 16
    assert not together.broken
    assert server.most == 4


# -- what passes -------------------------------------------------------------------------

WHOLE = json.dumps(reply("said: question 0")).encode()


@pytest.mark.parametrize(
    "fault",
    [
        *(Said(status=status) for status in (408, 409, 429, 500, 502, 503, 504)),
        Said(status=429, headers={"Retry-After": "0.01"}),
        Said(status=503, headers={"Retry-After": "soon"}),
        Said(status=503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        HangUp(),
        Said(body=WHOLE, cut=40),
        Said(body=WHOLE[:40]),
        Said(body=WHOLE[:-1]),
        *(Said(body=start) for start in (b"{", b'{"a": tru', b'{"a": "\\', b'{"a": "\\u00')),
        *(Said(body=broken) for broken in (b'{"a": 1]', b'{"a": no}')),
        Said(body=b'{"a": "\xc3'),
        Said(),
    ],
    ids=repr,
)
def test_what_may_pass_is_tried_again(server, opened, fault: Action) -> None:
    server.plan = [fault, fault]
    assert answers(opened(), prompts(1))[0].text == "said: question 0"
    assert len(server.requests) == 3


def test_hanging_server_is_asked_again(server, opened) -> None:
    server.plan = [Hang()]
    patience = Patience(reply=0.5, total=20.0, first_pause=0.01)
    assert answers(opened(patience=patience), prompts(1))[0].text == "said: question 0"
    assert server.wait_until(lambda it: it.abandoned == 1)


def test_pauses_double_up_to_the_longest_and_never_undercut_retry_after(server, opened) -> None:
    busy = Said(status=429, headers={"Retry-After": "0.2"})
    server.plan = [Said(status=500), Said(status=500), Said(status=500), busy]
    patience = Patience(reply=5, total=30, first_pause=0.05, longest_pause=0.1)
    answers(opened(patience=patience), prompts(1))
    pauses = [after - before for before, after in zip(server.times, server.times[1:], strict=False)]
    expected = [0.05, 0.1, 0.1, 0.2]
    assert [pause >= least for pause, least in zip(pauses, expected, strict=True)] == [True] * 4


# -- what does not pass ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Said(status=503, body=b'{"error": {"message": "loading\\nmodel"}}'), "503 .*: loading mo"),
        (Said(status=500, body=b"x" * 5000), "500 Internal Server Error: x{200}...$"),
        (HangUp(), "RemoteProtocolError .*disconnected.*"),
        (Hang(), "no whole reply within 0.2 s$"),
        (Said(body=WHOLE[:30]), "a reply that breaks off, or is no JSON: '{"),
        (Said(), "a reply that breaks off, or is no JSON$"),
    ],
    ids=["busy", "broken", "hangs up", "hangs", "truncates", "says nothing"],
)
def test_patience_ends_with_an_error_that_says_who_how_often_and_why(
    server, opened, fault: Action, told: str
) -> None:
    server.decide = lambda request: fault
    hanging = isinstance(fault, Hang)
    engine = opened(patience=Patience(reply=0.2, total=0.7, first_pause=0.01) if hanging else BRIEF)
    message = refusal(EngineError, lambda: answers(engine, [prompts(1)[0][1:]]))
    assert message.startswith(f"dense: {server.url}/v1/chat/completions failed ")
    assert f"failed {len(server.requests)} times in " in message
    assert re.search(told, message)
    assert len(server.requests) > 1


def test_server_that_asks_for_more_patience_than_there_is_ends_it_at_once(server, opened) -> None:
    server.decide = lambda request: Said(status=429, headers={"Retry-After": "3600"})
    engine = opened()
    message = refusal(EngineError, lambda: answers(engine, prompts(1)))
    assert "(patience: 30 s), and asks to wait 3600 s; the last time: 429" in message
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (
            *(401, {"error": {"message": "bad key"}}),
            "request: 401 Unauthorized: bad key; the key is taken from TRUSTEVAL_API_KEY, else",
        ),
        (403, {"detail": "no"}, "rejects the request: 403 Forbidden: no"),
        (404, {"message": "no such model"}, "request: 404 Not Found: no such model"),
        (501, {}, "rejects the request: 501 Not Implemented: {}"),
        (307, {}, "rejects the request: 307 Temporary Redirect: {}"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(server, opened, status, body, told) -> None:
    server.decide = lambda request: said(body, status=status)
    engine = opened()
    assert told in refusal(EngineError, lambda: answers(engine, prompts(1)))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_rejected_prompt_is_named(server, opened, status: int) -> None:
    too_long = {"error": {"message": "This model's maximum context length is 512 tokens."}}
    server.decide = lambda request: (
        said(too_long, status=status) if asked_text(request) == "question 2" else None
    )
    engine = opened()
    with pytest.raises(PromptError, match="maximum context length is 512 tokens") as raised:
        answers(engine, prompts(3))
    assert raised.value.index == 2
    assert [asked_text(request) for request in server.requests].count("question 2") == 1


def test_answers_before_a_failure_are_handed_over_first(server, opened) -> None:
    server.decide = lambda request: (
        Said(status=403) if asked_text(request) == "question 3" else None
    )
    groups = opened(concurrency=1).generate(prompts(9), max_new_tokens=6)
    assert sorted(next(groups)) == [0, 1, 2]
    assert "403" in refusal(EngineError, lambda: next(groups))
    assert len(server.requests) == 4


def test_server_without_completions_cannot_continue_text_and_says_so(server, opened) -> None:
    server.decide = lambda request: Said(status=404, body=b"Not Found")
    engine = opened()
    message = refusal(EngineError, lambda: answers(engine, [(Message(Role.PLAIN, "A"),)]))
    assert message == (
        f"dense: {server.url}/v1/completions is not there, and text without a chat template can "
        "go nowhere else: 404 Not Found: Not Found"
    )


# -- replies that are no answers ---------------------------------------------------------


def choice(**changes: Any) -> dict[str, Any]:
    return reply("x", choices=[{**reply("x")["choices"][0], **changes}])


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (reply("x", model="other"), "asked 'org/model-4bit', but 'other' replied"),
        (reply("x", model=f"{MODEL}-2"), f"asked {MODEL!r}, but '{MODEL}-2' replied"),
        (reply("x", choices=[]), "expected a reply with one choice, got 0 choices"),
        (reply("x", choices=reply("x")["choices"] * 2), "one choice, got 2 choices"),
        (reply("x", choices=None), "one choice, got keys id, model, usage"),
        ({"error": {"message": "oh"}}, """one choice, got the error "{'message': 'oh'}\""""),
        ({}, "one choice, got keys none"),
        (reply(None), "expected an answer's text, got NoneType"),
        (reply([{"type": "text"}]), "expected an answer's text, got list"),
        (choice(message=None), "expected an answer's text, got NoneType"),
        (
            reply("x", usage={"completion_tokens": 7}),
            "asked for at most 6 tokens, got 7: the server ignores max_tokens",
        ),
        ([], "200 with JSON that is no object"),
    ],
)
def test_reply_that_is_no_answer_is_an_error_at_once(server, opened, document, told) -> None:
    server.decide = lambda request: said(document)
    engine = opened()
    assert refusal(EngineError, lambda: answers(engine, prompts(1))).endswith(told)
    assert len(server.requests) == 1


@pytest.mark.parametrize("reason", ["content_filter", "tool_calls", "abort", None])
def test_withheld_answer_names_its_prompt(server, opened, reason: str | None) -> None:
    server.decide = lambda request: said(choice(finish_reason=reason, message={"content": None}))
    engine = opened()
    with pytest.raises(PromptError) as raised:
        answers(engine, prompts(2), done=[0])
    assert raised.value.index == 1
    assert str(raised.value) == f"dense: the answer ended with finish_reason {reason!r}"


@pytest.mark.parametrize(
    "body",
    [b"<html>sorry</html>", b"no", b"[1", b"\xff{"],
    ids=range(4),
)
def test_what_is_no_json_is_an_error_at_once(server, opened, body: bytes) -> None:
    server.decide = lambda request: Said(body=body)
    engine = opened()
    message = refusal(EngineError, lambda: answers(engine, prompts(1)))
    assert "rejects the request: 200 with what is no JSON: " in message
    assert len(server.requests) == 1
    assert len(message) < 400


def test_answer_cut_at_the_limit_says_so(server, opened) -> None:
    server.decide = lambda request: said(choice(finish_reason="length"))
    assert answers(opened(), prompts(1))[0].finish_reason is FinishReason.LENGTH


@pytest.mark.parametrize("name", [MODEL, f"{MODEL}@main", None])
def test_model_may_be_echoed_with_its_revision_or_not_at_all(server, opened, name) -> None:
    server.decide = lambda request: said(reply("fine", model=name))
    assert answers(opened(), prompts(1))[0].text == "fine"


@pytest.mark.parametrize("usage", [None, {}, {"completion_tokens": None}, "many"])
def test_tokens_that_nobody_counted_are_zero(server, opened, usage: object) -> None:
    server.decide = lambda request: said(reply("fine", usage=usage))
    assert answers(opened(), prompts(1))[0] == Response("fine", FinishReason.END, 0, 0)


def test_half_a_character_can_be_stored(server, opened) -> None:
    body = json.dumps(reply("?")).replace("?", r"a\ud83d b\ud83d\ude00").encode()
    server.decide = lambda request: Said(body=body)
    assert answers(opened(), prompts(1))[0].text == "a\ufffd b\U0001f600"


# -- a server that thinks ----------------------------------------------------------------


def thinking(content: object, **fields: object) -> Said:
    return said(choice(finish_reason="length", message={"content": content, **fields}))


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ({"reasoning_content": "Okay, so"}, "message.reasoning_content"),  # SGLang, llama.cpp
        ({"reasoning": "Okay, so"}, "message.reasoning"),  # vLLM, Ollama, OpenRouter
        ({"reasoning": None, "reasoning_content": "hm"}, "message.reasoning_content"),
        ({"thinking": "Okay, so"}, "message.thinking"),
        ({"thought": "Okay, so"}, "message.thought"),
        (
            {"reasoning_details": [{"type": "reasoning.text", "text": "O"}]},
            "message.reasoning_details",
        ),
        ({"thinking_blocks": [{"thinking": "Okay"}]}, "message.thinking_blocks"),
        ({"reasoning": {"text": "Okay, so"}}, "message.reasoning"),
        ({"content": [{"type": "thinking", "thinking": []}]}, "message.content"),  # Mistral
    ],
    ids=str,
)
@pytest.mark.parametrize("empty", ["", None, " \n"])
def test_reasoning_without_an_answer_is_an_error_with_a_cure(
    server, opened, message, where, empty
) -> None:
    server.decide = lambda request: thinking(**{"content": empty, **message})
    engine = opened()
    told = refusal(EngineError, lambda: answers(engine, prompts(1)))
    assert f"although it was asked not to: a reply holds reasoning ({where}) and no answer" in told
    assert "no answer so far had a text" in told
    for cure in (
        "--default-chat-template-kwargs '{\"enable_thinking\": false}'",
        *("--reasoning-budget 0", "TGI: ", "?route=completions"),
    ):
        assert cure in told
    again = refusal(EngineError, lambda: answers(engine, prompts(1)))
    assert again == f"{told} (not asked again in this run)"
    assert len(server.requests) == 1


def test_reasoning_that_is_only_counted_is_reasoning(server, opened) -> None:
    counted = {"completion_tokens": 6, "completion_tokens_details": {"reasoning_tokens": 6}}
    server.decide = lambda request: said(reply("", usage=counted))
    assert "(6 reasoning_tokens)" in refusal(EngineError, lambda: answers(opened(), prompts(1)))


def test_server_that_thinks_of_some_prompts_only_is_said_to(server, opened) -> None:
    server.decide = lambda request: (
        thinking("", reasoning="Okay") if asked_text(request) == "question 3" else None
    )
    engine = opened(concurrency=1)
    told = refusal(EngineError, lambda: answers(engine, prompts(9)))
    assert "3 other so far had a text: it thinks of some prompts only" in told
    assert len(server.requests) == 4


@pytest.mark.parametrize("reasoning", [None, "", [], {}, {"reasoning_effort": "low"}], ids=str)
def test_empty_answer_without_reasoning_stays_an_answer(server, opened, reasoning) -> None:
    fields = reasoning if isinstance(reasoning, dict) and reasoning else {"reasoning": reasoning}
    server.decide = lambda request: thinking("", **fields)
    assert answers(opened(), prompts(1))[0].text == ""


def test_answer_beside_its_reasoning_is_an_answer(server, opened) -> None:
    server.decide = lambda request: thinking("<think>hm</think> yes", reasoning_content="hm")
    assert answers(opened(), prompts(1))[0].text == "<think>hm</think> yes"


# -- a chat template without a system turn -----------------------------------------------


def takes_no_system_turn(status: int, document: object) -> Callable[[Request], Said | None]:
    return lambda request: (
        said(document, status=status)
        if request.get("messages", [{}])[0].get("role") == "system"
        else None
    )


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (400, {"object": "error", "message": "System role not supported", "code": 400}),
        (400, {"message": "Conversation roles must alternate user/assistant/user/assistant/..."}),
        (500, {"error": {"message": "Jinja Exception: System role not supported"}}),
        (500, {"error": {"message": "x" * 300 + " Only user and assistant roles are supported!"}}),
        (422, {"error": "unknown variant `system`, expected `user` or `assistant`"}),
        (400, {"error": "Bad Request"}),
        (422, {}),
        (500, "Internal Server Error"),
    ],
)
def test_template_without_a_system_turn_is_told_to_fold_it(
    server, opened, status: int, document: object
) -> None:
    server.decide = takes_no_system_turn(status, document)
    engine = opened(concurrency=1)
    told = refusal(EngineError, lambda: answers(engine, prompts(2)))
    assert f"/chat/completions: {status} " in told
    assert "its chat template takes no system turn: write MODEL?system=fold" in told
    asked = len(server.requests)
    assert asked <= 6
    assert told in refusal(EngineError, lambda: answers(engine, prompts(2)))
    assert len(server.requests) == asked
    assert len(answers(opened("?system=fold"), prompts(2))) == 2


def test_prompt_without_a_system_turn_blames_no_system_turn(server, opened) -> None:
    server.decide = lambda request: said({"message": "System role not supported"}, status=400)
    engine = opened()
    assert "fold" not in refusal(PromptError, lambda: answers(engine, [prompts(1)[0][1:]]))


def test_server_that_recovers_blames_no_system_turn(server, opened) -> None:
    server.plan = [Said(status=500)] * 4
    assert answers(opened(), prompts(1))[0].text == "said: question 0"


def test_server_without_a_chat_template_is_told_of_the_other_route(server, opened) -> None:
    why = "As of transformers v4.44, you must provide a chat template if the tokenizer has none."
    server.decide = lambda request: said({"message": why}, status=400)
    engine = opened()
    assert "?route=completions" in refusal(EngineError, lambda: answers(engine, prompts(1)))


# -- one verdict -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "asked_once"),
    [
        (Said(status=500), False),
        (Said(status=429), False),
        (Said(status=429, headers={"Retry-After": "3600"}), True),
        (Said(status=401), True),
        (Said(status=404), True),
        (HangUp(), False),
        (Said(body=b"<html>Log in</html>"), True),
        (said(reply("x", model="other")), True),
    ],
    ids=repr,
)
def test_what_was_asked_in_vain_is_not_asked_by_another_variant(
    server, fault: Action, asked_once: bool
) -> None:
    server.decide = lambda request: fault
    asked = backend(server, patience=BRIEF, concurrency=1)
    east = Variant("east", "gptq", 4, served=asked.endpoint(DENSE))
    first, second = asked.open(DENSE), asked.open(east)
    told = refusal(EngineError, lambda: answers(first, prompts(3)))
    count = len(server.requests)
    assert (count == 1) is asked_once
    again = told.replace("dense: ", "east: ", 1) + " (not asked again in this run)"
    assert refusal(EngineError, lambda: answers(second, prompts(3))) == again
    assert len(server.requests) == count
    for engine in (first, second):
        engine.close()


def test_rejected_prompt_speaks_for_itself_only(server, opened) -> None:
    too_long = said({"message": "maximum context length is 512 tokens"}, status=400)
    server.plan = [too_long]
    engine = opened()
    refusal(PromptError, lambda: answers(engine, prompts(1)))
    assert len(answers(engine, prompts(3))) == 3


def test_other_route_of_a_failing_server_is_asked_with_less_patience(server, opened) -> None:
    server.decide = lambda request: Said(status=503) if "messages" in request else None
    engine = opened(patience=BRIEF)
    refusal(EngineError, lambda: answers(engine, prompts(1)))
    found = answers(engine, [(Message(Role.PLAIN, "2 + 2 ="),)])
    assert found[0].text == "said: 2 + 2 ="


def test_server_that_is_gone_is_looked_for_once(server) -> None:
    with serving() as gone:
        asked = backend(gone, opening=BRIEF)
    other = Variant("east", "gptq", 4, served=parse_endpoint(f"{gone.url}#another"))
    told = refusal(EngineError, lambda: asked.context(DENSE))
    again = told.replace("dense: ", "east: ", 1) + " (not asked again in this run)"
    assert refusal(EngineError, lambda: asked.context(other)) == again


def test_model_that_is_not_listed_speaks_for_itself_only(server) -> None:
    asked = backend(server)
    other = Variant("east", "gptq", 4, served=parse_endpoint(f"{server.url}#another"))
    assert "lists no model 'another'" in refusal(EngineError, lambda: asked.context(other))
    assert asked.context(DENSE)["model"] == MODEL


# -- replies beyond all bounds -----------------------------------------------------------


def test_text_longer_than_the_tokens_asked_for_is_no_answer(server, opened) -> None:
    server.decide = lambda request: said(reply("wrong " * 1000))
    message = refusal(EngineError, lambda: answers(opened(), prompts(1)))
    assert message.endswith(
        "at most 6 tokens, got 6,000 characters (at most 512 a token): the server ignores "
        "max_tokens"
    )


@pytest.mark.parametrize("count", [True, -5, 5.5, "many", [7], {"n": 7}])
def test_count_that_is_none_is_not_counted(server, opened, count: object) -> None:
    usage = {"prompt_tokens": count, "completion_tokens": 1}
    server.decide = lambda request: said(reply("fine", usage=usage))
    found = answers(opened(), prompts(1))[0]
    assert (found.n_prompt_tokens, type(found.n_prompt_tokens)) == (0, int)


@pytest.mark.parametrize("name", ["prompt_tokens", "completion_tokens"])
@pytest.mark.parametrize("count", [10**30, 1 << 31])
def test_count_beyond_all_texts_is_a_rejected_reply(server, opened, name: str, count: int) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, name: count}
    server.decide = lambda request: said(reply("fine", usage=usage))
    message = refusal(EngineError, lambda: answers(opened(), prompts(1)))
    assert "expected a number of tokens, got " in message


@pytest.mark.parametrize("name", [{"id": MODEL}, [MODEL], 5, f"{MODEL}2"])
def test_reply_of_another_model_is_an_error(server, opened, name: object) -> None:
    server.decide = lambda request: said(reply("fine", model=name))
    assert "replied" in refusal(EngineError, lambda: answers(opened(), prompts(1)))


@pytest.mark.parametrize("reason", [["stop"], {"a": 1}, 5, "stopped", "s" * 10**6])
def test_finish_reason_that_is_no_word_is_an_error(server, opened, reason: object) -> None:
    server.decide = lambda request: said(choice(finish_reason=reason))
    assert repr(reason)[:70] in refusal(PromptError, lambda: answers(opened(), prompts(1)))


def test_words_of_a_server_move_no_cursor(server, opened) -> None:
    server.decide = lambda request: said({"error": "\x1b[2J\x1b[31mowned\u202e"}, status=403)
    message = refusal(EngineError, lambda: answers(opened(), prompts(1)))
    assert message.isprintable()
    server.listing = said({"data": [{"id": f"\x1b[2J\n{number}"} for number in range(99)]})
    message = refusal(EngineError, opened)
    assert message.isprintable()
    assert len(message) < 1000
    assert "and 79 more" in message


@pytest.mark.parametrize("version", ["1\x1b[2J", "1\n# HEADING", "v" * 101])
def test_version_that_is_no_version_is_not_known(server, version: str) -> None:
    server.version = said({"version": version})
    assert backend(server).context(DENSE)["version"] is None


# -- who waits is told -------------------------------------------------------------------


def test_silent_server_is_told_of_while_it_is_waited_for(server, opened) -> None:
    told: list[str] = []
    server.plan = [Said(status=503)] * 5
    patience = Patience(reply=5, total=30, first_pause=0.5, longest_pause=0.5)
    answers(opened(patience=patience, watch=Watch(told.append)), prompts(1))
    (line,) = told
    assert re.fullmatch(
        rf"waiting for {server.url}/v1/chat/completions: 503 Service Unavailable "
        r"\(attempt \d, \d s of at most 25 s\)",
        line,
    )


# -- ending early ------------------------------------------------------------------------


def test_closing_the_answers_early_cancels_what_is_open(server, opened) -> None:
    late = {f"question {number}" for number in range(64, 200)}
    server.decide = lambda request: Hang() if asked_text(request) in late else None
    groups = opened(concurrency=8).generate(prompts(200), max_new_tokens=6)
    assert len(next(groups)) == 64
    assert server.wait_until(lambda it: it.running > 0)
    groups.close()
    assert server.wait_until(lambda it: it.running == 0)
    assert 64 < len(server.requests) <= 72
    assert server.abandoned == len(server.requests) - 64


def test_closing_the_engine_early_cancels_what_is_open(server, opened) -> None:
    late = {f"question {number}" for number in range(64, 200)}
    server.decide = lambda request: Hang() if asked_text(request) in late else None
    engine = opened(concurrency=3)
    groups = engine.generate(prompts(200), max_new_tokens=6)
    next(groups)
    engine.close()
    assert server.wait_until(lambda it: it.running == 0)
    groups.close()
    gc.collect()  # a task that is lost warns here, and a warning is an error
    engine.close()


INTERRUPTED = """
import signal, sys
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.run.subjects import dense_variant
from trusteval.types import Message, Role
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells make background jobs deaf to it
engine = OpenAIBackend.create(sys.argv[1], concurrency=3).open(dense_variant())
try:
    list(engine.generate([(Message(Role.USER, "?"),)] * 9, max_new_tokens=6))
except KeyboardInterrupt:
    engine.close()
    print("interrupted")
"""


def test_interrupt_cancels_what_is_open(server) -> None:
    server.decide = lambda request: Hang()
    command = [sys.executable, "-W", "error", "-c", INTERRUPTED]
    with subprocess.Popen(
        [*command, f"{server.url}#{MODEL}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asking:
        assert server.wait_until(lambda it: it.running == 3)
        asking.send_signal(signal.SIGINT)
        try:
            told, complaints = asking.communicate(timeout=30)
        finally:
            asking.kill()
    assert (told.strip(), complaints) == (b"interrupted", b"")
    assert server.wait_until(lambda it: it.abandoned == 3)


# -- the key -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        ({}, None),
        ({"OPENAI_API_KEY": " "}, None),
        ({"OPENAI_API_KEY": KEY}, f"Bearer {KEY}"),
        ({"OPENAI_API_KEY": "other", "TRUSTEVAL_API_KEY": f"{KEY}\n"}, f"Bearer {KEY}"),
    ],
)
def test_key_comes_from_the_environment(server, opened, monkeypatch, variables, sent) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    answers(opened(), prompts(1))
    assert server.keys == [sent]


def test_key_that_no_header_holds_is_refused_and_not_repeated() -> None:
    environment = {"OPENAI_API_KEY": f"{KEY}\u2028{KEY}"}
    message = refusal(UsageError, lambda: ApiKey.from_environment(environment))
    assert message == "OPENAI_API_KEY holds characters that no HTTP header may hold"


@pytest.mark.parametrize(
    "fault",
    [
        said({"error": {"message": f"Incorrect API key: Bearer {KEY}"}}, status=401),
        said({"error": {"message": f"too long, {KEY}"}}, status=400),
        Said(status=404, body=f"{KEY} not found".encode()),
        Said(status=503, body=f"{KEY} is over quota".encode(), headers={"X-Key": KEY}),
        Said(status=403, reason=f"Forbidden to {KEY}"),
        Said(body=f"<html>{KEY}</html>".encode()),
        said(reply(f"your key is {KEY}")),
        said(reply("x", model=KEY)),
        said({"error": {"message": KEY}}),
        said(choice(finish_reason=KEY)),
    ],
    ids=range(10),
)
def test_echoed_key_is_in_no_error_and_no_answer(
    server, opened, monkeypatch, caplog, fault: Said
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.decide = lambda request: fault
    engine = opened(patience=BRIEF)
    with pytest.raises(EngineError) as raised:
        answers(engine, prompts(1))
    chain: list[BaseException] = [raised.value]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    assert KEY not in "".join(repr(error) + str(error) for error in chain)
    assert KEY not in caplog.text
    assert KEY not in repr(engine) + repr(backend(server)) + repr(vars(engine))


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (f"{KEY[:12]}\n{KEY[12:]}", "[key]\n[key]"),
        (f"bad {KEY[:-1]}...", "bad [key]..."),
        (f"{KEY}{KEY}", "[key][key]"),
        (KEY[:7], KEY[:7]),
        ("", ""),
    ],
)
def test_long_piece_of_a_key_is_hidden_too(told: str, shown: str) -> None:
    assert ApiKey(KEY).without(told) == shown


def test_word_that_stands_in_for_a_key_is_no_secret(server, opened, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "EMPTY")
    server.decide = lambda request: said(reply("EMPTY"))
    assert answers(opened(), prompts(1))[0].text == "EMPTY"


# -- what a server says of itself --------------------------------------------------------


def row(**changes: Any) -> Said:
    return said({"data": [{"id": "draft"}, {"id": MODEL, "created": 1, **changes}]})


def test_context_holds_all_that_is_known_and_nothing_that_ages(server) -> None:
    server.version = said({"version": "0.9.1"})
    context = backend(server).context(DENSE)
    assert json.loads(json.dumps(context)) == context
    assert context == {
        "engine": "openai",
        "url": f"{server.url}/v1",
        "model": MODEL,
        "route": "chat",
        "system": "own turn",
        "decoding": "greedy, seed 0, thinking off, date pinned to 01 Jan 2025",
        "listed": {"id": MODEL, "max_model_len": 512},
        "version": "0.9.1",
    }
    server.listing = row(created=2, max_model_len=512, permission=[{"id": "new"}])
    assert backend(server).context(DENSE) == context


@pytest.mark.parametrize(
    "changed", [row(root="/models/new"), row(max_model_len=4096), Said(status=404)], ids=range(3)
)
def test_context_changes_with_what_the_server_says(server, changed: Said) -> None:
    before = backend(server).context(DENSE)
    server.listing = changed
    assert backend(server).context(DENSE) != before


@pytest.mark.parametrize("options", ["?route=completions", "?system=fold"])
def test_context_changes_with_the_options_that_change_prompts(server, options: str) -> None:
    assert backend(server, options).context(DENSE) != backend(server).context(DENSE)


@pytest.mark.parametrize("version", [Said(body=b"<html>"), said({"version": 1}), said([])])
def test_version_that_is_none_is_not_known(server, version: Said) -> None:
    server.version = version
    assert backend(server).context(DENSE)["version"] is None


def test_notes_say_that_weights_are_unknown(server) -> None:
    assert backend(server).notes(DENSE) == {
        "weights": "served, so not fingerprinted: after redeploying use another store",
        "served by": f"{server.url}/v1, version unknown",
        "served model": MODEL,
        "route": "chat",
    }


def test_model_that_is_not_listed_is_refused_with_those_that_are(server, opened) -> None:
    server.listing = said({"data": [{"id": "b"}, {"id": "a"}]})
    assert refusal(EngineError, opened) == (
        f"dense: {server.url}/v1 lists no model 'org/model-4bit'; it lists: a, b (?listed=no asks "
        "it all the same)"
    )


def test_list_that_names_other_things_is_not_asked_when_told_so(server, opened) -> None:
    server.listing = Said(status=500)
    assert answers(opened("?listed=no"), prompts(1))[0].text == "said: question 0"
    assert "/v1/models" not in server.paths


@pytest.mark.parametrize("listing", [Said(status=404), Said(status=405)], ids=repr)
def test_server_without_a_list_is_asked_all_the_same(server, opened, listing: Said) -> None:
    server.listing = listing
    assert answers(opened(), prompts(1))[0].text == "said: question 0"


@pytest.mark.parametrize(
    ("listing", "told"),
    [(Said(status=401), "does not list its models: 401"), (said({}), "it lists: none")],
)
def test_list_that_is_none_is_an_error(server, opened, listing: Said, told: str) -> None:
    server.listing = listing
    assert told in refusal(EngineError, opened)


def test_server_that_is_not_there_is_an_error_in_little_time() -> None:
    with serving() as gone:
        asked = backend(gone, opening=BRIEF)
    message = refusal(EngineError, lambda: asked.open(DENSE))
    assert message.startswith(f"dense: {gone.url}/v1/models failed ")
    assert "ConnectError" in message


def test_server_that_is_redeployed_during_the_run_is_noticed(server, opened) -> None:
    engine = opened()
    answers(engine, prompts(1))
    server.listing = row(max_model_len=512, root="/models/new")
    message = refusal(EngineError, lambda: answers(engine, prompts(1)))
    assert message.startswith(f"dense: {server.url}/v1 was redeployed during the run: it said ")
    assert "'root': '/models/new'" in message
    assert len(server.requests) == 1


def test_server_that_is_redeployed_before_it_is_opened_again_is_noticed(server) -> None:
    asked = backend(server)
    asked.context(DENSE)
    server.listing = row(max_model_len=4096)
    assert "was redeployed during the run" in refusal(EngineError, lambda: asked.open(DENSE))
