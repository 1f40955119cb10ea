"""What servers tell of labels, by each route; what they cannot tell is unknown, with the reason."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fault_server import MODEL, Action, FaultServer, Request, Said, reply, said, serving
from trusteval.benchmarks.benchmark import Question
from trusteval.engines.engine import Weighed
from trusteval.engines.served.endpoint import parse_endpoint
from trusteval.engines.served.engine import OpenAIEngine
from trusteval.engines.served.label_logprobs import Place, label_logs, places_of
from trusteval.engines.served.openai import OpenAIBackend
from trusteval.engines.served.patience import Patience
from trusteval.engines.served.servers import Servers
from trusteval.errors import EngineError, UnweighedError
from trusteval.evaluation.recorder import Recorder
from trusteval.run.subjects import dense_variant
from trusteval.store import ResponseStore
from trusteval.types import Draw, LabelSpec, Message, Prompt, Role, Sample, Setting

DENSE = dense_variant()
HASTY = Patience(reply=5.0, total=5.0, first_pause=0.01, longest_pause=0.04)
LABELS = ("wrong", "not wrong")
UNKNOWN = "no token that the server tells, of the 20 likeliest of each place, spells them"
FIRST = {"not": -0.3, " wrong": -1.9, "wrong": -2.5, "Not": -4.0}
SECOND = {" wrong": -0.1, " right": -2.6}


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


def backend(server: FaultServer, options: str = "") -> OpenAIBackend:
    endpoint = parse_endpoint(f"{server.url}#{MODEL}{options}")
    return OpenAIBackend(endpoint, Servers(patience=HASTY, opening=HASTY))


@pytest.fixture
def opened(server: FaultServer) -> Iterator[Callable[..., OpenAIEngine]]:
    engines: list[OpenAIEngine] = []

    def open_engine(options: str = "") -> OpenAIEngine:
        engines.append(backend(server, options).open(DENSE))
        return engines[-1]

    yield open_engine
    for engine in engines:
        engine.close()


def content(*places: tuple[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return logprobs as chat completions have them."""
    return {
        "content": [
            {
                "token": token,
                "logprob": logs[token],
                "top_logprobs": [{"token": t, "logprob": log} for t, log in logs.items()],
            }
            for token, logs in places
        ]
    }


def lists(*places: tuple[str, Mapping[str, float]]) -> dict[str, Any]:
    """Return logprobs as text completions have them."""
    return {
        "tokens": [token for token, _ in places],
        "token_logprobs": [logs[token] for token, logs in places],
        "top_logprobs": [dict(logs) for _, logs in places],
    }


PLACES = (("not", FIRST), (" wrong", SECOND))


def telling(request: Request, *, most: int = 20, sends: bool = True) -> Action:
    """Answer as servers do: with logprobs where they are asked for, up to `most`, if it `sends`."""
    is_chat = "messages" in request
    asked = request.get("top_logprobs" if is_chat else "logprobs", 0)
    if asked > most:
        why = f"logprobs: at most {most}"
        return Said(status=400, body=json.dumps({"error": {"message": why}}).encode())
    whole = reply("not wrong", chat=is_chat)
    if asked and sends:
        cut = PLACES[: request["max_tokens"]]
        whole["choices"][0]["logprobs"] = content(*cut) if is_chat else lists(*cut)
    whole["usage"]["completion_tokens"] = min(2, request["max_tokens"])
    return said(whole)


def chats(count: int) -> list[Prompt]:
    return [(Message(Role.USER, f"question {number}"),) for number in range(count)]


def weighed(
    engine: OpenAIEngine, prompts: Sequence[Prompt], *, answered: Sequence[int] = (), **how: Any
) -> dict[int, Weighed]:
    found: dict[int, Weighed] = {}
    for group in engine.weigh(prompts, labels=LABELS, max_new_tokens=6, answered=answered, **how):
        found |= group
    return found


# -- over the wire ---------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["chat", "completions"])
def test_labels_that_tokens_spell_are_known_by_either_route(
    server: FaultServer, opened: Callable[..., OpenAIEngine], route: str
) -> None:
    server.decide = telling
    found = weighed(opened(f"?route={route}"), chats(5))
    for one in found.values():
        assert one.logs.labels == LABELS
        assert one.logs.log == pytest.approx((-1.9, -0.3 - 0.1))
        assert one.response is not None
        assert one.response.text == "not wrong"
    asked = [r.get("top_logprobs", r["logprobs"]) for r in server.requests]
    assert set(asked) == {20 if route == "chat" else 5}
    assert len(server.requests) == 6  # one to find out what is told


def test_answered_prompts_are_asked_for_a_few_tokens_and_get_no_response(
    server: FaultServer, opened: Callable[..., OpenAIEngine]
) -> None:
    server.decide = telling
    found = weighed(opened(), chats(3), answered=[1])
    assert [found[index].response is None for index in range(3)] == [False, True, False]
    assert found[1].logs == found[0].logs
    assert sorted(r["max_tokens"] for r in server.requests) == [1, 4, 6, 6]


def test_draws_are_weighed_by_a_greedy_request_of_their_own(
    server: FaultServer, opened: Callable[..., OpenAIEngine]
) -> None:
    server.decide = telling
    engine = opened()
    greedy = weighed(engine, chats(2))
    before = len(server.requests)
    drawn = weighed(engine, chats(2), answered=[1], draw=Draw(0.7, 1))
    assert [one.logs for one in drawn.values()] == [one.logs for one in greedy.values()]
    assert [drawn[index].response is None for index in range(2)] == [False, True]
    asked = [
        (r["temperature"], r.get("top_logprobs"), r["max_tokens"]) for r in server.requests[before:]
    ]
    assert sorted(asked, key=str) == [(0, 20, 4), (0, 20, 4), (0.7, None, 6)]


def test_server_that_tells_fewer_is_asked_for_fewer(
    server: FaultServer, opened: Callable[..., OpenAIEngine]
) -> None:
    server.decide = lambda request: telling(request, most=5)
    engine = opened()
    assert weighed(engine, chats(1))[0].logs.log == pytest.approx((-1.9, -0.4))
    weighed(engine, chats(1))
    assert [r["top_logprobs"] for r in server.requests] == [20, 5, 5, 5]


def test_server_that_sends_or_takes_none_is_said_to(
    server: FaultServer, opened: Callable[..., OpenAIEngine]
) -> None:
    server.decide = lambda request: telling(request, sends=False)
    with pytest.raises(UnweighedError, match=r"/v1/chat/completions sends no logprobs$"):
        weighed(opened(), chats(2))
    server.decide = lambda request: telling(request, most=0)
    with pytest.raises(UnweighedError, match=r"refuses to send logprobs: 400 .* at most 0"):
        weighed(opened(), chats(2))


def test_plain_text_is_weighed_by_its_own_route(
    server: FaultServer, opened: Callable[..., OpenAIEngine]
) -> None:
    server.decide = telling
    engine = opened()
    weighed(engine, chats(1))
    assert weighed(engine, [(Message(Role.PLAIN, "Answer:"),)])[0].logs.log[1] is not None
    assert [path for path in server.paths if "completions" in path][2:] == ["/v1/completions"] * 2


def test_run_over_a_server_without_logprobs_records_answers_and_says_why(
    server: FaultServer, tmp_path: Path
) -> None:
    server.decide = lambda request: telling(request, sends=False)
    setting = Setting("ethics", "zero_shot", tuple(map(LabelSpec, LABELS)), 6, None)
    questions = [
        Question(Sample(str(i), setting, str(i), "wrong"), prompt)
        for i, prompt in enumerate(chats(5))
    ]
    recorder = Recorder(backend(server), ResponseStore(tmp_path / "s.sqlite"), weighs=True)
    answers = recorder.responses(DENSE, questions)
    assert [answer.text for answer in answers] == ["not wrong"] * 5
    assert recorder.label_logs(DENSE, questions) == [None] * 5
    assert recorder.why_unweighed(DENSE).endswith("/v1/chat/completions sends no logprobs")
    recorder.close()
    recorder.store.close()


def test_reply_that_is_none_is_an_error_that_names_the_variant(
    server: FaultServer, opened: Callable[..., OpenAIEngine]
) -> None:
    server.decide = lambda _: said(reply("x", model="other"))
    with pytest.raises(EngineError, match=r"^dense: asked .* but 'other' replied"):
        weighed(opened(), chats(1))


# -- what is spelt -----------------------------------------------------------------------------


def test_label_is_unknown_unless_tokens_that_are_told_spell_it() -> None:
    first = Place("yes", {"yes": -0.1, "no": -2.0})
    told = label_logs([first], ("yes", "no", "maybe"), likeliest=20)
    assert (told.log, told.unknown) == ((-0.1, -2.0, None), UNKNOWN)
    assert label_logs([], ("yes",), likeliest=20).log == (None,)


def test_rest_of_a_label_that_the_model_did_not_say_is_unknown() -> None:
    told = label_logs([Place("wrong", FIRST), Place("!", {"!": -1.0})], LABELS, likeliest=20)
    assert (told.log, told.unknown) == ((-1.9, None), UNKNOWN)


def test_label_is_read_on_over_the_answers_own_tokens() -> None:
    places = [Place(" n", {" n": -1.0}), Place("ot", {"ot": -0.5}), Place(" wr", {" wr": -0.25})]
    ending = Place("ong", {"ong": -0.125, "ung": -3.0})
    told = label_logs([*places, ending], LABELS, likeliest=20)
    assert told.log == (None, -1.875)


def test_likelier_spelling_counts() -> None:
    told = label_logs([Place("A", {"A": -3.0, " A": -1.0, "  A": -0.1})], ("A",), likeliest=5)
    assert told.log == (-1.0,)


def test_minus_infinity_as_servers_word_it_is_no_chance_that_is_known() -> None:
    choice = {"logprobs": content(("a", {"a": -0.1, "b": -9999.0, "c": -math.inf}))}
    (place,) = places_of({"choices": [choice]})
    assert place.logs == {"a": -0.1}


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["content", "token", "logprob", "top_logprobs", "tokens", "token_logprobs", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_whatever_a_server_sends_for_logprobs_is_read_or_left(told: Any) -> None:
    places = places_of({"choices": [{"logprobs": told}]})
    logs = label_logs(places, LABELS, likeliest=20)
    assert all(value is None or value <= 0 for value in logs.log)
    assert (None in logs.log) == bool(logs.unknown)
